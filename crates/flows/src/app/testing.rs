//! The outside world as tests want it: a clock that stands still, known random numbers, messages kept in memory.

use super::outside::{BoxFuture, Carrier, Clock, Message, Outside, Random, Undelivered};
use doorward_model::time::{Span, Timestamp};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A clock that moves when told.
pub struct FrozenClock(AtomicI64);

impl FrozenClock {
    /// A clock that stands at `now`.
    pub fn at(now: Timestamp) -> FrozenClock {
        FrozenClock(AtomicI64::new(now.0))
    }

    /// Moves it; back, with a negative span.
    pub fn advance(&self, span: Span) {
        self.0.fetch_add(span.0, Ordering::SeqCst);
    }
}

impl Clock for FrozenClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Numbers that look random and are the same at every run (splitmix64).
pub struct SeededRandom(AtomicU64);

impl SeededRandom {
    /// Starts from `seed`.
    pub fn new(seed: u64) -> SeededRandom {
        SeededRandom(AtomicU64::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut number = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst);
            number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            chunk.copy_from_slice(&(number ^ (number >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Keeps the messages it is given; answers what it is told to.
#[derive(Default)]
pub struct Outbox {
    kept: Mutex<Vec<Message>>,
    answers: Mutex<VecDeque<Undelivered>>,
}

impl Outbox {
    /// All messages so far, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Refuses the next message in this way.
    pub fn fail_next(&self, answer: Undelivered) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push_back(answer);
    }
}

impl Carrier for Outbox {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            if let Some(answer) = self.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
                return Err(answer);
            }
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
            Ok(())
        })
    }
}

/// An outside world of fakes, and the handles to steer it.
pub struct Fakes {
    /// The world to build an app with.
    pub outside: Outside,
    /// Its clock.
    pub clock: Arc<FrozenClock>,
    /// Its messages.
    pub outbox: Arc<Outbox>,
}

impl Fakes {
    /// Fakes that start at `now` with this seed.
    pub fn new(now: Timestamp, seed: u64) -> Fakes {
        let clock = Arc::new(FrozenClock::at(now));
        let outbox = Arc::new(Outbox::default());
        let outside = Outside {
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(seed)),
            mail: Some(outbox.clone()),
            sms: Some(outbox.clone()),
            voice: Some(outbox.clone()),
            breach_lists: Vec::new(),
            former_home: None,
        };
        Fakes { outside, clock, outbox }
    }
}
