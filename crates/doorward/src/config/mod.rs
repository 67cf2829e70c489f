//! The settings of the process: `doorward.toml`, a file per section here, and what overrides it.
//!
//! A setting stands in the file or in the variable `DOORWARD_SECTION_KEY`, which wins; a secret may stand in a file of
//! its own (`*_file`). Unknown keys are refused. What a key means is written once, on its field: the reference
//! `docs/config.md` and the names of the variables are made from these types.

mod database;
mod finding;
mod gateway;
mod keys;
mod limits;
mod logging;
mod mail;
mod passwords;
mod reference;
mod secret_text;
pub(crate) mod server;
pub(crate) mod source;
#[cfg(test)]
mod tests;
mod tls;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use database::{Database, DatabaseUrl, Pooler};
pub use finding::{Finding, Unsound};
pub use gateway::{Authentication, BodyFormat, Gateway, Method};
pub use keys::Keys;
pub use limits::Limits;
pub use logging::{Format, Level, Logging};
pub use mail::{Mail, Security};
pub use passwords::Passwords;
pub use reference::{KeyReference, keys as key_references, markdown as reference_markdown};
pub use secret_text::SecretText;
pub use server::Server;
pub(crate) use server::is_loopback;
pub use source::{DEFAULT_FILE, Read, load, read};
pub use tls::Tls;

/// Everything an operator can set for one process.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the server listens and under which address the world reaches it.
    pub server: Server,
    /// Where accounts, sessions and messages are kept.
    pub database: Database,
    /// The master key: it encrypts secrets at rest and keys the hashes of tokens and codes.
    pub keys: Keys,
    /// The SMTP server that takes outgoing mail. Without `host` no mail can be sent.
    pub mail: Mail,
    /// The HTTP service that takes outgoing text messages. Without `url` none can be sent.
    ///
    /// `headers`, `query` and `body` may hold `#receiver#` (the phone number), `#template#` (the text) and `#id#`
    /// (the same for every try of one message, for services that drop repeats). A service that cannot take a message now
    /// and says when (`Retry-After`) is not asked for it before.
    pub sms: Gateway,
    /// The HTTP service that calls a phone and speaks a text. Without `url` no code can be told by a call; tenants switch
    /// calls on with `voice.isEnabled`.
    ///
    /// Its keys are those of `[sms]`. Beside their placeholders there are `#language#` (the tag of the language of the
    /// text, such as `de`) and `#voice#` (the tenant's `voice.voiceType`, which may be empty).
    pub voice: Gateway,
    /// Lists of passwords that were stolen elsewhere, beside the one that is shipped. What follows from a password on one
    /// of them is a setting of the tenant.
    pub passwords: Passwords,
    /// How much one address may ask for, and how much the process takes on at once.
    pub limits: Limits,
    /// What is written to standard error.
    pub logging: Logging,
}

impl Settings {
    /// Everything that makes these settings unfit for `serve`; nothing to say means that it may start.
    pub fn unsound(&self) -> Vec<Finding> {
        let mut found = self.server.unsound();
        found.extend(self.unsound_stores());
        found.extend(self.mail.unsound());
        found.extend(self.sms.unsound("sms"));
        found.extend(self.voice.unsound("voice"));
        found.extend(self.passwords.unsound());
        found.extend(self.limits.unsound());
        found
    }

    /// The part of [`Settings::unsound`] that a command needs which only works on the database.
    pub fn unsound_stores(&self) -> Vec<Finding> {
        let mut found = self.database.unsound();
        found.extend(self.keys.unsound());
        found
    }

    /// The effective settings as TOML, every secret as `(set)`.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("settings are tables of plain values, which TOML can hold")
    }
}
