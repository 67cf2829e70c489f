//! The other ways in.
//!
//! What belongs here: signing in with a password, by code or link, by one touch, by another device, by a sign-in code,
//! and people who move in when they sign in. What does not: ways in by a credential that has a folder of its own
//! ([`crate::credentials`]).

pub mod login;
pub mod one_touch;
pub mod passwordless;
pub mod sign_in_code;
pub mod smart_login;
mod takeover;
mod waiting;
