//! The program: reads the settings, builds the outside world, puts the doors together and runs them.
//!
//! Here belong settings, commands, the real clock, mail and SMS, and the listener. What a request may do is decided in
//! `flows`; what it looks like on the wire stands in `api` and `web`.

pub mod cli;
mod closed;
pub mod config;
pub mod database;
pub mod demo;
pub mod doctor;
pub mod doors;
mod flow_error;
mod logging;
mod one_host;
pub mod outside;
pub mod serve;
mod supervisor;
pub mod tls;
