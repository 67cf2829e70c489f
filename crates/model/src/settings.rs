//! One tenant's settings: the switches that an administrator turns, with the defaults a new tenant starts with.

use crate::identifier::Phone;
use crate::password::{Policy, rules};
use crate::security_question::SecurityQuestions;
use crate::time::{Span, Timestamp};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::net::IpAddr;

mod hosted;
mod lockout;
mod pin;
mod second_factor;

pub use hosted::{ColourScheme, HostedPages};
pub use lockout::{LockKind, Lockout, RateLimit, Suspension};
pub use pin::{PinAuthentication, PinConfiguration};
pub use second_factor::SecondFactor;

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
    /// Where people come from who sign in here for the first time.
    #[serde(rename = "loginMigration")]
    pub migration: LoginMigration,
    /// One-time codes.
    pub otp: Otp,
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
    /// Whether refused OTPs say why (1067, 1068, 1069) instead of 1409.
    #[serde(rename = "legacyOtpCodes")]
    pub legacy_otp_codes: bool,
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
            second_factor: SecondFactor::default(),
            is_security_question: false,
            security_questions: SecurityQuestions::default(),
            rate_limit: RateLimit::default(),
            password: Policy::default(),
            pin: PinAuthentication::default(),
            migration: LoginMigration::default(),
            otp: Otp::default(),
            ip_access: IpAccess::default(),
            domains: Vec::new(),
            check_origin: true,
            sott: SottRules::default(),
            allowed_countries: Vec::new(),
            hosted_pages: HostedPages::default(),
            message_language: "en".to_owned(),
            security_notices: true,
            remaining_attempts: false,
            legacy_otp_codes: false,
        }
    }
}

mod migration;
pub use migration::LoginMigration;

/// Whether and until when a tenant may be used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// `active`, `trial` or `suspended`.
    pub state: PlanState,
    /// When a trial ends, RFC 3339.
    #[serde(rename = "trialEndsAt")]
    pub trial_ends_at: Option<String>,
}

/// The state of a [`Plan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlanState {
    /// In use.
    #[default]
    Active,
    /// In use until the trial's end, then every authentication call answers 6003.
    Trial,
    /// Answers as an unknown key does (901).
    Suspended,
}

impl Plan {
    /// True when a trial's end is reached.
    pub fn is_over(&self, now: Timestamp) -> bool {
        let end = self.trial_ends_at.as_deref().and_then(Timestamp::parse);
        self.state == PlanState::Trial && end.is_some_and(|end| now >= end)
    }
}

/// Whether requests of the back end may or must be signed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Signing {
    /// Whether signatures are looked at.
    #[serde(rename = "IsEnabled")]
    pub enabled: bool,
    /// Whether the secret is accepted too.
    #[serde(rename = "Mode")]
    pub mode: SigningMode,
}

/// What [`Signing`] asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum SigningMode {
    /// A signature (1207 without one).
    Strict,
    /// A signature or the secret (1209 without either).
    #[default]
    Preferred,
}

/// Whether an address must be proved before it signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmailVerification {
    /// Sign-in is refused (970) until it is.
    Required,
    /// A message is sent, sign-in is open.
    Optional,
    /// No message is sent.
    Disabled,
}

/// Sign-in without a password (1059 where it is off).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InstantSignin {
    /// By the link or code in an email.
    #[serde(rename = "EmailLink")]
    pub email: bool,
    /// By the code in a text message; `IsPhoneLogin` must be on too.
    #[serde(rename = "SmsOtp")]
    pub sms: bool,
}

/// One-time codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Otp {
    /// Digits of a code, 6 to 10.
    #[serde(rename = "OTPLength")]
    pub length: usize,
    /// Seconds a code lives, 30 to 600.
    #[serde(rename = "validitySeconds")]
    pub seconds: i64,
    /// Wrong tries after which a code is void.
    #[serde(rename = "wrongTries")]
    pub tries: i64,
    /// How many codes an identifier gets for one purpose within the disable period.
    #[serde(rename = "RequestLimit")]
    pub request_limit: i64,
    /// That period in minutes.
    #[serde(rename = "RequestDisablePeriod")]
    pub request_minutes: i64,
}

impl Default for Otp {
    fn default() -> Otp {
        Otp { length: 6, seconds: 300, tries: 5, request_limit: 5, request_minutes: 15 }
    }
}

impl Otp {
    /// How long a code lives.
    pub fn life(&self) -> Span {
        Span::seconds(self.seconds)
    }

    /// The period that the request limit counts in.
    pub fn window(&self) -> Span {
        Span::minutes(self.request_minutes)
    }
}

/// Which networks may call.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IpAccess {
    /// What the list means.
    pub mode: IpMode,
    /// Addresses and networks, as `192.0.2.0/24`, `192.0.2.7` or `2001:db8::/32`.
    pub list: Vec<String>,
}

/// What the list of [`IpAccess`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IpMode {
    /// Nothing.
    #[default]
    Off,
    /// Only these may call.
    Allow,
    /// These may not.
    Deny,
}

impl IpAccess {
    /// True when a call from `ip` is let in (1206 otherwise).
    pub fn admits(&self, ip: IpAddr) -> bool {
        let listed = || self.list.iter().filter_map(|text| network(text)).any(|network| network.contains(&ip));
        match self.mode {
            IpMode::Off => true,
            IpMode::Allow => listed(),
            IpMode::Deny => !listed(),
        }
    }
}

fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Registration tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SottRules {
    /// The widest window accepted, in minutes.
    #[serde(rename = "maxWindowMinutes")]
    pub max_window_minutes: i64,
    /// Whether each token registers one account only.
    #[serde(rename = "singleUse")]
    pub single_use: bool,
    /// Whether windows written with a 12-hour clock without am or pm are read as both.
    #[serde(rename = "accept12hClock")]
    pub accept_12h_clock: bool,
}

impl Default for SottRules {
    fn default() -> SottRules {
        SottRules { max_window_minutes: 24 * 60, single_use: false, accept_12h_clock: false }
    }
}

/// Why a settings document is not accepted; meant for the administrator who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit(pub String);

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unfit {}

impl Settings {
    /// Reads a settings document and checks its ranges.
    pub fn read(document: Value) -> Result<Settings, Unfit> {
        let settings: Settings = serde_json::from_value(document).map_err(|error| Unfit(error.to_string()))?;
        settings.check()?;
        Ok(settings)
    }

    /// The same settings with one changed: `key` as in the document, inner ones after a dot
    /// (`LoginLockedConfiguration.MaximumFailedLoginAttempts`), without regard to case; `text` as JSON, or as itself.
    pub fn with(&self, key: &str, text: &str) -> Result<Settings, Unfit> {
        let mut document = serde_json::to_value(self).map_err(|error| Unfit(error.to_string()))?;
        let mut place = &mut document;
        for part in key.split('.') {
            let name = place
                .as_object()
                .and_then(|object| object.keys().find(|name| name.eq_ignore_ascii_case(part)).cloned());
            let name =
                name.ok_or_else(|| Unfit(format!("there is no setting `{key}`; `doorward tenant show` lists them")))?;
            place = &mut place[name];
        }
        *place = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
        Settings::read(document).map_err(|Unfit(why)| Unfit(format!("{key}: {why}")))
    }

    fn check(&self) -> Result<(), Unfit> {
        let within = |name: &str, value: i64, least: i64, most: i64| {
            let fits = (least..=most).contains(&value);
            fits.then_some(()).ok_or_else(|| Unfit(format!("{name} must be between {least} and {most}, it is {value}")))
        };
        within("accessTokenLifetime", self.access_token_minutes, 1, 129_600)?;
        within("refreshTokenLifetime", self.refresh_token_minutes, 1, 525_600)?;
        if self.refresh_token_minutes <= self.access_token_minutes {
            return Err(Unfit("refreshTokenLifetime must be more than accessTokenLifetime".into()));
        }
        within("sessionLimit", self.session_limit, 0, 1000)?;
        within("rememberMeLifetime", self.remember_me_minutes, 1, 129_600)?;
        if self.remember_me && self.refresh_token_minutes <= self.remember_me_minutes {
            return Err(Unfit("refreshTokenLifetime must be more than rememberMeLifetime".into()));
        }
        within("MaximumFailedLoginAttempts", self.lockout.threshold, 1, 100)?;
        within("EffectivePeriodInSeconds", self.lockout.suspend.seconds, 1, 30 * 86_400)?;
        within("TwoFactorAuthentication.tokenMinutes", self.second_factor.token_minutes, 5, 30)?;
        if let Some(why) = self.security_questions.unfit() {
            return Err(Unfit(why));
        }
        if self.is_security_question && self.security_questions.list.len() < self.security_questions.asked() {
            let count = self.security_questions.count;
            return Err(Unfit(format!(
                "IsSecurityQuestion needs at least {count} questions in SecurityQuestions.Questions"
            )));
        }
        if self.lockout.kind == LockKind::SecurityQuestion && !self.is_security_question {
            return Err(Unfit("LoginLockedType SecurityQuestion needs IsSecurityQuestion to be on".into()));
        }
        within("passwordPolicy.minLength", i64::try_from(self.password.min_length).unwrap_or(i64::MAX), 6, 64)?;
        let most = i64::try_from(self.password.max_length).unwrap_or(i64::MAX);
        within("passwordPolicy.maxLength", most, 64, 1024)?;
        within("MaxPasswordHistory", i64::from(self.password.history), 0, 24)?;
        within("ExpirationFrequency", self.password.expiration, 0, 3650)?;
        if let Some(problem) = rules::unfit(&self.password.rules) {
            return Err(Unfit(format!("PasswordValidationRules: {problem}")));
        }
        self.migration.check()?;
        within("otp.OTPLength", i64::try_from(self.otp.length).unwrap_or(i64::MAX), 6, 10)?;
        within("otp.validitySeconds", self.otp.seconds, 30, 600)?;
        within("otp.wrongTries", self.otp.tries, 1, 10)?;
        within("otp.RequestLimit", self.otp.request_limit, 1, 1000)?;
        within("otp.RequestDisablePeriod", self.otp.request_minutes, 1, 1440)?;
        self.pin.check(within)?;
        self.hosted_pages.check()?;
        within("sott.maxWindowMinutes", self.sott.max_window_minutes, 1, 24 * 60 * 366)?;
        if let Some(bad) = self.ip_access.list.iter().find(|text| network(text).is_none()) {
            return Err(Unfit(format!("ipAccessRestriction.list: `{bad}` is no address and no network")));
        }
        if let Some(bad) = self.domains.iter().find(|text| crate::origin::Pattern::parse(text).is_none()) {
            return Err(Unfit(format!(
                "domains: `{bad}` is no origin; write it as https://host or http://localhost:*"
            )));
        }
        let language = self.message_language.as_bytes();
        if !matches!(language.len(), 2 | 3) || !language.iter().all(u8::is_ascii_lowercase) {
            return Err(Unfit("messageLanguage must be the two letters of a language, such as en or de".into()));
        }
        let end = self.plan.trial_ends_at.as_deref();
        if end.is_some_and(|text| Timestamp::parse(text).is_none()) {
            return Err(Unfit("plan.trialEndsAt must be a date such as 2026-12-31T00:00:00Z".into()));
        }
        Ok(())
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
