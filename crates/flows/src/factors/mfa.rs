//! Second factors: whether a login needs one, which ones an account has, and the login that waits for it.
//!
//! A factor is a file of its own below this one: how it is drawn, sent and judged. What every factor shares stands in
//! [`ticket`] (the login that may have to wait), [`held`] (the login that waits, in hand), [`standing`] (what an
//! account has) and [`change`] (what follows when that becomes another).

use crate::Result;
use doorward_model::id::TenantId;
use doorward_model::reason::Reason;
use doorward_model::settings::Settings;

pub(crate) mod authenticator;
pub(crate) mod backup;
pub(crate) mod change;
pub(crate) mod codes;
pub(crate) mod email;
pub(crate) mod held;
pub(crate) mod passkey;
pub(crate) mod pending;
mod picture;
pub(crate) mod questions;
pub(crate) mod sms;
pub(crate) mod standing;
mod ticket;

pub use authenticator::{Setup, require_offered as require_authenticator};
pub use backup::require_backup_codes;
pub(crate) use change::require_another;
pub use codes::digest as code_digest;
pub use email::require_offered as require_email;
pub use passkey::require_offered as require_passkey;
pub(crate) use pending::Waiting;
pub use pending::{Pending, Shown};
pub(crate) use questions::BY_ANSWERS;
pub use questions::require_offered as require_questions;
pub use sms::require_offered as require_sms;
pub(crate) use standing::Standing;
pub(crate) use ticket::{Next, Ticket};

/// The kinds of second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// A code sent to a phone.
    Sms,
    /// A code sent to an email address.
    Email,
    /// A code of an authenticator app.
    Authenticator,
    /// A passkey.
    Passkey,
    /// Answers to security questions.
    SecurityQuestion,
}

impl Factor {
    /// Those that can be set up and proved, the most usual first.
    const BUILT: &[Factor] =
        &[Factor::Sms, Factor::Email, Factor::Authenticator, Factor::SecurityQuestion, Factor::Passkey];

    /// The factor as it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Factor::Sms => "sms",
            Factor::Email => "email",
            Factor::Authenticator => "authenticator",
            Factor::Passkey => "passkey",
            Factor::SecurityQuestion => "security-question",
        }
    }

    /// Whether people of the tenant may use it.
    pub fn is_offered(self, settings: &Settings) -> bool {
        let switches = &settings.second_factor;
        let switch = match self {
            Factor::Sms => switches.sms,
            Factor::Email => switches.email,
            Factor::Authenticator => switches.authenticator,
            Factor::Passkey => switches.passkey && settings.passkeys.enabled,
            Factor::SecurityQuestion => switches.security_question && settings.is_security_question,
        };
        switches.enabled && switch && Factor::BUILT.contains(&self)
    }

    /// What is said where an account has none of this kind.
    pub(crate) fn missing(self) -> Reason {
        match self {
            Factor::Authenticator => Reason::MfaAuthenticatorNotConfigured,
            Factor::Passkey => Reason::PasskeyMfaNotConfigured,
            _ => Reason::MfaNotConfiguredOnProfile,
        }
    }

    /// Those that people of the tenant may use.
    pub(crate) fn offered(settings: &Settings) -> impl Iterator<Item = Factor> + '_ {
        Factor::BUILT.iter().copied().filter(|factor| factor.is_offered(settings))
    }
}

/// 1097 where the tenant has no second factors.
pub fn require_enabled(settings: &Settings) -> Result<(), Reason> {
    settings.second_factor.enabled.then_some(()).ok_or(Reason::MfaDisabled)
}

/// Where a factor's secret is kept, for the cipher; `id` is that of its row.
pub fn place(tenant: &TenantId, id: &str) -> String {
    format!("second-factor:{tenant}:{id}")
}
