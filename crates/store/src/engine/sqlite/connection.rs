//! One connection to the file.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, ErrorCode, OpenFlags};

use crate::engine::access::Access;
use crate::engine::row::{FromRow, Row};
use crate::engine::tx::{self, Params, Tx};
use crate::error::{Error, Result};

/// How long a lock of another process is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// More than there are statements in the program, so that each is parsed once.
const STATEMENTS: usize = 512;

/// How many steps of SQLite's machine pass between two looks at the clock: some 50 microseconds.
const STEPS: i32 = 1000;

/// `FULL` makes a commit survive a power cut. Savepoints write to a temporary file, hence `temp_store`.
const SETTINGS: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -8192;
    PRAGMA mmap_size = 67108864;
    PRAGMA journal_size_limit = 67108864;
";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Reader,
    Writer,
}

pub(crate) struct Connection {
    raw: rusqlite::Connection,
    stopwatch: Arc<Stopwatch>,
    limit: Duration,
    unhurried: Cell<bool>,
}

impl Connection {
    pub(crate) fn open(path: &Path, role: Role, limit: Duration) -> Result<Connection> {
        let stopwatch = Arc::new(Stopwatch::new());
        let raw = connect(path, role, Arc::clone(&stopwatch)).map_err(|error| unopened(path, &error))?;
        if role == Role::Writer {
            prepare_file(&raw, path)?;
        }
        Ok(Connection { raw, stopwatch, limit, unhurried: Cell::new(false) })
    }

    pub(crate) fn execute(&self, sql: &'static str, params: Params<'_>) -> Result<u64> {
        let before = self.raw.total_changes();
        let mut statement = self.bound(sql, params)?;
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        // A statement that changes no table leaves the count of the one before it.
        Ok(if self.raw.total_changes() == before { 0 } else { self.raw.changes() })
    }

    /// Takes every row, so that an `INSERT .. RETURNING` is run to its end.
    pub(crate) fn rows<R: FromRow>(&self, sql: &'static str, params: Params<'_>) -> Result<Vec<R>> {
        let mut statement = self.bound(sql, params)?;
        let mut rows = statement.raw_query();
        let mut taken = Vec::new();
        while let Some(row) = rows.next()? {
            taken.push(R::from_row(&Row::sqlite(row))?);
        }
        Ok(taken)
    }

    pub(crate) fn script(&self, sql: &str) -> Result<()> {
        self.start_stopwatch();
        Ok(self.raw.execute_batch(sql)?)
    }

    /// A statement of the engine itself, such as `COMMIT`: not measured.
    pub(crate) fn plain(&self, sql: &'static str) -> Result<()> {
        self.stopwatch.stop();
        self.raw.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// Begins to write, waiting for another process at most `patience`.
    pub(crate) fn begin(&self, patience: Duration) -> Result<()> {
        self.raw.busy_timeout(patience.min(BUSY_TIMEOUT))?;
        self.plain("BEGIN IMMEDIATE")
    }

    /// Whether the transaction is still open: SQLite may roll back by itself, on a full disk for one.
    pub(crate) fn in_transaction(&self) -> bool {
        !self.raw.is_autocommit()
    }

    pub(crate) fn roll_back(&self) {
        if self.in_transaction()
            && let Err(error) = self.plain("ROLLBACK")
        {
            tracing::error!(%error, "a rollback failed");
        }
    }

    /// Runs a read in a snapshot of its own.
    pub(crate) fn snapshot<T>(&self, access: Access, run: impl FnOnce(&mut Tx<'_>) -> T) -> Result<T> {
        self.plain("BEGIN")?;
        let answer = run(&mut self.transaction(access));
        if self.in_transaction() {
            self.plain("COMMIT")?;
        }
        Ok(answer)
    }

    pub(crate) fn transaction(&self, access: Access) -> Tx<'_> {
        self.unhurried.set(false);
        Tx::new(tx::Connection::Sqlite(self), access)
    }

    /// Lifts the limit of the statements in this transaction.
    pub(crate) fn take_your_time(&self) {
        self.unhurried.set(true);
    }

    fn start_stopwatch(&self) {
        if self.unhurried.get() {
            self.stopwatch.stop();
        } else {
            self.stopwatch.start(self.limit);
        }
    }

    /// `$3` is a name to SQLite, numbered by its first appearance: what is bound goes by the number in the name.
    fn bound(&self, sql: &'static str, params: Params<'_>) -> Result<CachedStatement<'_>> {
        self.start_stopwatch();
        let mut statement = self.raw.prepare_cached(sql)?;
        let count = statement.parameter_count();
        if count != params.len() {
            let given = params.len();
            return Err(Error::Database(format!("{count} parameters in the statement, {given} given: {sql}")));
        }
        for index in 1..=count {
            let param = statement
                .parameter_name(index)
                .and_then(|name| name.strip_prefix('$'))
                .and_then(|number| number.parse::<usize>().ok())
                .and_then(|number| params.get(number.checked_sub(1)?))
                .ok_or_else(|| Error::Database(format!("parameters are $1 to ${count}: {sql}")))?;
            statement.raw_bind_parameter(index, param.value())?;
        }
        Ok(statement)
    }
}

fn connect(path: &Path, role: Role, stopwatch: Arc<Stopwatch>) -> rusqlite::Result<rusqlite::Connection> {
    // Without the URI flag: a path is a path, whatever it begins with.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut raw = rusqlite::Connection::open_with_flags(path, flags)?;
    raw.busy_timeout(BUSY_TIMEOUT)?;
    // Without it a join is planned anew for every value it is given, which costs more than running it.
    raw.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    raw.execute_batch(SETTINGS)?;
    if role == Role::Reader {
        raw.execute_batch("PRAGMA query_only = ON")?;
    }
    raw.set_prepared_statement_cache_capacity(STATEMENTS);
    raw.progress_handler(STEPS, Some(move || stopwatch.is_over()))?;
    Ok(raw)
}

/// Makes the file one whose readers do not wait for its writer. That is kept in the file.
fn prepare_file(raw: &rusqlite::Connection, path: &Path) -> Result<()> {
    let refused = |advice: &str| Err(Error::Open(format!("{}: {advice}", path.display())));
    if raw.is_readonly("main")? {
        return refused("it can only be read: this user must be allowed to write the file and its folder");
    }
    let mode = write_ahead(raw).map_err(|error| unopened(path, &error))?;
    if mode != "wal" {
        return refused("its file system cannot hold a write-ahead log: use a local disk");
    }
    Ok(())
}

/// Asks for a write-ahead log and gives the mode that the file is in. Of several processes that make the file at the same
/// moment one switches it, and SQLite tells the others at once that it is busy, however long they would wait.
fn write_ahead(raw: &rusqlite::Connection) -> rusqlite::Result<String> {
    let begun = Instant::now();
    loop {
        match raw.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)) {
            Err(error) if is_busy(&error) && begun.elapsed() < BUSY_TIMEOUT => {
                std::thread::sleep(Duration::from_millis(10));
            }
            ended => return ended,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn unopened(path: &Path, error: &rusqlite::Error) -> Error {
    let advice = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "give the path of an SQLite database, or of a file that is not there yet",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "another process holds its lock",
        Some(ErrorCode::DatabaseCorrupt) => "restore a backup",
        _ => "this user must be allowed to write the file and its folder",
    };
    Error::Open(format!("{}: {error}: {advice}", path.display()))
}

/// Tells SQLite when a statement has run too long.
struct Stopwatch {
    made: Instant,
    /// Nanoseconds after `made`.
    end: AtomicU64,
}

impl Stopwatch {
    const NEVER: u64 = u64::MAX;

    fn new() -> Stopwatch {
        Stopwatch { made: Instant::now(), end: AtomicU64::new(Stopwatch::NEVER) }
    }

    fn start(&self, limit: Duration) {
        let end = self.made.elapsed().saturating_add(limit).as_nanos();
        self.end.store(u64::try_from(end).unwrap_or(Stopwatch::NEVER), Ordering::Relaxed);
    }

    fn stop(&self) {
        self.end.store(Stopwatch::NEVER, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.made.elapsed().as_nanos() >= u128::from(self.end.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests;
