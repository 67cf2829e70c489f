//! The physical limits: what this machine can do at the most, measured beside what the server does.

use crate::load::{Figures, Tally, Window, processor_time_within};
use crate::machine::{MachineClock, cores};
use crate::population::Person;
use crate::process::Process;
use crate::seed::Seeded;
use crate::work::{CODE, PASSWORD, Tokens};
use anyhow::{Context, Result, anyhow};
use argon2::{Algorithm, Argon2, Params, Version};
use doorward_flows::code;
use doorward_flows::outside::Clock;
use doorward_model::id::{SessionId, TenantId};
use doorward_model::keys::{Keys, Purpose};
use doorward_model::password::{self, MEMORY_KIB, Password};
use doorward_model::secret::Secret;
use doorward_model::time::Span;
use doorward_store::challenges::{self, Purpose as Sent};
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Error, Store, Tx, accounts, failures, passwords, sessions};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

/// Wrong tries that a code of the tenant bears.
const TRIES: i64 = 5;

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

/// Does `once` from so many tasks again and again, each as soon as its last one is durable, until the time is over or
/// `once` has nothing left to do.
async fn repeated_by_tasks<F>(
    tasks: usize,
    length: Duration,
    once: impl Fn() -> F + Clone + Send + 'static,
) -> Result<Figures>
where
    F: Future<Output = Result<bool>> + Send,
{
    let window = Window::of(length);
    let mut writing = JoinSet::new();
    for _ in 0..tasks {
        let once = once.clone();
        #[expect(clippy::disallowed_methods, reason = "they are all waited for below")]
        writing.spawn(async move { repeated_until(window, once).await });
    }
    let used = processor_time_within(Process::own(), window).await?;
    let mut tally = Tally::default();
    while let Some(done) = writing.join_next().await {
        tally.merge(done?.context("writing to the database")?);
    }
    tally.figures(window, used)
}

async fn repeated_until<F: Future<Output = Result<bool>>>(window: Window, once: impl Fn() -> F) -> Result<Tally> {
    let mut tally = Tally::default();
    loop {
        let begun = Instant::now();
        if begun >= window.until {
            return Ok(tally);
        }
        if !once().await? {
            tally.ran_out = true;
            return Ok(tally);
        }
        let ended = Instant::now();
        if window.holds(ended) {
            tally.last = Some(ended);
            tally.served.push(microseconds(ended - begun));
        }
    }
}

/// Writes the statements of a refresh from so many tasks.
pub(crate) async fn refreshes(seeded: &Seeded, tokens: &Tokens, tasks: usize, length: Duration) -> Result<Figures> {
    let (raw, tokens) = (Arc::new(Raw::of(seeded)), tokens.clone());
    let once = move || {
        let (raw, tokens) = (Arc::clone(&raw), tokens.clone());
        async move {
            let token = tokens.take().context("there are fewer sessions than tasks")?;
            let next = Uuid::new_v4().to_string();
            raw.renew(&token, &next).await?;
            tokens.put(next);
            Ok(true)
        }
    };
    repeated_by_tasks(tasks, length, once).await
}

/// Writes the statements of a sign-in by code from so many tasks, once for each whose turn it is.
pub(crate) async fn arrivals(seeded: &Seeded, turns: Range<u64>, tasks: usize, length: Duration) -> Result<Figures> {
    let (raw, population) = (Arc::new(Raw::of(seeded)), seeded.tenant.population);
    let turn = Arc::new(AtomicU64::new(turns.start));
    let once = move || {
        let (raw, turn) = (Arc::clone(&raw), turn.fetch_add(1, Ordering::Relaxed));
        async move {
            if turn < turns.end {
                raw.arrive(population.anybody(turn)).await?;
            }
            Ok(turn < turns.end)
        }
    };
    repeated_by_tasks(tasks, length, once).await
}

struct Raw {
    store: Store,
    tenant: TenantId,
    keys: Arc<Keys>,
}

impl Raw {
    fn of(seeded: &Seeded) -> Raw {
        Raw { store: seeded.store().clone(), tenant: seeded.id().clone(), keys: Arc::clone(seeded.keys()) }
    }

    /// What `session::refresh` writes, without anything around it.
    async fn renew(&self, token: &str, next: &str) -> Result<(), Error> {
        let (tenant, now) = (self.tenant.clone(), MachineClock.now());
        let digest = self.keys.digest(Purpose::RefreshToken, &tenant, token);
        let new = self.session("", next);
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

    /// What `passwordless_login_phone_verification` asks and writes, without anything around it.
    async fn arrive(&self, person: Person) -> Result<(), Error> {
        let (tenant, now, phone) = (self.tenant.clone(), MachineClock.now(), person.phone());
        let subject = code::subject(&self.keys, &tenant, Kind::Phone, &phone);
        let right = code::digest(&self.keys, &tenant, Sent::Passwordless, &subject, CODE);
        let new = self.session(&Uuid::new_v4().to_string(), &Uuid::new_v4().to_string());
        let (failures_of, login) = (format!("account:{}", person.uid()), "login");
        let gone = || Error::Database("an account or code of the benchmark is gone".to_owned());
        let work = move |tx: &mut Tx<'_>| {
            let uid = identifiers::owner(tx, &tenant, Kind::Phone, &phone)?.ok_or_else(gone)?.uid;
            failures::lock_of(tx, &tenant, &failures_of, login, now)?;
            challenges::try_once(tx, &tenant, Sent::Passwordless, &subject, TRIES, now)?.ok_or_else(gone)?;
            challenges::forgive(tx, &tenant, Sent::Passwordless, &subject)?;
            accounts::state(tx, &tenant, &uid)?.ok_or_else(gone)?;
            if !challenges::consume(tx, &tenant, Sent::Passwordless, &subject, &right, TRIES, now)? {
                return Err(gone());
            }
            identifiers::verify(tx, &tenant, &uid, Kind::Phone, &phone, now)?;
            failures::clear(tx, &tenant, &failures_of, login)?;
            accounts::count_login(tx, &tenant, &uid, now)?.ok_or_else(gone)?;
            sessions::start(tx, &tenant, &uid, &new, now)?;
            identifiers::list(tx, &tenant, &uid)?;
            passwords::current(tx, &tenant, &uid)?;
            accounts::identities(tx, &tenant, &uid)?;
            failures::lock_of(tx, &tenant, &failures_of, login, now)?;
            Ok(())
        };
        self.store.write(work).await
    }

    /// A session with this id, whose both tokens are `token`.
    fn session(&self, id: &str, token: &str) -> sessions::New {
        let later = MachineClock.now().plus(Span::days(7));
        sessions::New {
            id: SessionId::new(id),
            access: self.keys.digest(Purpose::AccessToken, &self.tenant, token),
            refresh: Some(self.keys.digest(Purpose::RefreshToken, &self.tenant, token)),
            access_expires_at: later,
            refresh_expires_at: later,
            provider: String::new(),
            ip: String::new(),
            user_agent: String::new(),
            impersonated: false,
            remembered: false,
        }
    }
}

fn microseconds(latency: Duration) -> u32 {
    u32::try_from(latency.as_micros()).unwrap_or(u32::MAX)
}
