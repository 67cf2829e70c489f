//! What holds for every operation, whoever adds it.

mod contract;
mod enumeration;
mod faults;
pub(crate) mod golden;
mod races;
mod rates;
mod rotation;
mod signed_gets;
mod signing;
mod sweep;
mod wire;
