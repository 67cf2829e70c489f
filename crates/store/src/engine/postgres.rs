//! The database server: threads that own a connection each and run one closure after the other.

mod connection;
mod server;
mod session;
mod tls;
mod url;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use crate::engine::access::Access;
use crate::engine::job::Queued;
use crate::engine::queue::{Queue, Threads};
use crate::error::{Error, Result, pooled};

pub(crate) use connection::Connection;
use server::Server;
pub use url::{PostgresUrl, SslMode, UnusableUrl};
use worker::Worker;

/// How a PostgreSQL server is used.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// How many reads and writes run side by side, each on a connection of its own.
    pub threads: usize,
    /// How many scans run side by side, on connections of their own.
    pub scanners: usize,
    /// How many jobs may wait for a thread; the next one hears [`Error::Busy`] at once.
    pub queue: usize,
    /// How long a job may wait for its turn before it hears [`Error::TimedOut`].
    pub patience: Duration,
    /// How long one statement may take.
    pub statement: Duration,
    /// What transactions see of each other.
    pub isolation: Isolation,
    /// What stands between this program and the server.
    pub pooler: Pooler,
}

impl Default for PostgresOptions {
    fn default() -> PostgresOptions {
        PostgresOptions {
            threads: 16,
            scanners: 2,
            queue: 1024,
            patience: Duration::from_secs(5),
            statement: Duration::from_secs(5),
            isolation: Isolation::ReadCommitted,
            pooler: Pooler::None,
        }
    }
}

/// What transactions see of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// Each statement sees what was committed before it. The statements of this crate are written for it.
    ReadCommitted,
    /// As if one ran after the other; the losers are run again. Also what distributed engines offer.
    Serializable,
}

/// What stands between this program and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooler {
    /// Nothing, or a pooler that keeps one connection for each session.
    None,
    /// A pooler that may give each transaction another connection: nothing is prepared, and nothing set, for longer
    /// than one.
    Transaction,
}

pub(crate) struct Postgres {
    jobs: Queue,
    scans: Queue,
    threads: Threads,
}

impl Postgres {
    pub(crate) fn open(url: &str, options: &PostgresOptions) -> Result<Postgres> {
        let url = PostgresUrl::parse(url)
            .map_err(|error| Error::Open(format!("its URL {}: {}", error.problem, error.remedy)))?;
        let server = Arc::new(Server::new(&url, options)?);
        let mut connections = probe(&server, options.pooler)?;
        let (jobs, waiting) = Queue::new(options.queue);
        let (scans, scanned) = Queue::new(options.queue);
        let threads = Threads::default();
        for _ in 0..options.threads {
            let mut worker = Worker::new(Arc::clone(&server), connections.pop());
            let waiting = waiting.clone();
            threads.spawn("store-postgres", move || worker.work_off(&waiting))?;
        }
        for _ in 0..options.scanners {
            let mut worker = Worker::new(Arc::clone(&server), None);
            let scanned = scanned.clone();
            threads.spawn("store-scan", move || worker.work_off(&scanned))?;
        }
        Ok(Postgres { jobs, scans, threads })
    }

    pub(crate) fn send(&self, job: Queued) -> Result<()> {
        match job.access() {
            Access::Read | Access::Write => self.jobs.send(job),
            Access::Scan => self.scans.send(job),
        }
    }

    pub(crate) fn close(&self) {
        self.jobs.shut();
        self.scans.shut();
        self.threads.join();
    }
}

/// Connects, so that a wrong address and a pooler that nobody told of are known at the start. On a thread, because a
/// connection brings a runtime of its own and the caller may stand in another.
fn probe(server: &Arc<Server>, pooler: Pooler) -> Result<Vec<Connection>> {
    let server = Arc::clone(server);
    let probing = std::thread::spawn(move || {
        let mut first = server.connect()?;
        if pooler == Pooler::Transaction {
            return Ok(vec![first]);
        }
        let mut second = server.connect()?;
        if Connection::share(&mut first, &mut second)? { Err(pooled()) } else { Ok(vec![first, second]) }
    });
    probing.join().unwrap_or_else(|_| Err(Error::Open("connecting panicked".to_owned())))
}
