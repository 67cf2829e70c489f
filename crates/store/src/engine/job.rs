//! A closure on its way to a connection, and its answer on the way back.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tracing::Span;

use crate::engine::access::Access;
use crate::engine::tx::Tx;
use crate::error::{Error, Result};

/// The queues carry closures of every type: this hides which.
pub(crate) trait Job: Send {
    fn access(&self) -> Access;

    /// How long it may still wait for its turn.
    fn patience(&self) -> Duration;

    /// Whether to begin it at all: not when its caller has left, nor when it waited too long, which is then its answer.
    fn wanted(&mut self) -> bool;

    /// Runs the closure; true when its changes shall stand. May be called again after a failed commit.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;

    /// Replaces a good answer by this error: the transaction failed around the closure.
    fn fail(&mut self, error: Error);

    fn answer(self: Box<Self>);
}

pub(crate) type Queued = Box<dyn Job>;

enum Outcome<T, E> {
    Done(Result<T, E>),
    Panicked(Box<dyn Any + Send>),
}

struct Task<F, T, E> {
    work: F,
    access: Access,
    until: Instant,
    span: Span,
    outcome: Option<Outcome<T, E>>,
    reply: oneshot::Sender<Outcome<T, E>>,
}

/// The caller's end of a job.
pub(crate) struct Answer<T, E>(oneshot::Receiver<Outcome<T, E>>);

/// Packs a closure for a queue. It waits for its turn as long as `patience`.
pub(crate) fn pack<T, E>(
    access: Access,
    patience: Duration,
    work: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
) -> (Queued, Answer<T, E>)
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let task = Task { work, access, until: Instant::now() + patience, span: Span::current(), outcome: None, reply };
    (Box::new(task), Answer(answer))
}

impl<T, E: From<Error>> Answer<T, E> {
    /// What the closure answered; its panic goes on here, in the caller's task.
    pub(crate) async fn wait(self) -> Result<T, E> {
        match self.0.await {
            Ok(Outcome::Done(answer)) => answer,
            Ok(Outcome::Panicked(panic)) => resume_unwind(panic),
            Err(_) => Err(Error::Closed.into()),
        }
    }
}

impl<F, T, E> Job for Task<F, T, E>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn access(&self) -> Access {
        self.access
    }

    fn patience(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    fn wanted(&mut self) -> bool {
        if self.patience().is_zero() {
            self.fail(Error::TimedOut);
            return false;
        }
        !self.reply.is_closed()
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let ended = self.span.in_scope(|| catch_unwind(AssertUnwindSafe(|| (self.work)(tx))));
        let outcome = match ended {
            Ok(answer) => Outcome::Done(tx.settle(answer)),
            Err(panic) => Outcome::Panicked(panic),
        };
        let stands = matches!(outcome, Outcome::Done(Ok(_)));
        self.outcome = Some(outcome);
        stands
    }

    fn fail(&mut self, error: Error) {
        if matches!(self.outcome, None | Some(Outcome::Done(Ok(_)))) {
            self.outcome = Some(Outcome::Done(Err(error.into())));
        }
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // A caller that left does not want to know.
            let _ = self.reply.send(outcome);
        }
    }
}
