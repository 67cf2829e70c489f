//! The store as the rest of the program sees it.

use std::path::Path;
use std::sync::Arc;
#[cfg(feature = "testing")]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::engine::access::Access;
use crate::engine::dialect::Engine;
use crate::engine::job::pack;
use crate::engine::postgres::{Postgres, PostgresOptions};
use crate::engine::sqlite::{Sqlite, SqliteOptions};
use crate::engine::tx::{Tx, require_writable};
use crate::error::{Error, Result};

/// The database of this process. Clones share it.
///
/// The closures are synchronous, own what they use, and may be run more than once: ids, random numbers and the time
/// come from outside. A caller that goes away stops a job that still waits; one that has begun runs to its end.
#[derive(Clone)]
pub struct Store {
    backend: Arc<Backend>,
    patience: Duration,
    #[cfg(feature = "testing")]
    statements: Arc<AtomicU64>,
}

enum Backend {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    /// Opens the SQLite file at `path` and makes it if there is none; its folder must be there.
    pub fn open_sqlite(path: impl AsRef<Path>, options: SqliteOptions) -> Result<Store> {
        Ok(Store::over(Backend::Sqlite(Sqlite::open(path.as_ref(), &options)?), options.patience))
    }

    /// Connects to PostgreSQL at `url`, see [`PostgresUrl`](crate::PostgresUrl).
    pub fn open_postgres(url: &str, options: PostgresOptions) -> Result<Store> {
        Ok(Store::over(Backend::Postgres(Postgres::open(url, &options)?), options.patience))
    }

    fn over(backend: Backend, patience: Duration) -> Store {
        Store {
            backend: Arc::new(backend),
            patience,
            #[cfg(feature = "testing")]
            statements: Arc::default(),
        }
    }

    /// A transaction: `Ok` commits, `Err` and a panic roll back, and the answer comes when it is on disk.
    pub async fn write<T, E>(&self, work: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        #[cfg(feature = "testing")]
        let work = self.counted(work);
        self.queued(Access::Write, work).await
    }

    /// A look at a few rows by their keys, a matter of microseconds; only `SELECT` and `WITH`. On SQLite all statements
    /// see one snapshot, on PostgreSQL each its own.
    pub async fn read<T, E>(&self, work: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        #[cfg(feature = "testing")]
        let work = self.counted(work);
        match &*self.backend {
            Backend::Sqlite(sqlite) => {
                // Nothing below ever yields: without this a loop of reads would starve its neighbours.
                tokio::task::coop::consume_budget().await;
                sqlite.read(work)
            }
            Backend::Postgres(_) => self.queued(Access::Read, work).await,
        }
    }

    /// A long look, an export or a list, in one snapshot, on threads of its own; only `SELECT` and `WITH`.
    pub async fn scan<T, E>(&self, work: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.queued(Access::Scan, work).await
    }

    /// Takes no more work, answers all that is queued, and closes the connections.
    pub async fn close(&self) {
        let backend = Arc::clone(&self.backend);
        let closing = tokio::task::spawn_blocking(move || match &*backend {
            Backend::Sqlite(sqlite) => sqlite.close(),
            Backend::Postgres(postgres) => postgres.close(),
        });
        // It fails when the runtime itself is stopping: then there is nobody left to wait for.
        let _ = closing.await;
    }

    /// Fails where the database is there and takes no writes: a standby, or a server that is told not to.
    pub async fn require_writable(&self) -> Result<()> {
        match &*self.backend {
            // One that cannot be written was refused when it was opened.
            Backend::Sqlite(_) => Ok(()),
            Backend::Postgres(_) => self.read(require_writable).await,
        }
    }

    /// Which database this is.
    pub fn engine(&self) -> Engine {
        match &*self.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// Lets the SQLite file grow to `pages` and no further, as if the disk were full there.
    #[cfg(feature = "testing")]
    pub async fn limit_pages(&self, pages: u32) -> Result<()> {
        self.write(move |tx| tx.script(&format!("PRAGMA max_page_count = {pages}"))).await
    }

    /// The same store, whose jobs wait for their turn as long as `patience`.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn with_patience(&self, patience: Duration) -> Store {
        Store { patience, ..self.clone() }
    }

    /// How many statements reads and writes ran so far, those of failed attempts too.
    #[cfg(feature = "testing")]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    #[cfg(feature = "testing")]
    fn counted<T, E>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static
    where
        T: 'static,
        E: 'static,
    {
        let statements = Arc::clone(&self.statements);
        move |tx| {
            let answer = work(tx);
            statements.fetch_add(tx.statements, Ordering::Relaxed);
            answer
        }
    }

    async fn queued<T, E>(
        &self,
        access: Access,
        work: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, answer) = pack(access, self.patience, work);
        match &*self.backend {
            Backend::Sqlite(sqlite) => sqlite.send(job)?,
            Backend::Postgres(postgres) => postgres.send(job)?,
        }
        answer.wait().await
    }
}
