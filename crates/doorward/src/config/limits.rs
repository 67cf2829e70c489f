//! `[limits]`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Finding;

/// How much one address may ask for, and how much the process takes on at once.
///
/// An address is an IPv4 address or an IPv6 network of 64 bits.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests to the authentication API from one address in ten seconds; 0 sets no limit.
    pub requests_per_ten_seconds: u32,
    /// Wrong passwords, codes and tokens from one address in a minute; 0 sets no limit.
    pub failures_per_minute: u32,
    /// Requests in a minute that name one address, phone number or user name of one tenant, wherever they come from; 0 sets
    /// no limit.
    pub requests_per_identifier_per_minute: u32,
    /// Threads that hash passwords; 0 means one for each core.
    pub hash_threads: usize,
    /// Password hashes that may wait for a thread before requests are told to come back (503); at least 256.
    pub hash_queue: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            requests_per_ten_seconds: 300,
            failures_per_minute: 60,
            requests_per_identifier_per_minute: 60,
            hash_threads: 0,
            hash_queue: 256,
        }
    }
}

const SHORTEST_QUEUE: usize = 256;
const MOST_THREADS: usize = 256;

impl Limits {
    pub(super) fn unsound(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        if self.hash_queue < SHORTEST_QUEUE {
            found.push(Finding::new(
                "[limits] hash_queue",
                format!(
                    "{} is less than {SHORTEST_QUEUE}, so an ordinary rush of logins would be turned away",
                    self.hash_queue
                ),
                "Leave it out, or choose more.",
            ));
        }
        if self.hash_threads > MOST_THREADS {
            found.push(Finding::new(
                "[limits] hash_threads",
                format!("{} is more than {MOST_THREADS}; each thread needs 19 MiB and a core", self.hash_threads),
                "Leave it out to use one thread for each core.",
            ));
        }
        found
    }
}
