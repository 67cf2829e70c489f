//! Second factors: whether a login needs one, which ones an account has, and the login that waits for it.
//!
//! A factor is a file of its own below this one: how it is set up, and how it is proved. What every factor shares stands
//! in [`transaction`] (the login that waits), [`proving`] (how it is completed), [`standing`] (what an account has) and
//! [`own`] (how its owner removes one).

mod authenticator;
mod backup;
mod codes;
mod email;
mod own;
mod own_authenticator;
mod own_email;
mod own_sms;
mod passkey;
mod pending;
mod picture;
mod proving;
mod questions;
mod sms;
mod standing;
mod step_up;
mod transaction;

use crate::Result;
pub(crate) use authenticator::place as authenticator_place;
pub use authenticator::{Setup, require_offered as require_authenticator, verify_totp_by_mfa_token};
pub use backup::{
    Before, backup_codes_left, mfa_backup_codes, mfa_backup_codes_by_uid, require_backup_codes,
    verify_backup_code_for_mfa_login,
};
pub use codes::digest as code_digest;
use doorward_model::id::TenantId;
use doorward_model::reason::Reason;
use doorward_model::settings::Settings;
pub use email::{require_offered as require_email, resend_email_otpmfa_token, validate_mfa_otp_by_email};
pub(crate) use own::require_another;
pub use own::{get_mfa_settings, own_factors, remove_factor, remove_factor_by_uid};
pub use own_authenticator::verify2fa_totp_auth;
pub use own_email::{email_otp_auth_verification_by_access_token, resend_two_factor_email_otp};
pub use own_sms::{mfa_update_phone_number_by_token, mfa_verify_phone_number_by_access_token};
pub use passkey::{
    account_register_mfa_passkey_begin, account_register_mfa_passkey_finish, begin_mfa_passkey_registration,
    begin_passkey_mfa_verification, finish_mfa_passkey_login, finish_mfa_passkey_registration,
    require_offered as require_passkey,
};
pub(crate) use pending::Waiting;
pub use pending::{Open, Pending, Shown, waiting_login};
pub(crate) use questions::BY_ANSWERS;
pub use questions::{
    require_offered as require_questions, set_mfa_security_question_by_access_token,
    update_mfa_security_question_by_mfa_token, verify_mfa_security_question_by_mfa_token,
};
pub use sms::{
    mfa_update_phone_number_by_mfa_token, require_offered as require_sms, resend_mfa_otp, verify_mfa_sms_otp,
};
pub(crate) use standing::Standing;
pub use step_up::{Given, reauth_trigger, validate_reauth_mfa};
pub(crate) use transaction::{Next, Ticket};

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
    fn missing(self) -> Reason {
        match self {
            Factor::Authenticator => Reason::MfaAuthenticatorNotConfigured,
            Factor::Passkey => Reason::PasskeyMfaNotConfigured,
            _ => Reason::MfaNotConfiguredOnProfile,
        }
    }

    /// Those that people of the tenant may use.
    fn offered(settings: &Settings) -> impl Iterator<Item = Factor> + '_ {
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
