//! What an application may know of its tenant and of this server before anybody signs in.

use crate::access::Caller;
use crate::{App, Result, sott};
use doorward_model::settings::{EmailVerification, LockKind};
use doorward_model::sott::Window;
use doorward_model::time::Timestamp;
use serde_json::{Value, json};

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
    let kind = match lockout.kind {
        LockKind::None => "None",
        LockKind::Suspend => "Suspend",
        LockKind::Block => "Block",
    };
    let flow = match settings.email_verification {
        EmailVerification::Required => "required",
        EmailVerification::Optional => "optional",
        EmailVerification::Disabled => "disabled",
    };
    let verification = if settings.otp_email_verification { "OTP" } else { "MAGICLINK" };
    json!({
        "SocialSchema": { "Providers": [] },
        "RegistrationFormSchema": registration_form(caller),
        "SecurityQuestions": { "Questions": [], "SecurityQuestionCount": 0 },
        "IsHttps": app.public_url.starts_with("https://"),
        "AppName": caller.tenant.name,
        "IsCustomerRegistration": settings.registration,
        "ApiVersion": { "v1": false, "v2": true },
        "EmailVerificationFlow": flow,
        "IsPhoneLogin": settings.phone_login,
        "IsDisabledSocialRegistration": true,
        "IsDisabledAccountLinking": true,
        "IsAgeRestriction": false,
        "IsSecurityQuestion": false,
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
            "LoginLockedType": kind,
            "MaximumFailedLoginAttempts": lockout.threshold,
            "SuspendConfiguration": { "EffectivePeriodInSeconds": lockout.suspend.seconds }
        },
        "IsInstantSignin": { "EmailLink": false, "SmsOtp": false },
        "IsLoginOnEmailVerification": true,
        "LoginOnPasswordReset": settings.login_on_password_reset,
        "TwoFactorAuthentication": {
            "IsEnabled": false,
            "IsRequired": false,
            "IsGoogleAuthenticator": false,
            "IsAuthenticator": false,
            "IsPushAuthenticator": false,
            "IsEmailOTPAuthenticator": false,
            "IsSecurityQuestionAuthenticator": false,
            "IsSmsOTPAuthenticator": false,
            "IsDuoSecurityAuthenticator": false,
            "IsPasskeyAuthenticator": false
        },
        "IsRememberMe": settings.remember_me,
        "V2RecaptchaSiteKey": "",
        "QQTencentCaptchaKey": "",
        "NoRegistration": !settings.registration,
        "CustomDomain": "",
        "PrivacyPolicyConfiguration": { "IsEnabled": false, "Mode": "", "PrivacyPolicies": [] },
        "OptionalRecaptchaConfiguration": { "IsEnabled": false, "Apis": {} },
        "ApiRequestSigningConfig": &settings.signing,
        "TemplateVerificationTypes": { "Registration": verification, "ForgotPassword": "OTP" },
        "PassKeysConfig": { "IsEnabled": false },
        "PINAuthentication": { "IsEnabled": false }
    })
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
    Value::Array(fields)
}
