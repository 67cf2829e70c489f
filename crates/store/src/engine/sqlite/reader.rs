//! Reads: short ones on the caller's thread with a connection from the shelf, scans on threads of their own.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::Receiver;

use super::connection::{Connection, Role};
use crate::engine::access::Access;
use crate::engine::job::Queued;
use crate::error::{Error, Result};

/// The connections that no read uses at the moment. There are never more than threads that read at once.
pub(super) struct Readers {
    path: PathBuf,
    limit: Duration,
    /// `None` once the store is closed.
    idle: Mutex<Option<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf, limit: Duration) -> Readers {
        Readers { path, limit, idle: Mutex::new(Some(Vec::new())) }
    }

    pub(super) fn take(&self) -> Result<Connection> {
        let idle = self.idle().as_mut().ok_or(Error::Closed)?.pop();
        match idle {
            Some(connection) => Ok(connection),
            None => Connection::open(&self.path, Role::Reader, self.limit),
        }
    }

    pub(super) fn give_back(&self, connection: Connection) {
        if let Some(idle) = self.idle().as_mut() {
            idle.push(connection);
        }
    }

    pub(super) fn close(&self) {
        self.idle().take();
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Option<Vec<Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The life of a scanning thread.
pub(super) fn work_off(connection: &Connection, queue: &Receiver<Queued>) {
    while let Ok(mut job) = queue.recv() {
        if job.wanted() {
            let ended = connection.snapshot(Access::Scan, |tx| job.run(tx));
            if let Err(error) = ended {
                connection.roll_back();
                job.fail(error);
            }
        }
        job.answer();
    }
}
