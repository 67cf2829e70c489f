//! The program as its operator and its callers meet it: child processes on loopback, real HTTP, real signals.
//!
//! On SQLite unless `DOORWARD_TEST_DATABASE=postgres`; then `DOORWARD_TEST_POSTGRES` names the server, as
//! `scripts/postgres-for-tests` does. The demo is always on SQLite. `DOORWARD_CRASH_ROUNDS` and `DOORWARD_CRASH_SEED`
//! make the crash test longer, or another one.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by it")]
#![expect(clippy::disallowed_methods, reason = "the database and the length of the crash test come by the environment")]

mod backup;
mod commands;
mod crash;
mod database_away;
mod demo;
mod doctor;
mod heads;
mod init;
mod moving_in;
mod operator;
mod packaging;
mod postgres;
mod providers;
mod readme;
mod rude_clients;
mod secrets;
mod sharing;
mod stopping;
mod support;
mod tls;
mod typing;
