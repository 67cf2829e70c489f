//! One tenant's settings: the switches that an administrator turns, with the defaults a new tenant starts with.

use crate::identifier::Phone;
use crate::password::Policy;
use crate::security_question::SecurityQuestions;
use crate::time::Span;
use serde::{Deserialize, Serialize};

mod callers;
mod captcha;
mod check;
mod document;
mod hosted;
mod lockout;
mod migration;
mod otp;
mod passkeys;
mod pin;
mod plan;
mod second_factor;
mod sign_in;
mod sott;
mod unfit;
mod voice;

pub use callers::{IpAccess, IpMode, Signing, SigningMode};
pub use captcha::{CaptchaRules, ProtectedApis};
pub use document::Opened;
pub use hosted::{ColourScheme, HostedPages};
pub use lockout::{LockKind, Lockout, RateLimit, Suspension};
pub use migration::LoginMigration;
pub use otp::Otp;
pub use passkeys::{PasskeySelection, Passkeys, UserVerification};
pub use pin::{PinAuthentication, PinConfiguration};
pub use plan::{Plan, PlanState};
pub use second_factor::SecondFactor;
pub use sign_in::{EmailVerification, InstantSignin};
pub use sott::SottRules;
pub use unfit::Unfit;
pub use voice::Voice;

/// The settings document. Names are the wire's where it has one, else the switch's name in camel case; unknown names
/// are refused, so that a typing error is not a silent default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether the tenant may be used at all.
    pub plan: Plan,
    /// Minutes an access token lives, 1 to 129,600.
    #[serde(rename = "accessTokenLifetime")]
    pub access_token_minutes: i64,
    /// Minutes a refresh token lives, 1 to 525,600; must be more than the access token's.
    #[serde(rename = "refreshTokenLifetime")]
    pub refresh_token_minutes: i64,
    /// Whether the use of a rotated refresh token ends its whole session.
    #[serde(rename = "refreshReuseDetection")]
    pub refresh_reuse_detection: bool,
    /// Whether the use of an access token moves its end, up to 30 days after the session began.
    #[serde(rename = "slidingToken")]
    pub sliding_token: bool,
    /// Sessions an account may have at once, 0 for any number; an account's own `SessionLimit` goes before it.
    #[serde(rename = "sessionLimit")]
    pub session_limit: i64,
    /// Whether a login may ask to be remembered.
    #[serde(rename = "IsRememberMe")]
    pub remember_me: bool,
    /// Minutes the access token of a remembered session lives, 1 to 129,600.
    #[serde(rename = "rememberMeLifetime")]
    pub remember_me_minutes: i64,
    /// Requests of the back end that are signed instead of carrying the secret.
    #[serde(rename = "ApiRequestSigningConfig")]
    pub signing: Signing,
    /// Whether a new password ends all other sessions.
    #[serde(rename = "forceLogout")]
    pub force_logout: bool,
    /// Whether registration is open to end users.
    #[serde(rename = "IsCustomerRegistration")]
    pub registration: bool,
    /// Whether an email address must be proved before it signs in.
    #[serde(rename = "EmailVerificationFlow")]
    pub email_verification: EmailVerification,
    /// Whether the message that proves an address carries a code instead of a link.
    #[serde(rename = "OTPEmailVerification")]
    pub otp_email_verification: bool,
    /// Whether the message that resets a password carries a code even where the caller names a page for a link.
    #[serde(rename = "otpPasswordReset")]
    pub otp_password_reset: bool,
    /// Whether anybody may ask if an address, phone number or user name is taken (1411 otherwise).
    #[serde(rename = "availabilityCheck")]
    pub availability_check: bool,
    /// Sign-in by email address.
    #[serde(rename = "IsEmailLogin")]
    pub email_login: bool,
    /// Sign-in by phone number; also opens the phone operations.
    #[serde(rename = "IsPhoneLogin")]
    pub phone_login: bool,
    /// Sign-in by user name.
    #[serde(rename = "IsUserNameLogin")]
    pub user_name_login: bool,
    /// Sign-in or sign-up at one touch, by a link or code.
    #[serde(rename = "oneTouchLogin")]
    pub one_touch_login: bool,
    /// Whether asking for a link or code at one touch takes a captcha; off, anybody who knows the API key may have
    /// messages sent.
    #[serde(rename = "oneTouchCaptcha")]
    pub one_touch_captcha: bool,
    /// Sign-in of a device by a link that is opened on another.
    #[serde(rename = "smartLogin")]
    pub smart_login: bool,
    /// Whether a device that waits for a link must come back from the network that it asked from.
    #[serde(rename = "waitingDeviceNetwork")]
    pub waiting_device_network: bool,
    /// Whether a password reset also signs the user in.
    #[serde(rename = "LoginOnPasswordReset")]
    pub login_on_password_reset: bool,
    /// Sign-in without a password, by what a message carries.
    #[serde(rename = "IsInstantSignin")]
    pub instant_signin: InstantSignin,
    /// Whether the email that signs in without a password carries a code instead of a link.
    #[serde(rename = "otpPasswordless")]
    pub otp_passwordless: bool,
    /// Whether whoever signs in without a password for the first time, and sends a profile, is registered by it. Asks for
    /// a registration token, and for an open registration.
    #[serde(rename = "passwordlessRegistration")]
    pub passwordless_registration: bool,
    /// What happens after too many failures.
    #[serde(rename = "LoginLockedConfiguration")]
    pub lockout: Lockout,
    /// Which operations take a captcha.
    #[serde(rename = "OptionalRecaptchaConfiguration")]
    pub captcha: CaptchaRules,
    /// Second factors.
    #[serde(rename = "TwoFactorAuthentication")]
    pub second_factor: SecondFactor,
    /// Whether people answer security questions and may prove themselves by them.
    #[serde(rename = "IsSecurityQuestion")]
    pub is_security_question: bool,
    /// Which questions those are.
    #[serde(rename = "SecurityQuestions")]
    pub security_questions: SecurityQuestions,
    /// How fast all callers of the tenant together may ask.
    #[serde(rename = "rateLimit")]
    pub rate_limit: RateLimit,
    /// Rules for new passwords.
    #[serde(rename = "passwordPolicy")]
    pub password: Policy,
    /// PINs.
    #[serde(rename = "PINAuthentication")]
    pub pin: PinAuthentication,
    /// Passkeys.
    #[serde(rename = "PassKeysConfig")]
    pub passkeys: Passkeys,
    /// Where people come from who sign in here for the first time.
    #[serde(rename = "loginMigration")]
    pub migration: LoginMigration,
    /// One-time codes.
    pub otp: Otp,
    /// Codes that are spoken in a call.
    pub voice: Voice,
    /// Which networks may call.
    #[serde(rename = "ipAccessRestriction")]
    pub ip_access: IpAccess,
    /// The web origins that belong to the tenant, as `https://host[:port]`; `https://*.host` stands for one label.
    pub domains: Vec<String>,
    /// Whether a request that comes from another web origin is refused.
    #[serde(rename = "AllowOriginHeaderValidation")]
    pub check_origin: bool,
    /// Registration tokens.
    pub sott: SottRules,
    /// Countries (two letters) that messages may be sent to; empty means all.
    #[serde(rename = "allowedCountries")]
    pub allowed_countries: Vec<String>,
    /// The pages on which people sign in, and what they look like.
    #[serde(rename = "hostedPages")]
    pub hosted_pages: HostedPages,
    /// The language of messages to people whose profile names none, as `en` or `de`.
    #[serde(rename = "messageLanguage")]
    pub message_language: String,
    /// Whether the owner is told of a changed password by every channel known.
    #[serde(rename = "securityNotices")]
    pub security_notices: bool,
    /// Whether `Data.RemainingAttempts` goes with a refused sign-in.
    #[serde(rename = "remainingAttempts")]
    pub remaining_attempts: bool,
    /// Whether people who are signed in may prove once more who they are.
    #[serde(rename = "stepUp")]
    pub step_up: bool,
    /// Whether refused OTPs say why (1067, 1068, 1069) instead of 1409.
    #[serde(rename = "legacyOtpCodes")]
    pub legacy_otp_codes: bool,
    /// Whether refusals carry `IsProviderError` and `ProviderErrorResponse` too, as older clients expect them.
    #[serde(rename = "legacyErrorFields")]
    pub legacy_error_fields: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            plan: Plan::default(),
            access_token_minutes: 15,
            refresh_token_minutes: 86_400,
            refresh_reuse_detection: true,
            sliding_token: false,
            session_limit: 0,
            remember_me: false,
            remember_me_minutes: 30 * 24 * 60,
            signing: Signing::default(),
            force_logout: true,
            registration: true,
            email_verification: EmailVerification::Required,
            otp_email_verification: false,
            otp_password_reset: false,
            availability_check: true,
            email_login: true,
            phone_login: false,
            user_name_login: false,
            one_touch_login: false,
            one_touch_captcha: true,
            smart_login: false,
            waiting_device_network: true,
            login_on_password_reset: true,
            instant_signin: InstantSignin::default(),
            otp_passwordless: false,
            passwordless_registration: false,
            lockout: Lockout::default(),
            captcha: CaptchaRules::default(),
            second_factor: SecondFactor::default(),
            is_security_question: false,
            security_questions: SecurityQuestions::default(),
            rate_limit: RateLimit::default(),
            password: Policy::default(),
            pin: PinAuthentication::default(),
            passkeys: Passkeys::default(),
            migration: LoginMigration::default(),
            otp: Otp::default(),
            voice: Voice::default(),
            ip_access: IpAccess::default(),
            domains: Vec::new(),
            check_origin: true,
            sott: SottRules::default(),
            allowed_countries: Vec::new(),
            hosted_pages: HostedPages::default(),
            message_language: "en".to_owned(),
            security_notices: true,
            remaining_attempts: false,
            step_up: true,
            legacy_otp_codes: false,
            legacy_error_fields: false,
        }
    }
}

impl Settings {
    /// How many security questions are asked where they are a second factor.
    pub fn questions_as_factor(&self) -> usize {
        usize::try_from(self.second_factor.least_questions).unwrap_or(1).max(self.security_questions.asked())
    }

    /// True when a sign-in without a password may register.
    pub fn registers_without_password(&self) -> bool {
        self.registration && self.passwordless_registration
    }

    /// True when a message may go to this number's country.
    pub fn may_message(&self, phone: &Phone) -> bool {
        let listed =
            |region: String| self.allowed_countries.iter().any(|country| country.eq_ignore_ascii_case(&region));
        self.allowed_countries.is_empty() || phone.region().is_some_and(listed)
    }

    /// How long an access token lives.
    pub fn access_token_life(&self) -> Span {
        Span::minutes(self.access_token_minutes)
    }

    /// How long the access token of a remembered session lives.
    pub fn remembered_life(&self) -> Span {
        Span::minutes(self.remember_me_minutes)
    }

    /// How long a refresh token lives.
    pub fn refresh_token_life(&self) -> Span {
        Span::minutes(self.refresh_token_minutes)
    }
}

#[cfg(test)]
mod tests;
