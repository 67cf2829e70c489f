//! What people do with their credentials: a folder or file for each word of the contract.
//!
//! What belongs here: passwords, PINs, passkeys, second factors, security questions and step-up, each set, used,
//! changed and lost. What does not: what is kept and judged of them ([`crate::factors`]), and ways in without a
//! credential ([`crate::sign_in`]).

pub mod mfa;
pub mod passkeys;
pub mod password;
pub mod pin;
pub mod security_questions;
pub mod step_up;
