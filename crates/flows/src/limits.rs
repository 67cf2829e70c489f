//! How often one may be wrong, and how fast one may ask.

use crate::access::Tenant;
use crate::{Error, Result};
use doorward_model::id::Uid;
use doorward_model::keys::Digest;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::settings::LockKind;
use doorward_model::time::{Span, Timestamp};
use doorward_store::failures::{self, Count};
use doorward_store::{Tx, accounts, sessions};
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use serde_json::json;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// More failures in a row than this, locks between them or not, and only a reset or the back end opens the account
/// (NIST SP 800-63B, 5.2.2).
const MOST_IN_ALL: i64 = 100;

/// 9999-12-31T23:59:59Z: a lock that time does not lift.
const FOR_GOOD: Timestamp = Timestamp(253_402_300_799_000);

/// Whose failures are counted. An identifier that belongs to nobody is counted like any other, under its keyed hash,
/// so that a lock tells nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An account.
    Account(Uid),
    /// An identifier that nobody has.
    Unknown(Digest),
}

impl Subject {
    /// The account if there is one, else the identifier.
    pub fn of(uid: Option<&Uid>, identifier: &Digest) -> Subject {
        uid.map_or_else(|| Subject::Unknown(identifier.clone()), |uid| Subject::Account(uid.clone()))
    }

    /// The account, or one that there is not: an identifier that nobody has costs the same work.
    fn uid(&self) -> Uid {
        match self {
            Subject::Account(uid) => uid.clone(),
            Subject::Unknown(_) => Uid::new(""),
        }
    }

    fn key(&self) -> String {
        match self {
            Subject::Account(uid) => format!("account:{uid}"),
            Subject::Unknown(digest) => format!("unknown:{}", digest.hex()),
        }
    }
}

/// What was failed at. The owner's way back is counted apart, so that failed sign-ins never close it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Signing in, by whatever credential.
    Login,
    /// Resetting the password with a code.
    Reset,
    /// Signing in at the service that people move here from, through us; counted before it is asked.
    Elsewhere,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Login => "login",
            Kind::Reset => "reset",
            Kind::Elsewhere => "elsewhere",
        }
    }
}

/// The refusal of a locked subject (1198 with the end of the lock), if it is locked.
pub fn locked(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, now: Timestamp) -> Result<Option<Refusal>> {
    let until = failures::locked_until(tx, &tenant.id, &subject.key(), kind.as_str(), now)?;
    Ok(until.map(|until| {
        let data = json!({ "LoginLockedTimeout": until.to_wire() });
        Refusal::from(Reason::AccountSuspended).with_data(data).retry_after(until.since(now).whole_seconds_up())
    }))
}

/// Counts one failure and trips the lock that the tenant's settings ask for; returns how many tries are left.
pub fn count(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, now: Timestamp) -> Result<i64> {
    let counted = failures::add(tx, &tenant.id, &subject.key(), kind.as_str(), now)?;
    follow(tx, tenant, subject, kind, counted, now)
}

/// Counts one try before it is made; false when the subject is locked. Of many at once no more than the threshold are
/// told true.
#[must_use = "false means that the try must not be made"]
pub(crate) fn try_once(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, now: Timestamp) -> Result<bool> {
    let counted = failures::add_unless_locked(tx, &tenant.id, &subject.key(), kind.as_str(), now)?;
    let Some(counted) = counted else { return Ok(false) };
    follow(tx, tenant, subject, kind, counted, now)?;
    Ok(true)
}

/// What follows from a count; how many tries are left.
fn follow(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind, counted: Count, now: Timestamp) -> Result<i64> {
    let (lockout, key) = (&tenant.settings.lockout, subject.key());
    let left = (lockout.threshold - counted.in_a_row).max(0);
    let suspension = Span::seconds(lockout.suspend.seconds);
    let until = match kind {
        Kind::Login if counted.in_all >= MOST_IN_ALL => FOR_GOOD,
        Kind::Login => now.plus(suspension),
        Kind::Reset | Kind::Elsewhere => now.plus(lengthened(suspension, counted.in_all / lockout.threshold)),
    };
    // Another service is not ours to leave open to guesses.
    let tripped = left == 0 && (lockout.kind != LockKind::None || kind == Kind::Elsewhere);
    // Block closes an account for good; somebody who only guesses at the way back must not be able to do that.
    if tripped && lockout.kind == LockKind::Block && kind == Kind::Login && until != FOR_GOOD {
        let uid = subject.uid();
        accounts::block(tx, &tenant.id, &uid, now)?;
        sessions::end_all(tx, &tenant.id, &uid)?;
        failures::clear(tx, &tenant.id, &key, kind.as_str())?;
    } else if tripped || until == FOR_GOOD {
        failures::lock(tx, &tenant.id, &key, kind.as_str(), until)?;
    }
    Ok(left)
}

/// Lets the failures of one subject count for another, such as an account under its new uid.
pub(crate) fn hand_over(tx: &mut Tx, tenant: &Tenant, from: &Subject, to: &Subject) -> Result<()> {
    Ok(failures::hand_over(tx, &tenant.id, &from.key(), &to.key())?)
}

/// The suspension of the way back when it trips for the `time`th time in a row: twice as long each time, but never
/// longer than a day. Nobody can close that way for good, and nobody gets through it by guessing.
fn lengthened(suspension: Span, time: i64) -> Span {
    let doublings = u32::try_from(time - 1).unwrap_or(0).min(20);
    Span(suspension.0.saturating_mul(1 << doublings)).min(suspension.max(Span::days(1)))
}

/// Forgets the failures of one kind: the subject has proved itself.
pub fn clear(tx: &mut Tx, tenant: &Tenant, subject: &Subject, kind: Kind) -> Result<()> {
    Ok(failures::clear(tx, &tenant.id, &subject.key(), kind.as_str())?)
}

type PerNetwork = RateLimiter<Network, DefaultKeyedStateStore<Network>, DefaultClock>;

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

/// How fast one network may ask, counted in this process.
pub struct Velocity {
    requests: Option<PerNetwork>,
    failures: Option<PerNetwork>,
    calls: AtomicU32,
}

/// How many within how long.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// So many, at least one.
    pub most: NonZeroU32,
    /// In this time.
    pub within: Duration,
}

/// After so many calls the networks not heard of for a while are forgotten, which bounds the memory.
const CALLS_BETWEEN_SWEEPS: u32 = 10_000;

impl Velocity {
    /// Limits authentication requests and failed credentials of one network; `None` is no limit.
    pub fn new(requests: Option<Rate>, failures: Option<Rate>) -> Velocity {
        let limiter = |rate: Rate| {
            let quota = Quota::with_period(rate.within / rate.most.get())?.allow_burst(rate.most);
            Some(RateLimiter::keyed(quota))
        };
        Velocity {
            requests: requests.and_then(limiter),
            failures: failures.and_then(limiter),
            calls: AtomicU32::new(0),
        }
    }

    /// No limits, as in the demo.
    pub fn unlimited() -> Velocity {
        Velocity::new(None, None)
    }

    /// Counts an authentication request; 429 past the limit.
    pub fn count_request(&self, ip: IpAddr) -> Result<()> {
        Velocity::count(self.requests.as_ref(), ip)?;
        if self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(CALLS_BETWEEN_SWEEPS) {
            [&self.requests, &self.failures].into_iter().flatten().for_each(RateLimiter::retain_recent);
        }
        Ok(())
    }

    /// Counts a wrong key, secret, password or code; 429 past the limit.
    pub fn count_failure(&self, ip: IpAddr) -> Result<()> {
        Velocity::count(self.failures.as_ref(), ip)
    }

    fn count(limiter: Option<&PerNetwork>, ip: IpAddr) -> Result<()> {
        let Some(limiter) = limiter else { return Ok(()) };
        limiter.check_key(&Network::of(ip)).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
            Error::from(Refusal::from(Reason::TooManyRequests).retry_after(seconds))
        })
    }
}
