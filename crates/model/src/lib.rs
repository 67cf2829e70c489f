//! The rules of customer identity.
//!
//! What belongs here: values from outside turned into types, what may follow what, and the catalogue of refusals.
//! What does not: input and output, `async`, HTTP, SQL, clocks and random numbers. All of them are handed in.

pub mod agent;
pub mod backup_code;
pub mod id;
pub mod identifier;
pub mod keys;
mod nearest;
pub mod origin;
pub mod password;
pub mod pin;
pub mod profile;
pub mod reason;
pub mod refusal;
pub mod secret;
pub mod security_question;
pub mod settings;
pub mod signing;
pub mod sott;
pub mod time;
pub mod totp;

pub use nearest::{did_you_mean, nearest};
