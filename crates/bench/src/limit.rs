//! The physical limits: what this machine can do at the most, measured beside what the server does.

use crate::load::{Figures, Tally, Window, processor_time_within};
use crate::machine::cores;
use crate::population::Factor;
use crate::process::Process;
use crate::seed::Seeded;
use crate::waiting::Waiting;
use crate::work::{PASSWORD, Tokens};
use anyhow::{Context, Result, anyhow};
use argon2::{Algorithm, Argon2, Params, Version};
use doorward_model::password::{self, MEMORY_KIB, Password};
use doorward_model::secret::Secret;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

mod raw;

use raw::Raw;

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
    let (raw, tokens) = (Raw::of(seeded), tokens.clone());
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
    let (raw, population) = (Raw::of(seeded), seeded.tenant.population);
    let arrive = move |turn| {
        let raw = Arc::clone(&raw);
        async move { Ok(raw.arrive(population.anybody(turn)).await?) }
    };
    repeated_by_turns(turns, tasks, length, arrive).await
}

/// Writes the statements that complete a login by this factor from so many tasks, once for each login that waits.
pub(crate) async fn proofs(
    seeded: &Seeded,
    factor: Factor,
    turns: Range<u64>,
    tasks: usize,
    length: Duration,
) -> Result<Figures> {
    let (raw, population) = (Raw::of(seeded), seeded.tenant.population);
    let prove = move |turn| {
        let raw = Arc::clone(&raw);
        async move { Ok(raw.prove(Waiting::of(population, factor, turn)).await?) }
    };
    repeated_by_turns(turns, tasks, length, prove).await
}

/// The same once for each turn.
async fn repeated_by_turns<F>(
    turns: Range<u64>,
    tasks: usize,
    length: Duration,
    once: impl Fn(u64) -> F + Clone + Send + 'static,
) -> Result<Figures>
where
    F: Future<Output = Result<()>> + Send,
{
    let turn = Arc::new(AtomicU64::new(turns.start));
    let take = move || {
        let turn = turn.fetch_add(1, Ordering::Relaxed);
        let once = (turn < turns.end).then(|| once(turn));
        async move {
            match once {
                Some(once) => once.await.map(|()| true),
                None => Ok(false),
            }
        }
    };
    repeated_by_tasks(tasks, length, take).await
}

fn microseconds(latency: Duration) -> u32 {
    u32::try_from(latency.as_micros()).unwrap_or(u32::MAX)
}
