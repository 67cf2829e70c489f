//! How fast one may ask: counted in this process, by network, by identifier and by tenant.

use super::error::{Error, Result};
use super::tenant::Tenant;
use doorward_model::id::TenantId;
use doorward_model::keys::Digest;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{DefaultDirectRateLimiter, NotUntil, Quota, RateLimiter};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

type Moment = <DefaultClock as governor::clock::Clock>::Instant;

/// One network: an IPv4 address, or the /64 that a single IPv6 household holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Network(IpAddr);

impl Network {
    fn of(ip: IpAddr) -> Network {
        Network(match ip.to_canonical() {
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// The network of an address: itself, or the /64 that a single IPv6 household holds.
pub(crate) fn network(ip: IpAddr) -> IpAddr {
    Network::of(ip).0
}

/// How many within how long.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// So many, at least one.
    pub most: NonZeroU32,
    /// In this time.
    pub within: Duration,
}

impl Rate {
    fn quota(self) -> Option<Quota> {
        Some(Quota::with_period(self.within / self.most.get())?.allow_burst(self.most))
    }
}

/// The limits of a process; `None` is no limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rates {
    /// Authentication requests of one network.
    pub requests: Option<Rate>,
    /// Failed credentials of one network.
    pub failures: Option<Rate>,
    /// Requests that name one identifier of one tenant, whether anybody has it or not.
    pub identifiers: Option<Rate>,
}

/// How fast one may ask. Tenants set their own limit, see `rateLimit` in their settings.
pub struct Velocity {
    requests: Option<Keyed<Network>>,
    failures: Option<Keyed<Network>>,
    identifiers: Option<Keyed<Vec<u8>>>,
    tenants: RwLock<HashMap<TenantId, (u32, Arc<DefaultDirectRateLimiter>)>>,
}

impl Velocity {
    /// Limits as these rates say.
    pub fn new(rates: Rates) -> Velocity {
        Velocity {
            requests: rates.requests.and_then(Keyed::new),
            failures: rates.failures.and_then(Keyed::new),
            identifiers: rates.identifiers.and_then(Keyed::new),
            tenants: RwLock::default(),
        }
    }

    /// No limits but those that tenants set.
    pub fn unlimited() -> Velocity {
        Velocity::new(Rates::default())
    }

    /// Counts an authentication request; 429 past the limit of its network or of its tenant.
    pub fn count_request(&self, tenant: &Tenant, ip: IpAddr) -> Result<()> {
        self.requests.as_ref().map_or(Ok(()), |limiter| limiter.count(Network::of(ip)))?;
        match NonZeroU32::new(tenant.settings.rate_limit.requests) {
            Some(most) => self.tenant(&tenant.id, most).map_or(Ok(()), |limiter| limiter.check().map_err(too_fast)),
            None => Ok(()),
        }
    }

    /// Counts a wrong key, secret, password or code; 429 past the limit.
    pub fn count_failure(&self, ip: IpAddr) -> Result<()> {
        self.failures.as_ref().map_or(Ok(()), |limiter| limiter.count(Network::of(ip)))
    }

    /// Counts a request that names an identifier, by its keyed hash; 429 past the limit.
    pub fn count_identifier(&self, identifier: &Digest) -> Result<()> {
        self.identifiers.as_ref().map_or(Ok(()), |limiter| limiter.count(identifier.as_bytes().to_vec()))
    }

    /// The limiter of a tenant, made anew when the tenant has chosen another limit.
    fn tenant(&self, id: &TenantId, most: NonZeroU32) -> Option<Arc<DefaultDirectRateLimiter>> {
        let known = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        let limiter = known.get(id).filter(|(limit, _)| *limit == most.get()).map(|(_, limiter)| limiter.clone());
        drop(known);
        if limiter.is_some() {
            return limiter;
        }
        let quota = Rate { most, within: TENANT_WINDOW }.quota()?;
        let mut known = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        // Two requests may come here at once; they must not get two limiters.
        let (limit, limiter) =
            known.entry(id.clone()).or_insert_with(|| (most.get(), Arc::new(RateLimiter::direct(quota))));
        if *limit != most.get() {
            (*limit, *limiter) = (most.get(), Arc::new(RateLimiter::direct(quota)));
        }
        Some(limiter.clone())
    }
}

/// What `requestsPerTenSeconds` of a tenant counts in.
const TENANT_WINDOW: Duration = Duration::from_secs(10);

/// After so many calls, keys not heard of for a while are forgotten.
const CALLS_BETWEEN_SWEEPS: usize = 10_000;

/// More keys than this that were all heard of just now are a flood, and then all are forgotten: what can be had by a
/// flood of keys is a few tries more, and no memory.
const MOST_KEYS: usize = 100_000;

/// A limiter for each key, in bounded memory.
struct Keyed<K: Hash + Eq + Clone> {
    quota: Quota,
    limiter: RwLock<RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>>,
    calls: AtomicUsize,
}

impl<K: Hash + Eq + Clone> Keyed<K> {
    fn new(rate: Rate) -> Option<Keyed<K>> {
        let quota = rate.quota()?;
        Some(Keyed { quota, limiter: RwLock::new(RateLimiter::keyed(quota)), calls: AtomicUsize::new(0) })
    }

    fn count(&self, key: K) -> Result<()> {
        if self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(CALLS_BETWEEN_SWEEPS) {
            self.sweep();
        }
        let limiter = self.limiter.read().unwrap_or_else(PoisonError::into_inner);
        limiter.check_key(&key).map_err(too_fast)
    }

    fn sweep(&self) {
        let limiter = self.limiter.read().unwrap_or_else(PoisonError::into_inner);
        limiter.retain_recent();
        let is_flood = limiter.len() > MOST_KEYS;
        drop(limiter);
        if is_flood {
            *self.limiter.write().unwrap_or_else(PoisonError::into_inner) = RateLimiter::keyed(self.quota);
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.limiter.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn too_fast(not_until: NotUntil<Moment>) -> Error {
    let wait = not_until.wait_time_from(DefaultClock::default().now());
    let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
    Refusal::from(Reason::TooManyRequests).retry_after(seconds).into()
}

#[cfg(test)]
mod tests;
