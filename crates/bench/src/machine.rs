//! What this machine gives: the time, random bytes, and how many cores.

use doorward_flows::app::outside::{Clock, Random};
use doorward_model::time::Timestamp;
use rand::Rng;
use std::num::NonZeroUsize;
use std::time::{SystemTime, UNIX_EPOCH};

/// The machine's clock.
pub(crate) struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this program has no other clock, and no test turns it")]
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Random bytes from the operating system's seed.
pub(crate) struct MachineRandom;

impl Random for MachineRandom {
    fn fill(&self, bytes: &mut [u8]) {
        #[expect(clippy::disallowed_methods, reason = "this program has no other source, and no test repeats it")]
        rand::rng().fill_bytes(bytes);
    }
}

/// How many threads can run at once.
pub(crate) fn cores() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
