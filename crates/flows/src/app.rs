//! The running product: [`App`], what it is made of and what it remembers.
//!
//! What belongs here: [`Error`], the outside world as traits, the hash pool, how fast one network may ask, tenants as
//! they were last read, the check of the master key, fakes for tests. What does not: accounts, and whoever calls.

use doorward_model::keys::Keys;
use doorward_model::password::{self, Password};
use doorward_model::time::Timestamp;
use doorward_store::{Store, Tx};
use hashing::HashPool;
use ipnet::IpNet;
use outside::Outside;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::Notify;

mod error;
pub mod hashing;
pub mod installation;
mod memory;
pub mod outside;
mod tenant;
#[cfg(feature = "testing")]
pub mod testing;
mod velocity;

pub(crate) use error::busy;
pub use error::{Error, Result};
pub use tenant::Tenant;
pub(crate) use tenant::{TenantCache, followed, readable};
pub(crate) use velocity::network;
pub use velocity::{Rate, Rates, Velocity};

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
    pub(crate) tenants: Arc<TenantCache>,
    pub(crate) sotts: Arc<memory::KeyCache>,
    pub(crate) pace: Arc<memory::Pace>,
    pub(crate) wake: Arc<Notify>,
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

impl App {
    /// True when `password` belongs to `stored`. With nothing stored the same work is done for nobody.
    pub(crate) async fn verify_password(&self, password: Password, stored: Option<String>) -> Result<bool> {
        self.hashing
            .run(move || {
                let right = password::verify(&password, stored.as_deref().unwrap_or(password::NOBODYS));
                right && stored.is_some()
            })
            .await
    }

    /// The hash of a new password.
    pub(crate) async fn hash_password(&self, password: Password) -> Result<String> {
        let salt = self.random();
        self.hashing.run(move || password::hash(&password, salt)).await
    }

    /// True when `password` is one of those that `hashes` were made from; each costs one hash.
    pub(crate) async fn is_known_password(&self, password: &Password, hashes: Vec<String>) -> Result<bool> {
        for hash in hashes {
            if self.verify_password(password.clone(), Some(hash)).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
