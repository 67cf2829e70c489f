//! Every use case of the product, one function each.
//!
//! What belongs here: who may do what, in which order, what is written, who is told. A flow takes its proof as an
//! argument ([`access::Caller`], [`access::Admin`], [`access::SignedIn`]), reads the clock, draws random numbers and
//! hashes before it opens its transaction, and writes everything in that one.
//! What does not: HTTP, JSON of the wire, SQL.
//!
//! Fifteen rooms in one order, which a test keeps and ARCHITECTURE.md draws: what is kept and judged of a credential
//! stands below [`session`], what people do with it stands above.

#![recursion_limit = "256"]

pub mod access;
pub mod accounts;
pub mod app;
pub mod challenge;
pub mod configuration;
pub mod credentials;
pub mod factors;
pub mod limits;
pub mod notify;
pub mod own;
pub mod profile;
pub mod registration;
pub mod session;
pub mod sign_in;
pub mod worker;

pub use app::{App, Error, Parts, Result, Setup};
