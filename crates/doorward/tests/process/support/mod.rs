//! Installations, running programs, their callers, and the services that they send messages to.

mod api;
mod authority;
mod cluster;
mod database;
mod installation;
mod program;
mod provider;
mod raw;

pub(crate) use api::{Api, Call, Keys, Person, Reply};
pub(crate) use authority::{Authority, Issued};
pub(crate) use cluster::Cluster;
pub(crate) use installation::{Installation, MASTER_KEY, TENANT};
pub(crate) use program::{Ended, Program};
pub(crate) use provider::{Mood, Provider, Reserved};
pub(crate) use raw::Raw;

use std::thread::park_timeout;
use std::time::{Duration, Instant};

/// More than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// So many looks a second leave the processor to those that are looked at.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// What `look` sees, as soon as it sees something; fails when that takes too long.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < end, "this did not happen: {what}");
        park_timeout(BETWEEN_LOOKS);
    }
}

/// Waits until `holds`.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    eventually(what, || holds().then_some(()));
}
