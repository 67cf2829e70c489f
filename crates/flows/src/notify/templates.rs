//! The messages that ship with the product.

use super::{Receiver, Values};
use crate::outside::{Channel, Message};
use doorward_store::challenges::Purpose;

/// The kinds of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
            Purpose::SecondFactor => Template::SecondFactor,
            Purpose::StepUp => Template::StepUp,
            Purpose::ResetPin => Template::ResetPin,
            Purpose::ResetPasskey => Template::ResetPasskey,
        }
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

    fn subject(self) -> &'static str {
        match self {
            Template::VerifyPhone => "Your verification code for #App#",
            Template::VerifyEmail => "Confirm your email address for #App#",
            Template::ResetPassword => "Reset your #App# password",
            Template::PasswordChanged => "Your #App# password was changed",
            Template::ChangePhone => "Your code to change your #App# phone number",
            Template::DeleteAccount => "Delete your #App# account",
            Template::Welcome => "Welcome to #App#",
            Template::SignInChanged => "How you sign in to #App# was changed",
            Template::AccountDeleted => "Your #App# account was deleted",
            Template::Passwordless | Template::OneTouch => "Sign in to #App#",
            Template::SmartLogin => "Let your other device sign in to #App#",
            Template::SecondFactor => "Your #App# sign-in code",
            Template::SecondFactorChanged => "A second factor of your #App# account was changed",
            Template::StepUp => "Your #App# confirmation code",
            Template::ResetPin => "Reset your #App# PIN",
            Template::PinChanged => "Your #App# PIN was changed",
            Template::ResetPasskey => "Register a new passkey for #App#",
            Template::PasswordBreached => "Change your #App# password",
            Template::PasswordExpired => "Choose a new #App# password",
        }
    }

    fn text(self, values: &Values) -> &'static str {
        match self {
            Template::VerifyPhone => {
                "#OTP# is your #App# verification code. It works for #Minutes# minutes. Tell it to nobody."
            }
            Template::VerifyEmail if values.code.is_some() => {
                "#OTP# is your code to confirm this email address for #App#. It works for #Minutes# minutes. If you did not ask for it, ignore this message."
            }
            Template::VerifyEmail => {
                "Confirm this email address for #App# by opening #Url# . If you did not ask for it, ignore this message."
            }
            Template::ResetPassword if values.link.is_some() => {
                "Choose a new #App# password by opening #Url# . The link works for an hour. If you did not ask for it, ignore this message."
            }
            Template::ResetPassword => {
                "#OTP# is your code to reset your #App# password. It works for #Minutes# minutes. Tell it to nobody; if you did not ask for it, ignore this message."
            }
            Template::PasswordChanged => {
                "Your #App# password was just changed and other devices were signed out. If this was not you, reset your password now."
            }
            Template::ChangePhone => {
                "#OTP# is your code to sign in to #App# with this number from now on. It works for #Minutes# minutes. Tell it to nobody."
            }
            Template::DeleteAccount if values.link.is_some() => {
                "Delete your #App# account for good by opening #Url# . The link works for an hour. If you did not ask for it, ignore this message and change your password."
            }
            Template::DeleteAccount => {
                "#OTP# is your code to delete your #App# account for good. It works for #Minutes# minutes. Tell it to nobody; if you did not ask for it, change your password."
            }
            Template::Welcome => "Welcome to #App#. Your account is ready.",
            Template::SignInChanged => {
                "An email address, phone number or user name of your #App# account is being changed, or was just changed. If this was not you, reset your password now."
            }
            Template::AccountDeleted => "Your #App# account was just deleted, with everything in it.",
            Template::Passwordless | Template::OneTouch if values.link.is_some() => {
                "Sign in to #App# by opening #Url# . The link works once. If you did not ask for it, ignore this message."
            }
            Template::Passwordless | Template::OneTouch => {
                "#OTP# is your code to sign in to #App#. It works for #Minutes# minutes. Tell it to nobody; if you did not ask for it, ignore this message."
            }
            Template::SmartLogin => {
                "Open #Url# to sign in to #App# on the device where you typed this address. If you did not ask for it, ignore this message: whoever asked stays signed out."
            }
            Template::SecondFactor => {
                "#OTP# is your code to finish signing in to #App#. It works for #Minutes# minutes. Tell it to nobody; if you are not signing in, change your password now."
            }
            Template::SecondFactorChanged => {
                "A second factor of your #App# account was just added, changed or removed. If this was not you, reset your password now."
            }
            Template::StepUp => {
                "#OTP# is your code to confirm what you are doing at #App#. It works for #Minutes# minutes. Tell it to nobody; if it is not you, change your password now."
            }
            Template::ResetPin if values.link.is_some() => {
                "Choose a new #App# PIN by opening #Url# . The link works for an hour. If you did not ask for it, ignore this message."
            }
            Template::ResetPin => {
                "#OTP# is your code to reset your #App# PIN. It works for #Minutes# minutes. Tell it to nobody; if you did not ask for it, ignore this message."
            }
            Template::PinChanged => {
                "The PIN of your #App# account was just set, changed or removed. If this was not you, reset your password now."
            }
            Template::ResetPasskey => {
                "Register a new #App# passkey by opening #Url# . The link works for an hour. If you did not ask for it, ignore this message."
            }
            Template::PasswordBreached if values.code.is_some() => {
                "The password of your #App# account stands on a list of passwords that were stolen elsewhere and signs nobody in any more. #OTP# is your code to choose a new one. It works for #Minutes# minutes. Tell it to nobody, and change that password wherever else you use it."
            }
            Template::PasswordBreached => {
                "The password of your #App# account stands on a list of passwords that were stolen elsewhere. Change it now, and wherever else you use it."
            }
            Template::PasswordExpired if values.link.is_some() => {
                "Your #App# password has grown too old to sign in with. Choose a new one by opening #Url# . The link works for an hour."
            }
            Template::PasswordExpired => {
                "Your #App# password has grown too old to sign in with. #OTP# is your code to choose a new one. It works for #Minutes# minutes. Tell it to nobody."
            }
        }
    }

    /// The message with its placeholders filled, in one pass: a value that looks like a placeholder stays text.
    pub(super) fn fill(self, id: &str, app: &str, receiver: &Receiver, values: &Values) -> Message {
        let code = values.code.as_ref().map(|code| code.expose().to_owned());
        let minutes = (values.seconds / 60).max(1).to_string();
        let value = |name: &str| match name {
            "App" => Some(app.to_owned()),
            "OTP" => code.clone(),
            "OTPExpiry" => Some(values.seconds.to_string()),
            "Minutes" => Some(minutes.clone()),
            "Url" => values.link.clone(),
            _ => None,
        };
        let text = substitute(self.text(values), value);
        let is_email = receiver.channel == Channel::Email;
        Message {
            id: id.to_owned(),
            channel: receiver.channel,
            to: receiver.to.clone(),
            template: self.name().to_owned(),
            subject: is_email.then(|| one_line(&substitute(self.subject(), value))),
            html: is_email.then(|| html(&text, values.link.as_deref())),
            text,
            code,
            link: values.link.clone(),
        }
    }
}

/// Replaces each `#Name#` that has a value, reading the text once from left to right.
fn substitute(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('#') {
        out.push_str(before);
        rest = after;
        match after.split_once('#').and_then(|(name, after)| Some((value(name)?, after))) {
            Some((value, after)) => {
                out.push_str(&value);
                rest = after;
            }
            None => out.push('#'),
        }
    }
    out.push_str(rest);
    out
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn html(text: &str, link: Option<&str>) -> String {
    let mut body = escape(text);
    if let Some(link) = link.map(escape) {
        body = body.replacen(&link, &format!("<a href=\"{link}\">{link}</a>"), 1);
    }
    format!("<!doctype html><html lang=\"en\"><body style=\"font-family:sans-serif\"><p>{body}</p></body></html>")
}

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests;
