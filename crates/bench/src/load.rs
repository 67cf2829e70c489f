//! A load on a server: so many connections, each asking again as soon as it has its answer, for a while.

use crate::http::{Answer, Connection};
use crate::machine::cores;
use crate::process::Process;
use crate::statistics::{number, quantile};
use crate::work::Work;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

/// 503: the server has more to do than it can take on.
const REFUSED: u16 = 503;

/// A server that has not answered so long after the end is broken.
const PATIENCE: Duration = Duration::from_secs(30);

/// The time that counts: what ends within it does, whenever it began. To leave out what began before would leave out a
/// part of the throughput, the greater the longer one request takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    /// What ends earlier is warming up.
    pub(crate) from: Instant,
    /// What ends later is not counted, and nothing begins later.
    pub(crate) until: Instant,
}

impl Window {
    /// Begins after a fifth of `length`, which is for warming up.
    pub(crate) fn of(length: Duration) -> Window {
        let from = Instant::now() + length / 5;
        Window { from, until: from + length }
    }

    /// True for the end of something that counts.
    pub(crate) fn holds(self, end: Instant) -> bool {
        (self.from..self.until).contains(&end)
    }
}

/// What to put on a server.
#[derive(Clone)]
pub(crate) struct Load {
    /// The server.
    pub(crate) address: SocketAddr,
    /// How many connections ask at once.
    pub(crate) connections: usize,
    /// What they ask for.
    pub(crate) work: Arc<dyn Work>,
    /// How fast they ask all together; without it, as fast as they are answered.
    pub(crate) pace: Option<Arc<Pace>>,
}

/// A steady rate, shared by all connections: whichever is free takes the next turn.
pub(crate) struct Pace {
    started: Instant,
    every: Duration,
    taken: AtomicU32,
}

impl Pace {
    /// So many turns a second from now on.
    pub(crate) fn per_second(rate: f64) -> Pace {
        Pace { started: Instant::now(), every: Duration::from_secs_f64(1.0 / rate), taken: AtomicU32::new(0) }
    }

    fn turn(&self) -> Instant {
        self.started + self.every * self.taken.fetch_add(1, Ordering::Relaxed)
    }
}

/// What came of a load within its window.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Latencies of what was answered as wanted, in microseconds.
    pub(crate) served: Vec<u32>,
    /// Latencies of what was answered with 503.
    pub(crate) refused: Vec<u32>,
    /// How much was answered otherwise or not at all.
    pub(crate) failed: usize,
    /// What the first of those said.
    pub(crate) complaint: Option<String>,
    /// True when there was nothing left to ask for before the window's end.
    pub(crate) ran_out: bool,
    /// When the last one ended that counts.
    pub(crate) last: Option<Instant>,
}

impl Tally {
    /// Sums up; fails when nothing was served.
    pub(crate) fn figures(&mut self, window: Window, processor_time: Duration) -> Result<Figures> {
        self.served.sort_unstable();
        self.refused.sort_unstable();
        let until = self.last.filter(|_| self.ran_out).unwrap_or(window.until);
        let seconds = until.duration_since(window.from).as_secs_f64();
        let (Some(p50), Some(p99)) = (milliseconds(&self.served, 500), milliseconds(&self.served, 990)) else {
            bail!("nothing was served: {}", self.complaint.as_deref().unwrap_or("no answer came in time"));
        };
        let count = number(self.served.len());
        Ok(Figures { per_second: count / seconds, p50, p99, processor: processor_time.as_secs_f64() * 1e6 / count })
    }

    /// Takes what another one counted.
    pub(crate) fn merge(&mut self, other: Tally) {
        self.served.extend(other.served);
        self.refused.extend(other.refused);
        self.failed += other.failed;
        self.complaint = self.complaint.take().or(other.complaint);
        self.ran_out |= other.ran_out;
        self.last = self.last.max(other.last);
    }

    fn count(&mut self, answer: &Answer<'_>, wanted: u16, latency: Duration) {
        let latency = u32::try_from(latency.as_micros()).unwrap_or(u32::MAX);
        match answer.status {
            status if status == wanted => self.served.push(latency),
            REFUSED => self.refused.push(latency),
            status => self.fail(|| format!("{status} {}", String::from_utf8_lossy(answer.body))),
        }
    }

    fn fail(&mut self, complaint: impl FnOnce() -> String) {
        self.failed += 1;
        self.complaint.get_or_insert_with(complaint);
    }
}

/// A quantile of sorted latencies in milliseconds.
pub(crate) fn milliseconds(sorted: &[u32], per_mille: usize) -> Option<f64> {
    quantile(sorted, per_mille).map(|microseconds| f64::from(microseconds) / 1000.0)
}

/// The figures of one measurement.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Figures {
    /// How many were served in a second.
    pub(crate) per_second: f64,
    /// The latency of the middle one, in milliseconds.
    #[serde(rename = "p50_ms")]
    pub(crate) p50: f64,
    /// The latency that one in a hundred exceeds, in milliseconds.
    #[serde(rename = "p99_ms")]
    pub(crate) p99: f64,
    /// Processor time for each, in microseconds.
    #[serde(rename = "cpu_us")]
    pub(crate) processor: f64,
}

impl Figures {
    /// The same for something that takes so many of these, one after the other.
    pub(crate) fn for_each(self, count: u8) -> Figures {
        let count = f64::from(count);
        Figures {
            per_second: self.per_second / count,
            p50: self.p50 * count,
            p99: self.p99 * count,
            processor: self.processor * count,
        }
    }
}

/// Puts `load` on a server for so long, and counts what `process` used meanwhile.
pub(crate) async fn measure(process: Process, load: Load, length: Duration) -> Result<(Figures, Tally)> {
    let window = Window::of(length);
    let driving = tokio::task::spawn_blocking(move || drive(&load, window));
    let used = processor_time_within(process, window).await?;
    let mut tally = driving.await.context("the load panicked")??;
    Ok((tally.figures(window, used)?, tally))
}

/// The processor time that a process uses within a window to come.
pub(crate) async fn processor_time_within(process: Process, window: Window) -> Result<Duration> {
    sleep_until(window.from).await;
    let before = process.processor_time()?;
    sleep_until(window.until).await;
    Ok(process.processor_time()?.saturating_sub(before))
}

/// Asks until the window ends. Each thread has a share of the connections and a runtime of its own: tasks that move
/// from thread to thread would cost the machine more than the requests do.
pub(crate) fn drive(load: &Load, window: Window) -> Result<Tally> {
    let threads = cores().get().min(load.connections);
    std::thread::scope(|scope| {
        let hands: Vec<_> = (0..threads)
            .map(|hand| {
                let share = (load.connections + threads - 1 - hand) / threads;
                scope.spawn(move || converse_all(load, share, window))
            })
            .collect();
        let mut tally = Tally::default();
        for hand in hands {
            tally.merge(hand.join().map_err(|_| anyhow::anyhow!("a thread of the load panicked"))??);
        }
        Ok(tally)
    })
}

fn converse_all(load: &Load, share: usize, window: Window) -> Result<Tally> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut conversations = JoinSet::new();
        for _ in 0..share {
            #[expect(clippy::disallowed_methods, reason = "the load is made of tasks, and ends with them")]
            conversations.spawn(converse(load.clone(), window));
        }
        let mut tally = Tally::default();
        while let Some(done) =
            timeout_at(window.until + PATIENCE, conversations.join_next()).await.context("no answer")?
        {
            tally.merge(done.context("a task of the load panicked")??);
        }
        Ok(tally)
    })
}

async fn converse(load: Load, window: Window) -> Result<Tally> {
    let (mut tally, mut request) = (Tally::default(), Vec::new());
    let mut connection = Connection::open(load.address).await?;
    loop {
        if let Some(pace) = &load.pace {
            sleep_until(pace.turn()).await;
        }
        let begun = Instant::now();
        if begun >= window.until {
            return Ok(tally);
        }
        request.clear();
        if !load.work.request(&mut request) {
            tally.ran_out = true;
            return Ok(tally);
        }
        let first = connection.exchange(&request).await;
        let exchanged = match follow(&load, &first, &mut request) {
            Ok(true) => {
                drop(first);
                connection.exchange(&request).await
            }
            Ok(false) => first,
            Err(error) => Err(error),
        };
        let ended = Instant::now();
        let kept_alive = match &exchanged {
            Ok(answer) => {
                if answer.status == load.work.wanted() {
                    load.work.answered(answer.body);
                }
                if window.holds(ended) {
                    tally.last = Some(ended);
                    tally.count(answer, load.work.wanted(), ended - begun);
                }
                answer.kept_alive
            }
            Err(error) => {
                tally.fail(|| format!("{error:#}"));
                false
            }
        };
        if !kept_alive {
            connection = Connection::open(load.address).await?;
        }
    }
}

/// Whether a second request belongs to the same work; then it is written in place of the first.
fn follow(load: &Load, first: &Result<Answer<'_>>, request: &mut Vec<u8>) -> Result<bool> {
    match first {
        Ok(answer) if answer.status == load.work.wanted() => {
            request.clear();
            load.work.follow(answer.body, request)
        }
        _ => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16) -> Answer<'static> {
        Answer { status, body: b"{}", kept_alive: true }
    }

    fn window() -> Window {
        let from = Instant::now();
        Window { from, until: from + Duration::from_secs(4) }
    }

    #[test]
    fn what_was_served_refused_and_failed_is_counted_apart() {
        let mut tally = Tally::default();
        for (status, microseconds) in [(200, 1000), (503, 50), (200, 3000), (401, 10), (500, 10)] {
            tally.count(&answer(status), 200, Duration::from_micros(microseconds));
        }
        assert_eq!((tally.served.len(), tally.refused.len(), tally.failed), (2, 1, 2));
        assert_eq!(tally.complaint.as_deref(), Some("401 {}"), "the first is kept");

        let figures = tally.figures(window(), Duration::from_millis(8)).unwrap();
        assert!((figures.per_second - 0.5).abs() < 1e-9, "two in four seconds: {figures:?}");
        assert!((figures.p50 - 1.0).abs() < 1e-9 && (figures.p99 - 3.0).abs() < 1e-9, "{figures:?}");
        assert!((figures.processor - 4000.0).abs() < 1e-9, "eight milliseconds for two: {figures:?}");
    }

    #[test]
    fn a_load_that_ran_out_is_judged_by_the_time_it_lasted() {
        let window = window();
        let last = Some(window.from + Duration::from_secs(1));
        let mut tally = Tally { served: vec![1; 100], ran_out: true, last, ..Tally::default() };
        let figures = tally.figures(window, Duration::ZERO).unwrap();
        assert!((figures.per_second - 100.0).abs() < 1e-9, "{figures:?}");
    }

    #[test]
    fn nothing_served_is_an_error_that_says_why() {
        let mut tally = Tally::default();
        tally.count(&answer(404), 200, Duration::ZERO);
        let error = tally.figures(window(), Duration::ZERO).unwrap_err();
        assert_eq!(error.to_string(), "nothing was served: 404 {}");
    }

    #[test]
    fn a_pace_gives_each_turn_its_moment() {
        let pace = Pace::per_second(100.0);
        let turns = [pace.turn(), pace.turn(), pace.turn()];
        assert_eq!(turns[2] - turns[1], Duration::from_millis(10));
        assert_eq!(turns[1] - turns[0], Duration::from_millis(10));
    }
}
