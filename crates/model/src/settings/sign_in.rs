//! How people get in: what must be proved before, and what needs no password.

use serde::{Deserialize, Serialize};

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
