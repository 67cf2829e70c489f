//! A person and their account.
//!
//! What belongs here: what somebody signed in does with their profile, addresses, phone, user name, and that they
//! unlock or delete the account; proving an address or a phone. What does not: credentials.

pub mod deletion;
pub mod email;
pub mod phone;
pub mod profile;
pub mod unlock;
pub mod username;
