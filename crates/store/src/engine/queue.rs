//! The way to the threads that own connections.

use std::sync::{Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use crate::engine::job::Queued;
use crate::error::{Error, Result};

/// A queue of jobs with an end: whoever comes when it is full is told so at once.
pub(crate) struct Queue(RwLock<Option<Sender<Queued>>>);

impl Queue {
    /// A queue of at most `length` waiting jobs, and where they come out.
    pub(crate) fn new(length: usize) -> (Queue, Receiver<Queued>) {
        let (sender, receiver) = bounded(length);
        (Queue(RwLock::new(Some(sender))), receiver)
    }

    pub(crate) fn send(&self, job: Queued) -> Result<()> {
        let sender = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let sender = sender.as_ref().ok_or(Error::Closed)?;
        sender.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Error::Busy,
            TrySendError::Disconnected(_) => Error::Closed,
        })
    }

    /// Takes no more. What is already queued still comes out.
    pub(crate) fn shut(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// The threads that empty the queues.
#[derive(Default)]
pub(crate) struct Threads(Mutex<Vec<JoinHandle<()>>>);

impl Threads {
    pub(crate) fn spawn(&self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(work)
            .map_err(|error| Error::Open(format!("a thread cannot be started: {error}")))?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
    }

    /// Waits until all have ended, which they do when their queues are shut and empty.
    pub(crate) fn join(&self) {
        for thread in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // A thread that panicked has been reported by the panic itself.
            let _ = thread.join();
        }
    }
}
