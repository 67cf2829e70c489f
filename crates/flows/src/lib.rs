//! Every use case of the product, one function each.
//!
//! What belongs here: who may do what, in which order, what is written, who is told. A flow takes its proof as an
//! argument ([`access::Caller`], [`access::Admin`], [`access::SignedIn`]), reads the clock, draws random numbers and
//! hashes before it opens its transaction, and writes everything in that one.
//! What does not: HTTP, JSON of the wire, SQL.

#![recursion_limit = "256"]

pub mod access;
pub mod accounts;
pub mod captcha;
pub mod code;
pub mod configuration;
pub mod deletion;
pub mod email;
pub mod export;
pub mod hashing;
pub mod import;
pub mod installation;
pub mod invitation;
pub mod jobs;
pub mod limits;
pub mod login;
pub mod mfa;
pub mod multipurpose;
pub mod notify;
pub mod one_touch;
pub mod passkeys;
pub mod password;
pub mod passwordless;
pub mod phone;
pub mod pin;
pub mod profile;
pub mod register;
pub mod security_answers;
pub mod sending;
pub mod session;
pub mod sign_in_code;
pub mod smart_login;
pub mod sott;
pub mod step_up;
pub mod templates;
pub mod tenants;
pub mod unlock;
pub mod username;

mod availability;
mod body;
mod breach;
mod claim;
mod identifiers;
mod mailbox;
mod newcomer;
pub mod outside;
mod own;
mod redeem;
mod rotation;
mod takeover;
#[cfg(feature = "testing")]
pub mod testing;
mod waiting;

use access::TenantCache;
use doorward_model::keys::Keys;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::time::Timestamp;
use doorward_store::{Store, Tx};
use hashing::HashPool;
use ipnet::IpNet;
use limits::Velocity;
use outside::Outside;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::Notify;

/// The running product: everything a flow needs. Each request clones it several times, hence the one pointer.
#[derive(Clone)]
pub struct App(Arc<Parts>);

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What the product is made of.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The outside world.
    pub outside: Outside,
    /// Keys derived from the master key.
    pub keys: Arc<Keys>,
    /// Where passwords are hashed.
    pub hashing: HashPool,
    /// How fast one network may ask.
    pub velocity: Arc<Velocity>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[IpNet]>,
    /// The address that links in messages begin with, without a trailing slash.
    pub public_url: Arc<str>,
    tenants: Arc<TenantCache>,
    sotts: Arc<sott::KeyCache>,
    pace: Arc<takeover::Pace>,
    wake: Arc<Notify>,
}

/// What differs from one installation to the next.
pub struct Setup {
    /// The database, migrated.
    pub store: Store,
    /// The outside world.
    pub outside: Outside,
    /// Keys derived from the master key.
    pub keys: Keys,
    /// Where passwords are hashed.
    pub hashing: HashPool,
    /// How fast one network may ask.
    pub velocity: Velocity,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The address that links in messages begin with.
    pub public_url: String,
}

impl App {
    /// Puts the product together; nothing runs yet.
    pub fn new(setup: Setup) -> App {
        App(Arc::new(Parts {
            store: setup.store,
            outside: setup.outside,
            keys: Arc::new(setup.keys),
            hashing: setup.hashing,
            velocity: Arc::new(setup.velocity),
            trusted_proxies: setup.trusted_proxies.into(),
            public_url: setup.public_url.trim_end_matches('/').into(),
            tenants: Arc::default(),
            sotts: Arc::default(),
            pace: Arc::default(),
            wake: Arc::default(),
        }))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.outside.clock.now()
    }

    /// A transaction that may write: `Ok` commits, `Err` rolls back. It may run more than once, so clock, random
    /// numbers and hashing stay outside. A refusal that must leave a trace is `Ok(Err(refusal))`.
    pub async fn write<T: Send + 'static>(&self, work: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.store.write(work).await
    }

    /// Reads that belong together.
    pub async fn read<T: Send + 'static>(&self, work: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.store.read(work).await
    }

    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.outside.random.fill(&mut bytes);
        bytes
    }

    /// A fresh random GUID (version 4), the form of every id and bearer token.
    pub(crate) fn guid(&self) -> String {
        uuid::Builder::from_random_bytes(self.random()).into_uuid().hyphenated().to_string()
    }
}

/// Why a flow did not do what it was asked.
#[derive(Debug)]
pub enum Error {
    /// The catalogue has a row for it.
    Refused(Box<Refusal>),
    /// Something broke; the caller learns nothing of it, the log everything.
    Failed(anyhow::Error),
}

/// What flows return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Refused(Box::new(refusal))
    }
}

impl From<Reason> for Error {
    fn from(reason: Reason) -> Error {
        Refusal::from(reason).into()
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Error {
        Error::Failed(error)
    }
}

impl From<doorward_store::Error> for Error {
    fn from(error: doorward_store::Error) -> Error {
        use doorward_store::Error as Store;
        match error {
            Store::Busy | Store::TimedOut | Store::Closed | Store::Retry(_) | Store::Gone(_) => {
                tracing::warn!(%error, "the database did not answer in time");
                busy()
            }
            Store::Full(_) => {
                tracing::error!(%error, "nothing can be written");
                busy()
            }
            other => Error::Failed(other.into()),
        }
    }
}

/// 90005: there is more to do than can be done; in a second it may be different.
pub(crate) fn busy() -> Error {
    Refusal::from(Reason::Busy).retry_after(1).into()
}
