//! What went wrong, in words for the person it happened to.

use super::site::Site;
use axum::http::StatusCode;
use doorward_flows::Error;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;

/// Why a form is shown again.
pub(crate) struct Trouble(Refusal);

/// Which fields it is about, and what is said.
type Told = (&'static [&'static str], String);

impl Trouble {
    /// A failure is logged here, and told as one that may pass.
    pub(crate) fn of(error: Error) -> Trouble {
        match error {
            Error::Refused(refusal) => Trouble(*refusal),
            Error::Failed(cause) => {
                tracing::error!(cause = format!("{cause:#}"), "a hosted page failed");
                Trouble(Reason::UnknownError.into())
            }
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self.0.reason {
            Reason::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Reason::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Reason::UnknownError => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// Whether a login that waits for its second factor waits no more.
    pub(crate) fn ends_login(&self) -> bool {
        matches!(
            self.0.reason,
            Reason::MfaTokenInvalid
                | Reason::MfaTokenExpired
                | Reason::AccountLocked
                | Reason::AccountSuspended
                | Reason::LockedCaptchaRequired
                | Reason::LockedSecurityAnswerRequired
                | Reason::AccountBlocked
                | Reason::LoginDisabledForAccount
        )
    }

    /// What is said, in one text.
    pub(crate) fn text(&self, site: Site<'_>) -> String {
        self.texts(site).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ")
    }

    /// What is said, each with the fields that it may stand beside.
    pub(crate) fn texts(&self, site: Site<'_>) -> Vec<Told> {
        if self.0.reason == Reason::ValidationFailed {
            return self.0.errors.iter().map(|error| about_field(site, &error.field)).collect();
        }
        if self.0.reason == Reason::ParameterInvalid {
            const TYPED: &[&str] = &["identifier", "email", "phone", "password", "code", "backup-code"];
            return vec![(TYPED, site.say("trouble-empty"))];
        }
        let (fields, key) = place(self.0.reason);
        vec![(fields, site.say(key))]
    }
}

impl From<Reason> for Trouble {
    fn from(reason: Reason) -> Trouble {
        Trouble(reason.into())
    }
}

/// A field whose form breaks a rule; the rules of passwords and PINs stand in their hints, too.
fn about_field(site: Site<'_>, field: &str) -> Told {
    const PASSWORD: &[&str] = &["new-password", "password"];
    match field {
        "password" | "newpassword" => (PASSWORD, site.say("trouble-password-rules")),
        "pin" => (&["pin", "new-pin"], site.say("trouble-pin-rules")),
        "firstname" => (&["first-name"], site.say("trouble-field")),
        "lastname" => (&["last-name"], site.say("trouble-field")),
        "email" => (&["email", "identifier"], site.say("trouble-email")),
        "securityquestionanswer" => (&[], site.say("trouble-answers-few")),
        "phone" | "phoneid" => (&["phone", "identifier"], site.say("trouble-phone")),
        _ => (&[], site.say("trouble-field")),
    }
}

/// Where it is said, and the key of the text.
fn place(reason: Reason) -> (&'static [&'static str], &'static str) {
    const ADDRESS: &[&str] = &["email", "identifier"];
    const NUMBER: &[&str] = &["phone", "identifier"];
    match reason {
        Reason::CredentialsInvalid => (&["old-password"], "trouble-credentials"),
        Reason::PinMissing => (&["pin", "new-pin"], "trouble-empty"),
        Reason::PinInvalid => (&["pin"], "trouble-pin"),
        Reason::CurrentPinInvalid => (&["old-pin"], "trouble-pin"),
        Reason::EmailFormatInvalid => (ADDRESS, "trouble-email"),
        Reason::PhoneFormatInvalid | Reason::PhoneInvalidOrUnknown => (NUMBER, "trouble-phone"),
        Reason::UsernameInvalid
        | Reason::LoginNotAllowed
        | Reason::PhoneLoginEnforced
        | Reason::UsernameLoginEnforced => (&["identifier"], "trouble-identifier"),
        Reason::EmailAlreadyRegistered => (ADDRESS, "trouble-email-taken"),
        Reason::PhoneTaken => (NUMBER, "trouble-phone-taken"),
        Reason::MfaPhoneSame => (NUMBER, "trouble-phone-same"),
        Reason::OtpInvalid
        | Reason::EmailOtpInvalid
        | Reason::VerificationOtpInvalid
        | Reason::AuthenticationFailed
        | Reason::MfaCodeRequired => (&["code"], "trouble-code"),
        Reason::MfaAuthenticatorCodeWrong => (&["code"], "trouble-app-code"),
        Reason::MfaAuthenticatorNotConfigured => (&["code"], "trouble-app-again"),
        Reason::BackupCodeInvalid | Reason::BackupCodesNotEnabled => (&["backup-code"], "trouble-backup-code"),
        Reason::SecurityAnswerWrong | Reason::SecurityQuestionOrAnswerWrong => (&[], "trouble-answers"),
        Reason::SecurityAnswersTooFew | Reason::SecurityQuestionInvalid => (&[], "trouble-answers-few"),
        Reason::PasswordInvalid => (&["password"], "trouble-password"),
        Reason::EmailNotOnProfile => (&["mailbox", "code"], "trouble-mailbox"),
        Reason::VoiceOtpNotConfigured => (&[], "trouble-no-call"),
        Reason::MfaNotConfigured => (&[], "trouble-no-factor"),
        Reason::OtpUsed | Reason::OtpExpired | Reason::EmailOtpUsed | Reason::EmailOtpExpired => {
            (&["code"], "trouble-code-over")
        }
        Reason::EmailLinkInvalid
        | Reason::EmailLinkUsed
        | Reason::EmailLinkExpired
        | Reason::PasswordlessLinkUsed
        | Reason::VerificationTokenInvalid
        | Reason::PinResetLinkUsed
        | Reason::LinkUnavailable => (&[], "trouble-link"),
        Reason::MfaTokenInvalid
        | Reason::MfaTokenExpired
        | Reason::PinAuthTokenInvalid
        | Reason::PinAuthTokenExpired => (&[], "trouble-too-slow"),
        Reason::EmailNotVerified => (&[], "trouble-email-unproved"),
        Reason::PhoneNotVerified => (&[], "trouble-phone-unproved"),
        Reason::AccountBlocked | Reason::LoginDisabledForAccount => (&[], "trouble-blocked"),
        Reason::AccountSuspended
        | Reason::AccountLocked
        | Reason::LockedCaptchaRequired
        | Reason::LockedSecurityAnswerRequired => (&[], "trouble-locked"),
        Reason::NewPasswordInvalid | Reason::NewPasswordBreached | Reason::PasswordChangeProfileInvalid => {
            (&["new-password", "password"], "trouble-password-rules")
        }
        Reason::PasswordExpired | Reason::PasswordBreachedMailSent | Reason::PasswordResetPending => {
            (&[], "trouble-password-over")
        }
        Reason::EmailLimitReached | Reason::SmsLimitReached | Reason::TooManyRequests => (&[], "trouble-too-many"),
        Reason::SmsNotConfigured | Reason::OtpSendFailed => (NUMBER, "trouble-no-message"),
        Reason::SessionLimitReached => (&[], "trouble-sessions"),
        Reason::RecentAuthenticationNeeded => (&[], "trouble-recent"),
        Reason::MfaRemovalInvalid => (&[], "trouble-last-factor"),
        Reason::PasskeyVerificationFailed => (&[], "trouble-passkey"),
        Reason::PasskeyDisabled
        | Reason::PasskeyMfaDisabled
        | Reason::PasskeyMfaNotConfigured
        | Reason::PasskeyConfigurationError
        | Reason::PasskeyAutofillDisabled => (&[], "trouble-no-passkeys"),
        Reason::PasskeyEmailAccountOnly => (ADDRESS, "trouble-passkey-email"),
        Reason::PasskeyNotOnProfile | Reason::PasskeyIdInvalid => (&[], "trouble-passkey-gone"),
        Reason::RegistrationDisabled => (&[], "trouble-registration"),
        Reason::Busy => (&[], "trouble-busy"),
        _ => (&[], "trouble-other"),
    }
}
