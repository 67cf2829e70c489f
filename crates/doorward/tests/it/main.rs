//! The whole product but for its listener: requests go through the router of the API, on a database of their own.
//!
//! On SQLite unless `DOORWARD_TEST_DATABASE=postgres`; then `DOORWARD_TEST_POSTGRES` names the server, as
//! `scripts/postgres-for-tests` does. How a test is written stands in [`support`].

#![expect(clippy::unwrap_used, reason = "a test fails by it")]
#![expect(
    clippy::disallowed_methods,
    reason = "callers that race are tasks, and the database comes by the environment"
)]

mod accounts;
mod configuration;
mod credentials;
mod everywhere;
mod limits;
mod notify;
mod own;
mod pages;
mod registration;
mod session;
mod sign_in;
mod support;
