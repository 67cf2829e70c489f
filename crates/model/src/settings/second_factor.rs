//! Whether a login needs a second factor, and which ones there are.

use super::unfit::{Unfit, within};
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// Second factors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "every factor has a switch of its own on the wire")]
pub struct SecondFactor {
    /// Whether there are any.
    #[serde(rename = "IsSecondFactorAuthenticatorEnabled")]
    pub enabled: bool,
    /// Whether everybody needs one; else those who have set one up.
    #[serde(rename = "IsRequired")]
    pub required: bool,
    /// Codes by text message or call.
    #[serde(rename = "IsSmsOtpAuthenticatorEnabled")]
    pub sms: bool,
    /// Codes by email.
    #[serde(rename = "IsEmailOtpAuthenticatorEnabled")]
    pub email: bool,
    /// Codes of an authenticator app.
    #[serde(rename = "IsAuthenticatorEnabled")]
    pub authenticator: bool,
    /// Under which name an authenticator app lists its codes; the tenant's own when blank.
    #[serde(rename = "IssuerId")]
    pub issuer: String,
    /// How wide the picture with the key of an authenticator app is at most, in pixels, 100 to 1000.
    #[serde(rename = "QRCodeWidth")]
    pub qr_code_width: i64,
    /// Passkeys.
    #[serde(rename = "IsPasskeyMFAEnabled")]
    pub passkey: bool,
    /// Answers to security questions.
    #[serde(rename = "IsSecurityQuestionAsMFAEnabled")]
    pub security_question: bool,
    /// How many questions are asked at least, 1 to 5; as many as `SecurityQuestionCount` if that is more.
    #[serde(rename = "MinimumSecurityQuestionsToAsk")]
    pub least_questions: i64,
    /// Codes on paper, for who lost the other factors.
    #[serde(rename = "backupCodes")]
    pub backup_codes: bool,
    /// Minutes that a login waits for its second factor, 5 to 30.
    #[serde(rename = "tokenMinutes")]
    pub token_minutes: i64,
    /// Whether the plain login refuses (1176) where a second factor is due, for clients that know the other path.
    #[serde(rename = "refusePlainLogin")]
    pub refuse_plain_login: bool,
}

impl Default for SecondFactor {
    fn default() -> SecondFactor {
        SecondFactor {
            enabled: false,
            required: false,
            sms: true,
            email: true,
            authenticator: true,
            issuer: String::new(),
            qr_code_width: 300,
            passkey: true,
            security_question: false,
            least_questions: 1,
            backup_codes: true,
            token_minutes: 15,
            refuse_plain_login: false,
        }
    }
}

impl SecondFactor {
    /// How long a login waits for its second factor.
    pub fn token_life(&self) -> Span {
        Span::minutes(self.token_minutes)
    }
    pub(super) fn check(&self) -> Result<(), Unfit> {
        within("TwoFactorAuthentication.MinimumSecurityQuestionsToAsk", self.least_questions, 1, 5)?;
        within("TwoFactorAuthentication.tokenMinutes", self.token_minutes, 5, 30)?;
        within("TwoFactorAuthentication.QRCodeWidth", self.qr_code_width, 100, 1000)
    }
}
