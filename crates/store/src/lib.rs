//! What is kept, and the only crate that knows SQL.
//!
//! A transaction is a synchronous closure: [`Store::write`] commits on `Ok` and rolls back on `Err` or a panic,
//! [`Store::read`] and [`Store::scan`] only look. One SQL text runs on SQLite and on PostgreSQL, see [`Tx`].
//! What does not belong here: decisions, clocks and random ids. A closure may run more than once, so everything that
//! must be the same each time is handed in.

mod engine;
mod error;
mod forms;
mod purpose;

pub use engine::{
    Cells, Column, Engine, FromRow, Isolation, Json, Param, Pooler, PostgresOptions, PostgresUrl, Row, SqliteOptions,
    SslMode, Store, Tx, UnusableUrl, Value, backup, migrate,
};
pub use error::{Absence, Error, Result, Why};

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
