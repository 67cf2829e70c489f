//! What an account proves itself with, first or second.
//!
//! What belongs here: how a factor is kept, drawn, judged and taken away, and what a new one is held against. What does
//! not: functions that a door calls; what people do with a factor stands in [`crate::credentials`].

pub(crate) mod breach;
pub(crate) mod claim;
pub mod mfa;
pub mod passkey;
pub(crate) mod password;
pub mod pin;
pub(crate) mod pin_rotation;
pub(crate) mod pin_wish;
pub mod release;
pub(crate) mod renewal;
pub(crate) mod security_answers;
