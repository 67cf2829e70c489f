//! Opening the database that the settings name.

use anyhow::Context;
use doorward_store::{Error, PostgresOptions, SqliteOptions, Store, migrate};

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

/// Refuses a database that is older than this program.
pub async fn require_up_to_date(store: &Store) -> anyhow::Result<()> {
    let pending = migrate::pending(store).await?;
    if pending.is_empty() {
        return Ok(());
    }
    let lacks = format!("the database lacks {}: run `doorward migrate` with the same settings", pending.join(", "));
    Err(Error::Open(lacks).into())
}
