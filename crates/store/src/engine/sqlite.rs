//! The database inside the program: one thread writes, callers read by themselves, long reads have threads of their own.

mod connection;
mod reader;
mod writer;

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::engine::access::Access;
use crate::engine::job::Queued;
use crate::engine::queue::{Queue, Threads};
use crate::engine::tx::Tx;
use crate::error::{Error, Result};

pub(crate) use connection::Connection;
use connection::Role;
use reader::Readers;
use writer::Writer;

/// How a SQLite file is used.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// How many jobs may wait for a thread; the next one hears [`Error::Busy`] at once.
    pub queue: usize,
    /// How long a job may wait for its turn before it hears [`Error::TimedOut`].
    pub patience: Duration,
    /// How long one statement may take.
    pub statement: Duration,
    /// How many scans run side by side.
    pub scanners: usize,
}

impl Default for SqliteOptions {
    fn default() -> SqliteOptions {
        SqliteOptions { queue: 1024, patience: Duration::from_secs(5), statement: Duration::from_secs(5), scanners: 2 }
    }
}

pub(crate) struct Sqlite {
    writes: Queue,
    scans: Queue,
    readers: Readers,
    writing: Threads,
    scanning: Threads,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, options: &SqliteOptions) -> Result<Sqlite> {
        make_private_file(path)?;
        let (writes, to_write) = Queue::new(options.queue);
        let (scans, to_scan) = Queue::new(options.queue);
        let (writing, scanning) = (Threads::default(), Threads::default());

        let connection = Connection::open(path, Role::Writer, options.statement)?;
        writing.spawn("store-write", move || Writer::new(connection).work_off(&to_write))?;
        for _ in 0..options.scanners {
            let connection = Connection::open(path, Role::Reader, options.statement)?;
            let to_scan = to_scan.clone();
            scanning.spawn("store-scan", move || reader::work_off(&connection, &to_scan))?;
        }
        Ok(Sqlite { writes, scans, readers: Readers::new(path.to_owned(), options.statement), writing, scanning })
    }

    /// Reads on the calling thread: handing so short a job over costs more than the job.
    pub(crate) fn read<T, E: From<Error>>(&self, work: impl Fn(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let connection = self.readers.take()?;
        // A panic of the closure takes the connection with it, and its transaction.
        let answer = connection.snapshot(Access::Read, |tx| {
            let answer = work(tx);
            tx.settle(answer)
        })?;
        self.readers.give_back(connection);
        answer
    }

    pub(crate) fn send(&self, job: Queued) -> Result<()> {
        match job.access() {
            Access::Write => self.writes.send(job),
            Access::Read | Access::Scan => self.scans.send(job),
        }
    }

    /// The writer goes last: whose connection is the last one works off what stands beside the file and removes it, and of
    /// two that go at once neither is.
    pub(crate) fn close(&self) {
        self.scans.shut();
        self.readers.close();
        self.scanning.join();
        self.writes.shut();
        self.writing.join();
    }
}

/// Held while a file is made. Closing a file takes away the locks that SQLite holds on it in this process: so nobody here
/// may open it between its making and that closing, and a file that is there already is left to SQLite.
static MAKING: Mutex<()> = Mutex::new(());

/// Makes the file, if there is none, with no rights for others; the files SQLite puts beside it inherit that.
pub(crate) fn make_private_file(path: &Path) -> Result<()> {
    if path == Path::new(":memory:") || path.as_os_str().is_empty() {
        let text = "the SQLite database must be a file, because several connections share it";
        return Err(Error::Open(text.to_owned()));
    }
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(Error::Open(format!(
            "{}: {error}: its folder must be there, and writable for this user",
            path.display()
        ))),
        _ if path.is_dir() => Err(Error::Open(format!("{} is a directory: name a file in it", path.display()))),
        _ => Ok(()),
    }
}
