//! Passwords: forgotten and reset by a code, a link or answers, or changed by somebody who knows the old one.

mod change;
mod forgot;
mod reset;
mod security_answer;

pub use change::change_password;
pub use forgot::{forgot_password, request_otp_for_password_reset};
pub use reset::{Mailed, Reset, reset_password, reset_password_by_phone_otp};
pub use security_answer::reset_password_security_answer;
