//! The ways to prove once more who one is; each ends in [`crate::session::step_up`].

mod answers;
mod factor;
mod mail;
mod means;
mod password;
mod pin;

pub use answers::validate_security_question_reauth_mfa;
pub use factor::{Given, reauth_trigger, validate_reauth_mfa};
pub use mail::{Mailing, send_email_otp, validate_email_otp};
pub use means::{Offer, offered};
pub use password::reauth_password;
pub use pin::reauth_pin;
