//! What is kept, and the only crate that knows SQL.
//!
//! A transaction is a synchronous closure: [`Store::write`] commits on `Ok` and rolls back on `Err` or a panic,
//! [`Store::read`] and [`Store::scan`] only look. One SQL text runs on SQLite and on PostgreSQL, see [`Tx`].
//! What does not belong here: decisions, clocks and random ids. A closure may run more than once, so everything that
//! must be the same each time is handed in.

pub mod backup;
mod dialect;
mod error;
mod forms;
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
pub use error::{Error, Result};
pub use postgres::{Isolation, PostgresOptions};
pub use row::{Cells, FromRow, Row};
pub use sqlite::SqliteOptions;
pub use store::Store;
pub use tx::Tx;
pub use value::{Column, Json, Param, Value};

// Tables: one module per family.
pub mod accounts;
pub mod backup_codes;
pub mod challenges;
pub mod facts;
pub mod failures;
pub mod identifiers;
pub mod imports;
pub mod jobs;
pub mod mailbox;
pub mod mfa_codes;
pub mod mfa_transactions;
pub mod newcomers;
pub mod passkey_ceremonies;
pub mod passkeys;
pub mod passwords;
pub mod pending_phones;
pub mod pin_tokens;
pub mod pins;
pub mod rotation;
pub mod second_factors;
pub mod security_answers;
pub mod sessions;
pub mod sign_in_codes;
pub mod signatures;
pub mod sotts;
pub mod step_up_tokens;
pub mod templates;
pub mod tenants;
pub mod waiting_devices;
