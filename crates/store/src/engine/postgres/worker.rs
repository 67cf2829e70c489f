//! One thread with its connection: it runs a closure again when it lost to others or lost its connection.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use super::connection::Connection;
use super::server::Server;
use crate::engine::job::{Job, Queued};
use crate::error::{Absence, Error, Result, Why};

/// How long a closure that loses to others is run again. A deadline, because a count is used up in no time where many
/// lose at once.
const RETRY_FOR: Duration = Duration::from_secs(5);

pub(super) struct Worker {
    server: Arc<Server>,
    connection: Option<Connection>,
}

impl Worker {
    pub(super) fn new(server: Arc<Server>, connection: Option<Connection>) -> Worker {
        Worker { server, connection }
    }

    /// The life of the thread: until the queue is shut and empty.
    pub(super) fn work_off(&mut self, queue: &Receiver<Queued>) {
        if self.connection.is_none() {
            // Before the first job, not with it: a burst at the start would find a server that is slow to connect to
            // and take it for one that is away. What goes wrong here is told by the first job that still meets it.
            self.connection = self.server.connect().ok();
        }
        while let Ok(mut job) = queue.recv() {
            if job.wanted()
                && let Err(error) = self.complete(&mut *job)
            {
                job.fail(error);
            }
            job.answer();
        }
    }

    fn complete(&mut self, job: &mut dyn Job) -> Result<()> {
        let server = Arc::clone(&self.server);
        let deadline = Instant::now() + RETRY_FOR;
        let mut turn = None;
        let mut reconnected = false;
        loop {
            match self.attempt(job) {
                Err(Error::Retry(cause)) if Instant::now() < deadline => {
                    tracing::debug!(cause, "a transaction lost to another and is run again");
                    if turn.is_none() {
                        turn = server.turn(deadline);
                    }
                    // Other processes have a lane of their own: a pause of another length parts them.
                    std::thread::sleep(Duration::from_micros(rand::random_range(500..8_000)));
                }
                Err(Error::Gone(absence)) if !reconnected => {
                    tracing::warn!(%absence, "a connection to the database was lost and is made again");
                    reconnected = true;
                }
                ended => return ended,
            }
        }
    }

    fn attempt(&mut self, job: &mut dyn Job) -> Result<()> {
        let mut connection = match self.connection.take() {
            Some(connection) if !connection.is_broken() && self.server.is_current(connection.era()) => connection,
            _ => self.server.connect()?,
        };
        let ended = connection.transact(job.access(), |tx| job.run(tx));
        if let Err(Error::Gone(Absence { why: Why::ReadOnly, .. })) = ended {
            self.server.distrust(connection.era());
        }
        if !connection.is_broken() {
            self.connection = Some(connection);
        }
        ended
    }
}
