//! Where passwords are hashed: as many threads as the setting says, a queue with an end, and nobody else waiting.

use super::error::{Result, busy};
use crossbeam_channel::{Sender, TrySendError, bounded};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
#[cfg(feature = "testing")]
use std::sync::Arc;
#[cfg(feature = "testing")]
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// The threads that hash. Requests wait in the order they came; one more than the queue holds is refused at once.
#[derive(Clone)]
pub struct HashPool {
    queue: Sender<Job>,
    #[cfg(feature = "testing")]
    runs: Arc<AtomicU64>,
}

impl HashPool {
    /// Starts `threads` threads; `waiting` is how many requests may wait for them.
    pub fn start(threads: NonZeroUsize, waiting: usize) -> HashPool {
        let (queue, jobs) = bounded::<Job>(waiting);
        for number in 0..threads.get() {
            let jobs = jobs.clone();
            std::thread::Builder::new()
                .name(format!("hash-{number}"))
                .spawn(move || jobs.iter().for_each(|job| job()))
                .expect("a process that cannot start a thread at its start cannot serve");
        }
        HashPool {
            queue,
            #[cfg(feature = "testing")]
            runs: Arc::default(),
        }
    }

    /// How much work it was given so far, that which it refused too.
    #[cfg(feature = "testing")]
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    /// Runs `work` on the pool; 90005 when the queue is full. Work whose caller has gone away is skipped.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        #[cfg(feature = "testing")]
        self.runs.fetch_add(1, Ordering::Relaxed);
        let (reply, answer) = oneshot::channel();
        let job = Box::new(move || {
            if !reply.is_closed() {
                // The receiver may go away while this runs: then nobody wants the answer.
                let _ = reply.send(catch_unwind(AssertUnwindSafe(work)));
            }
        });
        match self.queue.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => return Err(busy()),
        }
        match answer.await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => Err(busy()),
        }
    }
}
