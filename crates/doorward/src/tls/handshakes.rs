//! How many handshakes are under way.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The handshakes under way. One more than there is room for sends the oldest away: a client that means it is done
/// within milliseconds, so the oldest are those that only hold their place.
pub(super) struct Handshakes {
    most: usize,
    places: Mutex<Places>,
}

#[derive(Default)]
struct Places {
    begun: u64,
    taken: BTreeMap<u64, oneshot::Sender<Infallible>>,
}

/// Room for one handshake, for as long as it lives.
pub(super) struct Place<'a> {
    among: &'a Handshakes,
    number: u64,
    held: oneshot::Receiver<Infallible>,
}

impl Handshakes {
    pub(super) fn at_most(most: usize) -> Handshakes {
        Handshakes { most, places: Mutex::default() }
    }

    pub(super) fn begin(&self) -> Place<'_> {
        let (holds, held) = oneshot::channel();
        let mut places = self.places();
        places.begun += 1;
        let number = places.begun;
        places.taken.insert(number, holds);
        if places.taken.len() > self.most {
            places.taken.pop_first();
        }
        Place { among: self, number, held }
    }

    /// Sends all away.
    pub(super) fn end(&self) {
        self.places().taken.clear();
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        // Whoever panicked with it in hand left it whole: each change is one step.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Done when the place is needed for somebody else.
    pub(super) async fn lost(&mut self) {
        // Nothing is ever sent; the sender goes away with the place.
        let _ = (&mut self.held).await;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.among.places().taken.remove(&self.number);
    }
}
