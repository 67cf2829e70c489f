//! The ways in that need no credential of their own, and the password.

mod login;
pub(crate) mod one_touch;
pub(crate) mod passwordless;
pub(crate) mod smart_login;
mod takeover;
