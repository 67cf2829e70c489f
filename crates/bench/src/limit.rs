//! The physical limits: what this machine can do at the most, measured beside what the server does.

use crate::load::{Figures, Tally, Window, processor_time_within};
use crate::machine::{MachineClock, cores};
use crate::process::Process;
use crate::seed::Seeded;
use crate::work::{PASSWORD, Tokens};
use anyhow::{Context, Result, anyhow};
use argon2::{Algorithm, Argon2, Params, Version};
use doorward_flows::outside::Clock;
use doorward_model::id::{SessionId, TenantId};
use doorward_model::keys::{Keys, Purpose};
use doorward_model::password::{self, MEMORY_KIB, Password};
use doorward_model::secret::Secret;
use doorward_model::time::Span;
use doorward_store::{Error, Store, Tx, accounts, sessions};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

/// Verifies a password on every core; the same code as the server's.
pub(crate) async fn hashes(length: Duration) -> Result<Figures> {
    let window = Window::of(length);
    let hashing = tokio::task::spawn_blocking(move || {
        let (password, stored) = known_password();
        std::thread::scope(|scope| {
            let hands: Vec<_> = (0..cores().get())
                .map(|_| scope.spawn(|| repeated(window, || password::verify(&password, &stored))))
                .collect();
            hands.into_iter().flat_map(|hand| hand.join().unwrap_or_default()).collect()
        })
    });
    let used = processor_time_within(Process::own(), window).await?;
    Tally { served: hashing.await?, ..Tally::default() }.figures(window, used)
}

fn known_password() -> (Password, String) {
    let password = Password::new(&Secret::new(PASSWORD));
    let stored = password::hash(&password, [7; password::SALT_LENGTH]);
    (password, stored)
}

fn repeated(window: Window, once: impl Fn() -> bool) -> Vec<u32> {
    let mut latencies = Vec::new();
    loop {
        let begun = Instant::now();
        if begun >= window.until {
            return latencies;
        }
        let right = std::hint::black_box(once());
        let ended = Instant::now();
        if right && window.holds(ended) {
            latencies.push(microseconds(ended - begun));
        }
    }
}

/// The middle latency of one hash on one thread: the server's code, and the other implementation in its tree.
pub(crate) async fn candidates(length: Duration) -> Result<(f64, f64)> {
    tokio::task::spawn_blocking(move || {
        let (password, stored) = known_password();
        let ours = alone(length / 2, || password::verify(&password, &stored))?;
        let cost = u32::try_from(MEMORY_KIB).map_err(anyhow::Error::from).and_then(|memory| {
            Params::new(memory, 2, 1, Some(32)).map_err(|error| anyhow!("the other implementation refuses: {error}"))
        })?;
        let other = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
        let others = alone(length / 2, || {
            let mut out = [0; 32];
            other.hash_password_into(PASSWORD.as_bytes(), &[7; password::SALT_LENGTH], &mut out).is_ok()
        })?;
        Ok((ours, others))
    })
    .await?
}

fn alone(length: Duration, once: impl Fn() -> bool) -> Result<f64> {
    let window = Window::of(length);
    let served = repeated(window, once);
    Ok(Tally { served, ..Tally::default() }.figures(window, Duration::ZERO)?.p50)
}

/// Writes the statements of a refresh from so many tasks, each as soon as its last one is durable.
pub(crate) async fn commits(seeded: &Seeded, tokens: &Tokens, tasks: usize, length: Duration) -> Result<Figures> {
    let window = Window::of(length);
    let mut writing = JoinSet::new();
    for _ in 0..tasks {
        let raw = Raw {
            store: seeded.store().clone(),
            tenant: seeded.id().clone(),
            keys: Arc::clone(seeded.keys()),
            tokens: tokens.clone(),
        };
        #[expect(clippy::disallowed_methods, reason = "they are all waited for below")]
        writing.spawn(async move { raw.renew_until(window).await });
    }
    let used = processor_time_within(Process::own(), window).await?;
    let mut tally = Tally::default();
    while let Some(done) = writing.join_next().await {
        tally.served.extend(done?.context("writing to the database")?);
    }
    tally.figures(window, used)
}

struct Raw {
    store: Store,
    tenant: TenantId,
    keys: Arc<Keys>,
    tokens: Tokens,
}

impl Raw {
    async fn renew_until(self, window: Window) -> Result<Vec<u32>> {
        let mut latencies = Vec::new();
        loop {
            let begun = Instant::now();
            if begun >= window.until {
                return Ok(latencies);
            }
            let token = self.tokens.take().context("there are fewer sessions than tasks")?;
            let next = Uuid::new_v4().to_string();
            self.renew(&token, &next).await?;
            self.tokens.put(next);
            let ended = Instant::now();
            if window.holds(ended) {
                latencies.push(microseconds(ended - begun));
            }
        }
    }

    /// What `session::refresh` writes, without anything around it.
    async fn renew(&self, token: &str, next: &str) -> Result<(), Error> {
        let (tenant, now) = (self.tenant.clone(), MachineClock.now());
        let digest = self.keys.digest(Purpose::RefreshToken, &tenant, token);
        let later = now.plus(Span::days(7));
        let new = sessions::New {
            id: SessionId::new(""),
            access: self.keys.digest(Purpose::AccessToken, &tenant, next),
            refresh: Some(self.keys.digest(Purpose::RefreshToken, &tenant, next)),
            access_expires_at: later,
            refresh_expires_at: later,
            provider: String::new(),
            ip: String::new(),
            user_agent: String::new(),
            impersonated: false,
            remembered: false,
        };
        let gone = || Error::Database("a session of the benchmark is gone".to_owned());
        let work = move |tx: &mut Tx<'_>| {
            let found = sessions::refresh(tx, &tenant, &digest)?.ok_or_else(gone)?;
            accounts::state(tx, &tenant, &found.uid)?.ok_or_else(gone)?;
            if !sessions::rotate(tx, &tenant, &digest, now)? {
                return Err(gone());
            }
            sessions::renew(tx, &tenant, &found.session, &new)
        };
        self.store.write(work).await
    }
}

fn microseconds(latency: Duration) -> u32 {
    u32::try_from(latency.as_micros()).unwrap_or(u32::MAX)
}
