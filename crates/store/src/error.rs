//! What can go wrong between the program and its database, told so that an operator knows what to do.

mod absence;

use std::error::Error as _;
use std::fmt;

use rusqlite::ErrorCode;
use tokio_postgres::error::{DbError, SqlState};

pub use absence::{Absence, Why};

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
    /// There is no database server to work with. Nothing was stored.
    Gone(Absence),
    /// The disk of the database is full. Nothing was stored.
    Full(String),
    /// The connection broke while committing: it may be stored or not.
    Unknown(String),
    /// The database has migrations that this program does not know; holds their names.
    Newer(String),
    /// The database is there, and not one that this program can work with.
    Unfit {
        /// What it is.
        problem: String,
        /// How to get one that fits.
        remedy: &'static str,
    },
    /// The user of the database may not do that.
    Rights(String),
    /// The database cannot be opened as it is configured.
    Open(String),
    /// Anything else the database refused.
    Database(String),
}

impl Error {
    /// What went wrong, without [`Error::remedy`].
    pub fn problem(&self) -> String {
        match self {
            Error::Busy => "the database has more work than it can take, or another process holds its lock".to_owned(),
            Error::TimedOut => "the database did not finish in time and nothing was stored".to_owned(),
            Error::Closed => "the store is closed because the program is stopping".to_owned(),
            Error::Unique(constraint) => format!("a value is already taken ({constraint})"),
            Error::Retry(cause) => format!("other transactions were in the way until the time was up ({cause})"),
            Error::Gone(absence) => absence.to_string(),
            Error::Full(cause) => format!("the disk of the database is full ({cause}) and nothing was stored"),
            Error::Unknown(cause) => {
                format!("the connection broke during the commit ({cause}): it may be stored or not")
            }
            Error::Newer(names) => {
                format!("the database is newer than this program, which does not know its migrations {names}")
            }
            Error::Unfit { problem, .. } => problem.clone(),
            Error::Rights(cause) => format!("the user of the database may not do what is needed ({cause})"),
            Error::Open(cause) => format!("the database cannot be opened: {cause}"),
            Error::Database(cause) => format!("the database refused: {cause}"),
        }
    }

    /// What to do about it, where there is more to say than what happened.
    pub fn remedy(&self) -> Option<&'static str> {
        Some(match self {
            Error::Busy => "try again shortly; if it lasts, look for a long transaction or a slow disk",
            Error::TimedOut => "look for a slow statement or a slow disk",
            Error::Retry(_) => "try again; if it lasts, look for a long transaction",
            Error::Gone(absence) => absence.why.remedy(),
            Error::Full(_) => "free some space, no restart is needed",
            Error::Unknown(_) => "look before trying again",
            Error::Newer(_) => "start the version that made them, or a later one",
            Error::Unfit { remedy, .. } => remedy,
            Error::Rights(_) => {
                "make that user the owner of the database (ALTER DATABASE name OWNER TO user), or of all its tables and \
                 of a schema of its own"
            }
            Error::Closed | Error::Unique(_) | Error::Open(_) | Error::Database(_) => return None,
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.remedy() {
            Some(remedy) => write!(f, "{}: {remedy}", self.problem()),
            None => f.write_str(&self.problem()),
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
            return Error::Gone(Absence { why: Why::Away, cause: text });
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
        _ if *code == SqlState::INSUFFICIENT_PRIVILEGE || *code == SqlState::INVALID_SCHEMA_NAME => {
            Error::Rights(text())
        }
        _ if *code == SqlState::DUPLICATE_PSTATEMENT || *code == SqlState::INVALID_SQL_STATEMENT_NAME => pooled(),
        _ if let Some(why) = absence::ends(code) => Error::Gone(Absence { why, cause: text() }),
        // Messages of this class quote the value that was given.
        class if class.starts_with("22") => {
            Error::Database(format!("a value does not fit its column, SQLSTATE {class}"))
        }
        _ => Error::Database(text()),
    }
}

/// A pooler that gives each transaction another connection, and does not say so.
pub(crate) fn pooled() -> Error {
    Error::Unfit {
        problem: "a pooler stands before the database and gives each transaction another connection".to_owned(),
        remedy: "set pooler = \"transaction\" in [database], or let the pooler keep a connection for each session",
    }
}

/// A prepared statement that no longer fits the schema. The routine is asked because messages are translated.
pub(crate) fn is_stale_plan(refusal: &DbError) -> bool {
    refusal.routine() == Some("RevalidateCachedQuery")
}

pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
