//! What a person proves themselves with: set, used, changed, lost.

pub(crate) mod mfa;
pub(crate) mod passkeys;
mod password;
pub(crate) mod pin;
pub(crate) mod security_questions;
pub(crate) mod step_up;
