//! What a tenant is set to, and what an application may know of it before anybody signs in.
//!
//! What belongs here: tenants and their settings, versions of messages, rules for passwords. What does not: accounts.

use crate::access::Caller;
use crate::factors::mfa::Factor;
use crate::registration::sott;
use crate::{App, Result};
use doorward_model::pin::Alphabet;
use doorward_model::settings::{EmailVerification, Settings};
use doorward_model::sott::Window;
use doorward_model::time::Timestamp;
use serde_json::{Value, json};

pub mod password_policy;
pub mod templates;
pub mod tenants;

/// What this server says of its clock.
#[derive(Debug, Clone)]
pub struct ServerInfo {
    /// What time it is here.
    pub now: Timestamp,
    /// A window that a registration token made now may have.
    pub window: Window,
    /// That window's length in minutes.
    pub minutes: String,
}

/// The server's time and a window for registration tokens; 908 when `minutes` is no number the tenant allows.
pub fn get_server_info(app: &App, caller: &Caller, minutes: Option<&str>) -> Result<ServerInfo> {
    let now = app.now();
    let window = sott::window(now, minutes, &caller.tenant)?;
    let minutes = ((window.end.0 - window.start.0) / 60_000).to_string();
    Ok(ServerInfo { now, window, minutes })
}

/// The public part of the tenant's settings, in the form that login pages and SDKs read.
pub fn get_app_configuration(app: &App, caller: &Caller) -> Value {
    let settings = caller.settings();
    let lockout = &settings.lockout;
    let flow = match settings.email_verification {
        EmailVerification::Required => "required",
        EmailVerification::Optional => "optional",
        EmailVerification::Disabled => "disabled",
    };
    let carries = |code: bool| if code { "OTP" } else { "MAGICLINK" };
    json!({
        "SocialSchema": { "Providers": [] },
        "RegistrationFormSchema": registration_form(caller),
        "SecurityQuestions": security_questions(settings),
        "IsHttps": app.public_url.starts_with("https://"),
        "AppName": caller.tenant.name,
        "IsCustomerRegistration": settings.registration,
        "ApiVersion": { "v1": false, "v2": true },
        "EmailVerificationFlow": flow,
        "IsPhoneLogin": settings.phone_login,
        "IsDisabledSocialRegistration": true,
        "IsDisabledAccountLinking": true,
        "IsAgeRestriction": false,
        "IsSecurityQuestion": settings.is_security_question,
        "AskRequiredFieldsOnTraditionalLogin": false,
        "IsLogoutOnEmailVerification": false,
        "IsUserNameLogin": settings.user_name_login,
        "IsInvisibleRecaptcha": false,
        "IsV2Recaptcha": false,
        "AskPasswordOnSocialLogin": false,
        "AskEmailIdForUnverifiedUserLogin": false,
        "AskOptionalFieldsOnSocialSignup": false,
        "IsRiskBasedAuthentication": false,
        "CheckPhoneNoAvailabilityOnRegistration": true,
        "DuplicateEmailWithUniqueUsername": false,
        "StoreOnlyRegistrationFormFieldsForSocial": false,
        "OTPEmailVerification": settings.otp_email_verification,
        "LoginLockedConfiguration": {
            "LoginLockedType": lockout.kind.as_str(),
            "MaximumFailedLoginAttempts": lockout.threshold,
            "SuspendConfiguration": { "EffectivePeriodInSeconds": lockout.suspend.seconds }
        },
        "IsInstantSignin": &settings.instant_signin,
        "IsLoginOnEmailVerification": true,
        "LoginOnPasswordReset": settings.login_on_password_reset,
        "TwoFactorAuthentication": second_factors(settings),
        "IsRememberMe": settings.remember_me,
        "V2RecaptchaSiteKey": "",
        "QQTencentCaptchaKey": "",
        "NoRegistration": settings.one_touch_login,
        "CustomDomain": "",
        "PrivacyPolicyConfiguration": { "IsEnabled": false, "Mode": "", "PrivacyPolicies": [] },
        "OptionalRecaptchaConfiguration": &settings.captcha,
        "ApiRequestSigningConfig": &settings.signing,
        "TemplateVerificationTypes": {
            "Registration": carries(settings.otp_email_verification),
            "ForgotPassword": "OTP",
            "OneClickSignin": carries(settings.otp_passwordless)
        },
        "PassKeysConfig": passkeys(settings),
        "PINAuthentication": pin_authentication(settings)
    })
}

/// What login pages and clients go by to ask for PINs.
fn pin_authentication(settings: &Settings) -> Value {
    let configuration = &settings.pin.configuration;
    json!({
        "IsEnabled": settings.pin.enabled,
        "Configuration": {
            "PINLogin": configuration.login,
            "IsRequired": configuration.required,
            "AskOnRegistration": configuration.ask_on_registration,
            "AskOnLogin": configuration.ask_on_login,
            "AskOnlyOnFirstLogin": configuration.ask_on_first_login,
            "SessionTokenExpiration": configuration.session_token_minutes
        }
    })
}

/// What login pages and clients go by to offer passkeys.
fn passkeys(settings: &Settings) -> Value {
    let passkeys = &settings.passkeys;
    json!({
        "IsEnabled": passkeys.enabled,
        "PasskeySelection": passkeys.selection,
        "ProgressiveEnrollment": passkeys.progressive_enrollment,
        "ProgressiveEnrollmentDelay": passkeys.progressive_enrollment_delay,
        "LocalEnrollment": passkeys.local_enrollment,
        "RPDisplayName": passkeys.display_name,
        "RPID": passkeys.rp_id,
        "RPOrigins": passkeys.origins
    })
}

fn second_factors(settings: &Settings) -> Value {
    let is_offered = |factor: Factor| factor.is_offered(settings);
    json!({
        "IsEnabled": settings.second_factor.enabled,
        "IsRequired": settings.second_factor.enabled && settings.second_factor.required,
        "IsGoogleAuthenticator": is_offered(Factor::Authenticator),
        "IsAuthenticator": is_offered(Factor::Authenticator),
        "IsPushAuthenticator": false,
        "IsEmailOTPAuthenticator": is_offered(Factor::Email),
        "IsSecurityQuestionAuthenticator": is_offered(Factor::SecurityQuestion),
        "IsSmsOTPAuthenticator": is_offered(Factor::Sms),
        "IsDuoSecurityAuthenticator": false,
        "IsPasskeyAuthenticator": is_offered(Factor::Passkey)
    })
}

/// The questions that a registration form offers, and how many of them it asks.
fn security_questions(settings: &Settings) -> Value {
    let questions = &settings.security_questions;
    if !settings.is_security_question {
        return json!({ "Questions": [], "SecurityQuestionCount": 0 });
    }
    json!({ "Questions": &questions.list, "SecurityQuestionCount": questions.count })
}

/// The fields that a registration form needs, with the tenant's rules for them.
fn registration_form(caller: &Caller) -> Value {
    let settings = caller.settings();
    let policy = &settings.password;
    let mut rules = format!("required|min_length[{}]|max_length[{}]", policy.min_length, policy.max_length);
    if !policy.rules.is_empty() {
        rules = format!("{rules}|{}", policy.rules);
    }
    let field = |kind: &str, name: &str, display: &str, rules: &str| {
        json!({
            "Checked": true, "type": kind, "name": name, "display": display, "rules": rules, "options": null,
            "permission": "w", "DataSource": null, "Parent": null, "ParentDataSource": null
        })
    };
    let mut fields = Vec::new();
    if settings.email_login {
        fields.push(field("string", "emailid", "Email", "required|valid_email"));
    }
    if settings.phone_login {
        fields.push(field("string", "phoneid", "Phone", if settings.email_login { "" } else { "required" }));
    }
    if settings.user_name_login {
        fields.push(field("string", "username", "User name", "max_length[32]"));
    }
    fields.push(field("password", "password", "Password", &rules));
    let pin = &settings.pin;
    if pin.enabled && pin.configuration.ask_on_registration {
        let (rules, required) = (&pin.configuration.rules, pin.configuration.required);
        let alphabet = match rules.alphabet {
            Alphabet::Numeric => "numeric",
            Alphabet::Alphanumeric => "alpha_numeric",
        };
        let limits = format!("min_length[{}]|max_length[{}]|{alphabet}", rules.min_length, rules.max_length);
        let rules = if required { format!("required|{limits}") } else { limits };
        fields.push(field("password", "pin", "PIN", &rules));
    }
    Value::Array(fields)
}
