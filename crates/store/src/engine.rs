//! The machine under the tables: how a closure becomes a transaction, on SQLite and on PostgreSQL.
//!
//! What does not belong here: the name of a table, other than that of the migrations themselves.

mod access;
pub mod backup;
mod dialect;
mod job;
pub mod migrate;
mod postgres;
mod queue;
mod row;
mod sqlite;
mod store;
mod tx;
mod value;

pub use dialect::Engine;
pub use postgres::{Isolation, Pooler, PostgresOptions, PostgresUrl, SslMode, UnusableUrl};
pub use row::{Cells, FromRow, Row};
pub use sqlite::SqliteOptions;
pub use store::Store;
pub use tx::Tx;
pub use value::{Column, Json, Param, Value};
