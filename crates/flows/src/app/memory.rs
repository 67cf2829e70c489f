//! What the process remembers to spare itself work: keys that were derived, and how long another service took.

use doorward_model::sott::DerivedKey;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::Duration;

/// Keys derived from the tenants' primary secrets, by the encrypted secret they came from: deriving one takes
/// milliseconds, and a changed secret is another entry.
#[derive(Default)]
pub(crate) struct KeyCache {
    known: RwLock<HashMap<Vec<u8>, DerivedKey>>,
}

impl KeyCache {
    pub(crate) fn get(&self, sealed: &[u8]) -> Option<DerivedKey> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(sealed).cloned()
    }

    pub(crate) fn put(&self, sealed: Vec<u8>, key: DerivedKey) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(sealed, key);
    }
}

/// So many of the latest calls are remembered.
const REMEMBERED: usize = 16;

/// How long the latest calls took.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<VecDeque<Duration>>);

impl Pace {
    pub(crate) fn note(&self, took: Duration) {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest.truncate(REMEMBERED - 1);
        latest.push_front(took);
    }

    /// How long one of them took, `chosen` at random; nothing while there was none.
    pub(crate) fn typical(&self, chosen: usize) -> Duration {
        let latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = chosen.checked_rem(latest.len()).unwrap_or_default();
        latest.get(at).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
