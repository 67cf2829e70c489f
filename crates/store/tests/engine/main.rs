//! What the storage engine promises, on SQLite always and on PostgreSQL where `DOORWARD_TEST_POSTGRES` names a server.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]
#![expect(clippy::disallowed_methods, reason = "callers that race are tasks, and the server comes by the environment")]

mod contention;
mod failover;
mod migrations;
mod pooler;
mod postgres;
mod queue;
mod sqlite;
mod support;
mod transactions;
mod values;
