//! Copies of the embedded database, and putting one in its place.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::engine::sqlite::make_private_file;
use crate::error::{Error, Result};

/// How long a lock of another process is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

const ALL_PAGES: i32 = -1;

/// Copies the SQLite database `from`, as it is at one moment, into the new file `to`, which only this user can read.
/// Others may read and write it meanwhile. `to` is whole as soon as it is there under its name.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        return Err(Error::Open(format!("{} is there already: name a file that is not", to.display())));
    }
    let partial = beside(to, ".partial");
    remove(&partial)?;
    make_private_file(&partial)?;
    let copied = copy_pages(from, &partial).and_then(|()| put(&partial, to));
    if copied.is_err() {
        // What went wrong before is what has to be told.
        let _ = remove(&partial);
    }
    copied
}

/// Puts the SQLite database `new` in the place of `old`, which nobody may use any more. The old one is kept under the
/// name that comes back, if there was one.
pub fn exchange(new: &Path, old: &Path) -> Result<Option<PathBuf>> {
    if !old.exists() {
        put(new, old)?;
        return Ok(None);
    }
    let kept = beside(old, ".before-restore");
    if kept.exists() {
        let problem = format!("{} is there from an earlier restore: move it away first", kept.display());
        return Err(Error::Open(problem));
    }
    require_unused(old)?;
    // A damaged one may still need what stands beside it.
    for ending in ["-wal", "-shm"] {
        let file = beside(old, ending);
        if file.exists() {
            put(&file, &beside(&kept, ending))?;
        }
    }
    put(old, &kept)?;
    put(new, old)?;
    Ok(Some(kept))
}

fn copy_pages(from: &Path, to: &Path) -> Result<()> {
    let shown = |error: rusqlite::Error| Error::Open(format!("{}: {error}", from.display()));
    let source = open(from).map_err(shown)?;
    source.busy_timeout(PATIENCE)?;
    let mut target = open(to)?;
    let backup = Backup::new(&source, &mut target)?;
    // All in one step: it reads one snapshot, which keeps nobody from writing, and never has to start again.
    while backup.step(ALL_PAGES).map_err(shown)? != StepResult::Done {
        sleep(Duration::from_millis(10));
    }
    drop(backup);
    // One file, with nothing beside it that could be left behind when it is carried away.
    target.execute_batch("PRAGMA journal_mode = DELETE")?;
    match check(&target)? {
        Some(damage) => Err(Error::Database(format!("{} is damaged: {damage}", from.display()))),
        None => Ok(()),
    }
}

/// What is wrong with the SQLite database at `path`, if anything is. Reads all of it.
pub fn damage(path: &Path) -> Result<Option<String>> {
    check(&open(path)?)
}

fn check(database: &Connection) -> Result<Option<String>> {
    let verdict: String = database.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok((verdict != "ok").then_some(verdict))
}

/// Fails while another process has the database open.
fn require_unused(path: &Path) -> Result<()> {
    let alone = || -> rusqlite::Result<()> {
        let connection = open(path)?;
        connection.busy_timeout(Duration::ZERO)?;
        // Only whoever is alone can leave the mode with a log of its own.
        connection.execute_batch("PRAGMA journal_mode = DELETE")
    };
    match alone().map_err(|error| error.sqlite_error_code()) {
        Err(Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) => {
            Err(Error::Open(format!("{} is in use: stop the program that uses it first", path.display())))
        }
        // A database that cannot be opened is used by nobody, and a good reason to restore another one.
        _ => Ok(()),
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    // Writable also to read: whoever comes first to a log that was left over has to work it off.
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path, &error)),
        _ => Ok(()),
    }
}

/// Gives a file its name for good, also over a power cut.
fn put(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|error| failed(to, &error))?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| failed(folder, &error))?;
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> Error {
    Error::Open(format!("{}: {error}: its folder must be there, and writable for this user", path.display()))
}
