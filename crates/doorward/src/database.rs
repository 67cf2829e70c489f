//! Opening the database that the settings name.

use std::fmt;

use anyhow::Context;
use doorward_store::{PostgresOptions, SqliteOptions, Store, migrate};

use crate::config::{Database, DatabaseUrl, Unsound};

/// Opens the database. Must be called outside of asynchronous code: connecting to PostgreSQL waits on this thread.
pub fn open(database: &Database) -> anyhow::Result<Store> {
    match database.location().map_err(Unsound::from)? {
        DatabaseUrl::Sqlite(path) => Store::open_sqlite(&path, SqliteOptions::default())
            .with_context(|| format!("opening the SQLite database {}", path.display())),
        DatabaseUrl::Postgres(url) => {
            let (threads, pooler) = (database.threads, database.pooler.into());
            let options = PostgresOptions { threads, pooler, ..PostgresOptions::default() };
            Store::open_postgres(url.expose(), options).context("opening the PostgreSQL database")
        }
    }
}

/// The database is older than this program; holds the migrations that it lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outdated(Vec<String>);

impl fmt::Display for Outdated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the database lacks {}: run `doorward migrate` with the same settings", self.0.join(", "))
    }
}

impl std::error::Error for Outdated {}

/// Refuses a database that is older than this program.
pub async fn require_up_to_date(store: &Store) -> anyhow::Result<()> {
    let pending = migrate::pending(store).await?;
    if pending.is_empty() { Ok(()) } else { Err(Outdated(pending).into()) }
}
