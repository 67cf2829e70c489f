//! The objects inside a profile. Account and identity spell some of them differently; both stay on the wire.

pub mod account;
pub mod common;
pub mod document;
pub mod identity;
