//! `[mail]`

use std::path::PathBuf;

use lettre::message::Mailbox;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::secret_text::SecretText;
use super::server::is_loopback_name;

/// The SMTP server that takes outgoing mail. Without `host` no mail can be sent.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// The name of the SMTP server.
    pub host: Option<String>,
    /// Its port; without it 587 for `starttls`, 465 for `tls` and 25 for `none`.
    pub port: Option<u16>,
    /// How the connection is protected; `none` only for a server on this machine.
    pub tls: Security,
    /// The user name to log in with.
    pub user: Option<String>,
    /// The password of `user`.
    pub password: Option<SecretText>,
    /// A file that holds `password`.
    pub password_file: Option<PathBuf>,
    /// The sender, such as `Example <no-reply@example.com>`. Required with `host`.
    pub from: Option<String>,
}

/// How the connection to the SMTP server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Starts in clear and must switch to TLS before anything is said.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// In clear.
    None,
}

impl Mail {
    /// The port given, or the usual one for this kind of protection.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Security::Starttls => 587,
            Security::Tls => 465,
            Security::None => 25,
        })
    }

    pub(super) fn unsound(&self) -> Vec<Finding> {
        let Some(host) = &self.host else { return Vec::new() };
        let mut found = Vec::new();
        if self.tls == Security::None && !is_loopback_name(host) {
            found.push(Finding::new(
                "[mail] tls",
                format!(
                    "is none, but {host} is another machine, and messages carry codes and links that log people in"
                ),
                "Use starttls or tls; none is for a server on this machine.",
            ));
        }
        if self.user.is_some() != self.password.is_some() {
            found.push(Finding::new(
                "[mail] user",
                "a user and a password go together, and only one of them is set",
                "Set user together with password or password_file, or neither.",
            ));
        }
        if self.from.as_ref().is_none_or(|from| from.parse::<Mailbox>().is_err()) {
            found.push(Finding::new(
                "[mail] from",
                "is not set, or is no address",
                "Set it to an address the SMTP server lets you send as, for example from = \"Example <no-reply@example.com>\".",
            ));
        }
        found
    }
}
