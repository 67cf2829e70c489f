//! The kinds of message.

use doorward_store::challenges::Purpose;
use serde::{Deserialize, Serialize};

/// The kinds of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Template {
    /// Carries the code that proves a phone number.
    VerifyPhone,
    /// Carries the code or link that proves an email address.
    VerifyEmail,
    /// Carries the code that lets its receiver choose a new password.
    ResetPassword,
    /// Says that the password was changed.
    PasswordChanged,
    /// Carries the code that proves the number somebody wants as their login phone.
    ChangePhone,
    /// Carries the code or link that confirms the deletion of an account.
    DeleteAccount,
    /// Greets a new person.
    Welcome,
    /// Says that an address, phone number or user name was added, changed or removed.
    SignInChanged,
    /// Says that the account was deleted.
    AccountDeleted,
    /// Carries the code or link that signs somebody in without a password.
    Passwordless,
    /// Carries the code or link that signs somebody in or up at one touch.
    OneTouch,
    /// Carries the link that signs a waiting device in.
    SmartLogin,
    /// Carries the code that finishes a login.
    SecondFactor,
    /// Says that a second factor was added or removed.
    SecondFactorChanged,
    /// Carries the code that confirms an action of somebody signed in.
    StepUp,
    /// Carries the code or link that lets its receiver choose a new PIN.
    ResetPin,
    /// Says that the PIN was set, changed or removed.
    PinChanged,
    /// Carries the link that lets its receiver register a new passkey.
    ResetPasskey,
    /// Says that the password stands on a list of stolen ones.
    PasswordBreached,
    /// Carries the link or code that replaces a password which has grown too old.
    PasswordExpired,
}

impl Template {
    /// All of them.
    pub const ALL: [Template; 20] = [
        Template::VerifyPhone,
        Template::VerifyEmail,
        Template::ResetPassword,
        Template::PasswordChanged,
        Template::ChangePhone,
        Template::DeleteAccount,
        Template::Welcome,
        Template::SignInChanged,
        Template::AccountDeleted,
        Template::Passwordless,
        Template::OneTouch,
        Template::SmartLogin,
        Template::SecondFactor,
        Template::SecondFactorChanged,
        Template::StepUp,
        Template::ResetPin,
        Template::PinChanged,
        Template::ResetPasskey,
        Template::PasswordBreached,
        Template::PasswordExpired,
    ];

    /// The message that carries the code or link of a purpose.
    pub(crate) fn of(purpose: Purpose) -> Template {
        match purpose {
            Purpose::VerifyPhone => Template::VerifyPhone,
            Purpose::VerifyEmail => Template::VerifyEmail,
            Purpose::ResetPassword => Template::ResetPassword,
            Purpose::ChangePhone => Template::ChangePhone,
            Purpose::DeleteAccount => Template::DeleteAccount,
            Purpose::Welcome => Template::Welcome,
            Purpose::Passwordless => Template::Passwordless,
            Purpose::OneTouch => Template::OneTouch,
            Purpose::SmartLogin => Template::SmartLogin,
            Purpose::SecondFactor | Purpose::EnrolSecondFactor => Template::SecondFactor,
            Purpose::StepUp => Template::StepUp,
            Purpose::ResetPin => Template::ResetPin,
            Purpose::ResetPasskey => Template::ResetPasskey,
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Template> {
        Template::ALL.into_iter().find(|template| template.name() == name)
    }

    /// True when it carries a code or a link: something that its receiver waits for.
    pub fn opens_something(self) -> bool {
        !matches!(
            self,
            Template::PasswordChanged
                | Template::Welcome
                | Template::SignInChanged
                | Template::AccountDeleted
                | Template::SecondFactorChanged
                | Template::PinChanged
                | Template::PasswordBreached
        )
    }

    /// The template's name, as the mailbox shows it.
    pub fn name(self) -> &'static str {
        match self {
            Template::VerifyPhone => "verify-phone",
            Template::VerifyEmail => "verify-email",
            Template::ResetPassword => "reset-password",
            Template::PasswordChanged => "password-changed",
            Template::ChangePhone => "change-phone",
            Template::DeleteAccount => "delete-account",
            Template::Welcome => "welcome",
            Template::SignInChanged => "sign-in-changed",
            Template::AccountDeleted => "account-deleted",
            Template::Passwordless => "passwordless",
            Template::OneTouch => "one-touch",
            Template::SmartLogin => "smart-login",
            Template::SecondFactor => "second-factor",
            Template::SecondFactorChanged => "second-factor-changed",
            Template::StepUp => "step-up",
            Template::ResetPin => "reset-pin",
            Template::PinChanged => "pin-changed",
            Template::ResetPasskey => "reset-passkey",
            Template::PasswordBreached => "password-breached",
            Template::PasswordExpired => "password-expired",
        }
    }
}
