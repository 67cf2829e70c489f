//! The one thread that writes. What waits at the same moment shares one durable commit.

use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use super::connection::Connection;
use crate::engine::access::Access;
use crate::engine::job::{Job, Queued};
use crate::error::{Error, Result};

/// A batch ends with this many jobs or after this long: its first job waits for its last.
const MOST_JOBS: usize = 128;
const LONGEST: Duration = Duration::from_millis(5);

pub(super) struct Writer {
    connection: Connection,
}

/// What a job did to the transaction of its batch.
enum Effect {
    /// Its changes, or nothing, are part of it.
    Contained,
    /// SQLite rolled all of it back.
    LostAll(Error),
}

impl Writer {
    pub(super) fn new(connection: Connection) -> Writer {
        Writer { connection }
    }

    /// The life of the thread: until the queue is shut and empty.
    pub(super) fn work_off(self, queue: &Receiver<Queued>) {
        while let Ok(mut first) = queue.recv() {
            if !first.wanted() {
                first.answer();
                continue;
            }
            if let Err(error) = self.connection.begin(first.patience()) {
                first.fail(error);
                first.answer();
                continue;
            }
            self.batch(first, queue);
        }
        // Leaves one file instead of three, where no other process uses them.
        if let Err(error) = self.connection.script("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log was left beside the database");
        }
    }

    /// Runs `first` and what waits behind it in the transaction that is open, commits, and answers all of them.
    fn batch(&self, first: Queued, queue: &Receiver<Queued>) {
        let begun = Instant::now();
        let mut jobs: Vec<Queued> = Vec::new();
        let mut next = Some(first);
        let mut end = Ok(());
        while let Some(mut job) = next.take() {
            // The first one was asked before the transaction began, and its time may have passed in waiting for that.
            if jobs.is_empty() || job.wanted() {
                match self.contained(&mut *job) {
                    Ok(Effect::Contained) => jobs.push(job),
                    Ok(Effect::LostAll(Error::TimedOut)) => {
                        // It would run too long again.
                        job.answer();
                        end = Err(Error::TimedOut);
                    }
                    Ok(Effect::LostAll(error)) | Err(error) => {
                        jobs.push(job);
                        end = Err(error);
                    }
                }
            } else {
                job.answer();
            }
            if end.is_ok() && jobs.len() < MOST_JOBS && begun.elapsed() < LONGEST {
                next = queue.try_recv().ok();
            }
        }
        if let Err(error) = end.and_then(|()| self.connection.plain("COMMIT")) {
            self.connection.roll_back();
            self.each_alone(&mut jobs, &error);
        }
        for job in jobs {
            job.answer();
        }
    }

    /// Runs a job so that only its own changes are undone when it fails.
    fn contained(&self, job: &mut dyn Job) -> Result<Effect> {
        self.connection.plain("SAVEPOINT job")?;
        let mut tx = self.connection.transaction(Access::Write);
        let stands = job.run(&mut tx);
        if !self.connection.in_transaction() {
            let failure = tx.failure().cloned();
            return Ok(Effect::LostAll(
                failure.unwrap_or_else(|| Error::Database("the transaction ended inside a job".to_owned())),
            ));
        }
        if !stands {
            self.connection.plain("ROLLBACK TO job")?;
        }
        self.connection.plain("RELEASE job")?;
        Ok(Effect::Contained)
    }

    /// Nothing of the batch stands, and what its jobs saw of each other is not true: each again, by itself.
    fn each_alone(&self, jobs: &mut [Queued], error: &Error) {
        tracing::warn!(jobs = jobs.len(), %error, "a batch of writes failed and its jobs are run again one by one");
        for job in jobs {
            if let Err(error) = self.alone(&mut **job) {
                self.connection.roll_back();
                job.fail(error);
            }
        }
    }

    fn alone(&self, job: &mut dyn Job) -> Result<()> {
        self.connection.begin(job.patience())?;
        let stands = job.run(&mut self.connection.transaction(Access::Write));
        if stands {
            self.connection.plain("COMMIT")
        } else {
            self.connection.roll_back();
            Ok(())
        }
    }
}
