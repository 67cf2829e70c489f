//! Which operations take a captcha.

use serde::{Deserialize, Serialize};

/// Operations that take a captcha, beside those that always do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CaptchaRules {
    /// Whether any of them does.
    #[serde(rename = "IsEnabled")]
    pub enabled: bool,
    /// Which ones.
    #[serde(rename = "Apis")]
    pub apis: ProtectedApis,
}

impl CaptchaRules {
    /// Whether the operation that this points at takes one.
    pub fn protects(&self, api: impl Fn(&ProtectedApis) -> bool) -> bool {
        self.enabled && api(&self.apis)
    }
}

/// The operations, by the names that login pages know them by.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "every operation has a switch of its own on the wire")]
pub struct ProtectedApis {
    /// Asking for what resets a password by email.
    pub post_forgot_password_by_email: bool,
    /// Asking for the code that resets a password by phone.
    pub post_forgot_password_by_phone: bool,
    /// Resetting a password by phone and code.
    pub put_reset_password_by_phone_otp: bool,
    /// Changing a password that one knows.
    pub put_change_password: bool,
    /// Signing in by address and password.
    pub post_login_by_email_and_password: bool,
    /// Signing in by user name and password.
    pub post_login_by_user_name_and_password: bool,
    /// Signing in by phone and password.
    pub post_login_by_phone_and_password: bool,
    /// Signing in by PIN.
    pub post_login_by_pin: bool,
    /// Asking for what signs in without a password.
    pub passwordless_login: bool,
    /// Changing one's own profile.
    pub put_update_profile: bool,
}
