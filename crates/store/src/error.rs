//! What can go wrong between the program and its database, told so that an operator knows what to do.

use std::error::Error as _;
use std::fmt;

use rusqlite::ErrorCode;
use tokio_postgres::error::{DbError, SqlState};

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a transaction did not happen. The texts name tables, columns and constraints, never the values given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The queue is full, or another process holds the lock of the SQLite file. Nothing was stored.
    Busy,
    /// Its time was up in the queue, or one statement ran too long. Nothing was stored.
    TimedOut,
    /// The store was closed. Nothing was stored.
    Closed,
    /// A value that must be the only one is already there; holds the constraint.
    Unique(String),
    /// It lost to other transactions until the time was up.
    Retry(String),
    /// The database server is away. Nothing was stored.
    Gone(String),
    /// The disk of the database is full. Nothing was stored.
    Full(String),
    /// The connection broke while committing: it may be stored or not.
    Unknown(String),
    /// The database has migrations that this program does not know; holds their names.
    Newer(String),
    /// The database cannot be opened as it is configured.
    Open(String),
    /// Anything else the database refused.
    Database(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Busy => f.write_str(
                "the database has more work than it can take, or another process holds its lock: try again shortly; \
                 if it lasts, look for a long transaction or a slow disk",
            ),
            Error::TimedOut => f.write_str(
                "the database did not finish in time and nothing was stored: look for a slow statement or a slow disk",
            ),
            Error::Closed => f.write_str("the store is closed because the program is stopping"),
            Error::Unique(constraint) => write!(f, "a value is already taken ({constraint})"),
            Error::Retry(cause) => write!(
                f,
                "other transactions were in the way until the time was up ({cause}): try again; \
                 if it lasts, look for a long transaction"
            ),
            Error::Gone(cause) => write!(
                f,
                "the database server cannot be reached ({cause}): check that it runs, and its address and credentials"
            ),
            Error::Full(cause) => write!(
                f,
                "the disk of the database is full ({cause}) and nothing was stored: free some space, no restart is needed"
            ),
            Error::Unknown(cause) => write!(
                f,
                "the connection broke during the commit ({cause}): it may be stored or not, look before trying again"
            ),
            Error::Newer(names) => write!(
                f,
                "the database is newer than this program, which does not know its migrations {names}: \
                 start the version that made them, or a later one"
            ),
            Error::Open(cause) => write!(f, "the database cannot be opened: {cause}"),
            Error::Database(cause) => write!(f, "the database refused: {cause}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        let rusqlite::Error::SqliteFailure(failure, ref message) = error else {
            return Error::Database(error.to_string());
        };
        let text = || message.clone().unwrap_or_else(|| failure.to_string());
        match failure.code {
            ErrorCode::ConstraintViolation if is_unique(failure.extended_code) => Error::Unique(text()),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Busy,
            ErrorCode::OperationInterrupted => Error::TimedOut,
            ErrorCode::DiskFull => Error::Full(text()),
            ErrorCode::ReadOnly => {
                Error::Database(format!("{}: check the permissions of the file and its folder", text()))
            }
            ErrorCode::SystemIoFailure => Error::Database(format!(
                "{} (SQLite code {}): check the disk and the system's log",
                text(),
                failure.extended_code
            )),
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                Error::Database(format!("{}: stop the program and restore a backup", text()))
            }
            _ => Error::Database(text()),
        }
    }
}

fn is_unique(extended_code: i32) -> bool {
    [rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE, rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY].contains(&extended_code)
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Error {
        if let Some(refusal) = error.as_db_error() {
            return refused(refusal);
        }
        let text = chain(&error);
        if error.is_closed() || error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>) {
            return Error::Gone(text);
        }
        Error::Database(text)
    }
}

fn refused(refusal: &DbError) -> Error {
    let code = refusal.code();
    let text = || format!("{}, SQLSTATE {}", refusal.message(), code.code());
    match code.code() {
        _ if *code == SqlState::UNIQUE_VIOLATION => {
            Error::Unique(refusal.constraint().unwrap_or("unnamed constraint").to_owned())
        }
        _ if *code == SqlState::T_R_SERIALIZATION_FAILURE
            || *code == SqlState::T_R_DEADLOCK_DETECTED
            || *code == SqlState::LOCK_NOT_AVAILABLE
            || is_stale_plan(refusal) =>
        {
            Error::Retry(text())
        }
        _ if *code == SqlState::QUERY_CANCELED => Error::TimedOut,
        _ if *code == SqlState::DISK_FULL => Error::Full(text()),
        _ if *code == SqlState::TOO_MANY_CONNECTIONS
            || *code == SqlState::ADMIN_SHUTDOWN
            || *code == SqlState::CRASH_SHUTDOWN
            || *code == SqlState::CANNOT_CONNECT_NOW
            || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT =>
        {
            Error::Gone(text())
        }
        class if class.starts_with("08") => Error::Gone(text()),
        // Messages of this class quote the value that was given.
        class if class.starts_with("22") => {
            Error::Database(format!("a value does not fit its column, SQLSTATE {class}"))
        }
        _ => Error::Database(text()),
    }
}

/// A prepared statement that no longer fits the schema. The routine is asked because messages are translated.
pub(crate) fn is_stale_plan(refusal: &DbError) -> bool {
    refusal.routine() == Some("RevalidateCachedQuery") || *refusal.code() == SqlState::INVALID_SQL_STATEMENT_NAME
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
