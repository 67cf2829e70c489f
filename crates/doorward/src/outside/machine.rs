//! What this machine gives: the time and random bytes.

use std::time::{SystemTime, UNIX_EPOCH};

use doorward_flows::app::outside::{Clock, Random};
use doorward_model::time::Timestamp;
use rand::Rng;

#[cfg(test)]
mod tests;

/// The machine's clock. It may step, in both directions; what compares its moments must bear that.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine for the time")]
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A generator fit for keys, seeded by the operating system, one for each thread.
pub(crate) struct MachineRandom;

impl Random for MachineRandom {
    fn fill(&self, bytes: &mut [u8]) {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine for random bytes")]
        rand::rng().fill_bytes(bytes);
    }
}
