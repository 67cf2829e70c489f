//! What requests and answers say of second factors.

use crate::ops::answers::message::MessageIds;
use crate::ops::answers::question::Question;
use crate::wire::{Flag, Result};
use doorward_flows::factors::mfa::{Factor, Pending, Setup, Shown};
use doorward_flows::notify::Voice;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::NO_DATE;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Stands where a token would stand.
const NO_TOKEN: &str = "00000000-0000-0000-0000-000000000000";

/// The answer of a login that waits for its second factor.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PendingAnswer {
    /// What the second factor is proved with.
    #[serde(rename = "SecondFactorAuthentication")]
    second_factor: SecondFactor,
    // Wire: where the tenant requires it, the newer clients read the same at top level.
    #[serde(flatten)]
    repeated: Option<SecondFactor>,
    /// Always null.
    #[serde(rename = "Profile")]
    profile: (),
    /// Always the zero GUID: nobody is signed in.
    access_token: &'static str,
    /// Always the date that means none.
    expires_in: &'static str,
}

impl PendingAnswer {
    pub(crate) fn of(pending: Pending) -> PendingAnswer {
        let second_factor = SecondFactor {
            token: pending.token.expose().to_owned(),
            expires_in: pending.expires_at.to_wire(),
            factors: FactorsAnswer::of(pending.factors),
        };
        PendingAnswer {
            repeated: pending.is_required.then(|| second_factor.clone()),
            second_factor,
            profile: (),
            access_token: NO_TOKEN,
            expires_in: NO_DATE,
        }
    }
}

/// What the second factor is proved with.
#[derive(Clone, Serialize, JsonSchema)]
struct SecondFactor {
    /// Stands for the login where the second factor is proved.
    #[serde(rename = "SecondFactorAuthenticationToken")]
    token: String,
    /// When that token ends, RFC 3339 in UTC.
    #[serde(rename = "ExpireIn")]
    expires_in: String,
    #[serde(flatten)]
    factors: FactorsAnswer,
}

/// The factors of an account.
#[derive(Clone, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the wire has one for each factor")]
pub(crate) struct FactorsAnswer {
    /// The key of the authenticator app that can be set up now, as a picture: a data URI of a PNG. Null once there is an
    /// app.
    #[serde(rename = "QRCode")]
    qr_code: Option<String>,
    /// Null: there are no push messages.
    #[serde(rename = "PushQRCode")]
    push_qr_code: (),
    /// The same key as it is typed into the app.
    #[serde(rename = "ManualEntryCode")]
    manual_entry_code: Option<String>,
    /// Null: Duo is not spoken.
    #[serde(rename = "DuoAuthEndpoint")]
    duo_auth_endpoint: (),
    /// Whether an authenticator app is proved, under its former name.
    #[serde(rename = "IsGoogleAuthenticatorVerified")]
    is_google_authenticator_verified: bool,
    /// Whether an authenticator app is proved.
    #[serde(rename = "IsAuthenticatorVerified")]
    is_authenticator_verified: bool,
    /// Always false.
    #[serde(rename = "IsPushDeviceRegistered")]
    is_push_device_registered: bool,
    /// Whether codes by email are set up.
    #[serde(rename = "IsEmailOtpAuthenticatorVerified")]
    is_email_verified: bool,
    /// Whether codes by text message are set up.
    #[serde(rename = "IsOTPAuthenticatorVerified")]
    is_sms_verified: bool,
    /// Always false.
    #[serde(rename = "IsDuoAuthenticatorVerified")]
    is_duo_verified: bool,
    /// Whether a passkey is registered.
    #[serde(rename = "IsPasskeyAuthenticatorVerified")]
    is_passkey_verified: bool,
    /// Whether security questions are answered.
    #[serde(rename = "IsSecurityQuestionAuthenticatorVerified")]
    is_security_question_verified: bool,
    /// The number that codes go to; while a login waits, its last digits.
    #[serde(rename = "OTPPhoneNo")]
    phone: Option<String>,
    /// The text message that is on its way.
    #[serde(rename = "OTPStatus")]
    sms: Option<MessageIds>,
    /// The addresses that codes may go to; while a login waits, with little of them in clear.
    #[serde(rename = "Email")]
    emails: Option<Vec<String>>,
    /// The code that is on its way by email.
    #[serde(rename = "EmailOTPStatus")]
    email: Option<EmailStatus>,
    /// The questions that are asked, or that may be answered.
    #[serde(rename = "SecurityQuestions")]
    questions: Option<Vec<Question>>,
}

/// A code that is on its way by email.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct EmailStatus {
    /// Where to, with little of it in clear.
    email: String,
}

impl FactorsAnswer {
    pub(crate) fn of(shown: Shown) -> FactorsAnswer {
        let is_verified = |factor| shown.verified.contains(&factor);
        let app = shown.authenticator.as_ref();
        FactorsAnswer {
            qr_code: app.and_then(Setup::picture),
            push_qr_code: (),
            manual_entry_code: app.map(|app| app.typed.expose().to_owned()),
            duo_auth_endpoint: (),
            is_google_authenticator_verified: is_verified(Factor::Authenticator),
            is_authenticator_verified: is_verified(Factor::Authenticator),
            is_push_device_registered: false,
            is_email_verified: is_verified(Factor::Email),
            is_sms_verified: is_verified(Factor::Sms),
            is_duo_verified: false,
            is_passkey_verified: is_verified(Factor::Passkey),
            is_security_question_verified: is_verified(Factor::SecurityQuestion),
            phone: shown.phone,
            sms: shown.sms.map(MessageIds::of),
            emails: Some(shown.emails).filter(|emails| !emails.is_empty()),
            email: shown.email.map(|email| EmailStatus { email }),
            questions: Some(Question::all(shown.questions)).filter(|questions| !questions.is_empty()),
        }
    }
}

/// How a code of a second factor is told.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Telling2fa {
    /// Name of the text message's template; an unknown name means the usual one.
    #[serde(rename = "smstemplate2fa")]
    _template: Option<String>,
    /// Whether the code is spoken in a call.
    isvoiceotp: Flag,
}

impl Telling2fa {
    pub(crate) fn voice(&self) -> Voice {
        if self.isvoiceotp.0 { Voice::Yes } else { Voice::No }
    }
}

/// What older clients send along where nothing is told.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Spoken {
    /// Taken, and without effect.
    #[serde(rename = "isvoiceotp")]
    _voice: Flag,
}

/// Names of the templates of the messages that risk checks send; kept with the login.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct RiskTemplates {
    /// Tells of a new browser, by email.
    rbabrowseremailtemplate: Option<String>,
    /// Tells of a new city, by email.
    rbacityemailtemplate: Option<String>,
    /// Tells of a new country, by email.
    rbacountryemailtemplate: Option<String>,
    /// Tells of a new address of the network, by email.
    rbaipemailtemplate: Option<String>,
    /// Tells of a new device, by email.
    rbadeviceemailtemplate: Option<String>,
    /// Carries a code, by text message.
    rbaotpsmstemplate: Option<String>,
    /// Tells of a new browser, by text message.
    rbabrowsersmstemplate: Option<String>,
    /// Tells of a new city, by text message.
    rbacitysmstemplate: Option<String>,
    /// Tells of a new country, by text message.
    rbacountrysmstemplate: Option<String>,
    /// Tells of a new address of the network, by text message.
    rbaipsmstemplate: Option<String>,
    /// Tells of a new device, by text message.
    rbadevicesmstemplate: Option<String>,
}

impl RiskTemplates {
    pub(crate) fn names(&self) -> Result<serde_json::Value> {
        Ok(serde_json::to_value(self).map_err(anyhow::Error::from)?)
    }
}

/// The token of a login that waits. The tenant's switches are to be asked first.
pub(crate) fn present(token: Option<Secret>) -> Result<Secret> {
    Ok(token.ok_or_else(|| Refusal::missing("secondfactorauthenticationtoken"))?)
}

/// The code that an app shows, under its name or the former one; 1105 when there is none: neither name is the required
/// one.
pub(crate) fn shown_code(named: Option<String>, formerly: Option<String>) -> Result<Secret> {
    let code = named.or(formerly).filter(|code| !code.trim().is_empty());
    Ok(Secret::new(code.ok_or(Reason::MfaCodeRequired)?))
}
