//! Step-up: somebody who is signed in proves once more who they are, before something that a stolen token must not do.
//!
//! Each way to prove it ends in [`crate::session::step_up::prove`]: the session counts as recently authenticated, and there is a token by which a
//! back end learns of the proof, once. The ways that belong to another area stand there, such as
//! [`crate::pin::reauth_pin`] and [`crate::mfa::validate_reauth_mfa`].

mod answers;
mod mail;
mod means;
mod password;

pub use answers::validate_security_question_reauth_mfa;
pub(crate) use mail::try_code;
pub use mail::{Mailing, send_email_otp, validate_email_otp};
pub use means::{Offer, offered};
pub use password::reauth_password;
