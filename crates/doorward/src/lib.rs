//! The program: reads the settings, builds the outside world, puts the doors together and runs them.
//!
//! Here belong settings, commands, the real clock, mail and SMS, and the listener. What a request may do is decided in
//! `flows`; what it looks like on the wire stands in `api` and `web`.

pub mod config;
pub mod outside;
