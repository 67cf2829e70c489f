//! Two measures beside the grid: more logins than can be hashed, and what a refusal tells of who is here.

use crate::limit;
use crate::load::{Load, Pace, measure, milliseconds};
use crate::report::{Fact, Target};
use crate::served::Served;
use crate::stage::Stage;
use crate::statistics::{Spread, number};
use crate::work::{Get, Login, Read, Whose, WrongPassword};
use anyhow::Result;
use std::sync::Arc;
use std::time::Duration;

/// So many times the logins that can be hashed.
const TIMES: f64 = 10.0;

/// More than the server lets wait for a hash, so that some are always free to ask.
const CALLERS: usize = 400;

/// Token checks in a second beside the storm: a steady stream that leaves the cores free by itself.
const CHECKS: f64 = 500.0;
const CHECKERS: usize = 16;

/// Questions of a supervisor in a second.
const QUESTIONS: f64 = 20.0;

/// How often the server's memory is looked at.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// What one repetition came to; latencies in milliseconds.
struct Weathered {
    calm: Beside,
    storm: Beside,
    served: f64,
    refused: f64,
    refused_p99: Option<f64>,
    failed: usize,
    resident: f64,
    private: f64,
    /// Logins served, as a share of what could be hashed just before.
    share: f64,
}

/// How long those waited who did not want to sign in.
#[derive(Clone, Copy)]
struct Beside {
    check_p99: f64,
    health_p99: f64,
}

/// Ten times the logins that can be hashed, with token checks and health checks beside them.
pub(crate) async fn weather(stage: &Stage<'_>, server: &Served) -> Result<Vec<Fact>> {
    let mut all = Vec::new();
    for _ in 0..stage.repeat() {
        all.push(weather_once(stage, server).await?);
    }
    let fact = |what: &str, unit, target, value: &dyn Fn(&Weathered) -> Option<f64>| {
        Some(stage.fact(what, unit, Spread::of(all.iter().filter_map(value))?, target))
    };
    let under_50_ms = Some(Target::AtMost(50.0));
    let failed: usize = all.iter().map(|weathered| weathered.failed).sum();
    Ok([
        fact("token check p99, calm", "ms", None, &|one| Some(one.calm.check_p99)),
        fact("token check p99, storm", "ms", under_50_ms, &|one| Some(one.storm.check_p99)),
        fact("health p99, calm", "ms", None, &|one| Some(one.calm.health_p99)),
        fact("health p99, storm", "ms", under_50_ms, &|one| Some(one.storm.health_p99)),
        fact("logins served, storm", "/s", None, &|one| Some(one.served)),
        fact("logins served, of raw hashes", "%", None, &|one| Some(one.share * 100.0)),
        fact("logins refused, storm", "/s", None, &|one| Some(one.refused)),
        fact("refused login p99, storm", "ms", Some(Target::AtMost(100.0)), &|one| one.refused_p99),
        fact("RSS, storm", "MB", Some(Target::AtMost(150.0)), &|one| Some(one.resident)),
        fact("RSS, storm, private part", "MB", None, &|one| Some(one.private)),
        (failed > 0).then(|| stage.count("logins failed otherwise, storm", failed)),
    ]
    .into_iter()
    .flatten()
    .collect())
}

async fn weather_once(stage: &Stage<'_>, server: &Served) -> Result<Weathered> {
    let hashes = limit::hashes(stage.length()).await?.per_second;
    let calm = beside(stage, server).await?;

    let logins = Load {
        address: server.address,
        connections: CALLERS,
        work: Arc::new(Login::new(stage.tenant())),
        pace: Some(Arc::new(Pace::per_second(hashes * TIMES))),
    };
    let storm = async { tokio::try_join!(measure(server.process(), logins, stage.length()), beside(stage, server)) };
    tokio::pin!(storm);
    let (mut resident, mut private) = (0.0_f64, 0.0_f64);
    let ((figures, mut tally), storm) = loop {
        tokio::select! {
            done = &mut storm => break done?,
            () = tokio::time::sleep(BETWEEN_LOOKS) => {
                let memory = server.process().memory()?;
                resident = resident.max(memory.resident);
                private = private.max(memory.private);
            }
        }
    };
    tally.refused.sort_unstable();
    Ok(Weathered {
        calm,
        storm,
        served: figures.per_second,
        refused: number(tally.refused.len()) / stage.length().as_secs_f64(),
        refused_p99: milliseconds(&tally.refused, 990),
        failed: tally.failed,
        resident,
        private,
        share: figures.per_second / hashes,
    })
}

/// A stream of token checks and health checks.
async fn beside(stage: &Stage<'_>, server: &Served) -> Result<Beside> {
    let checks = Load {
        address: server.address,
        connections: CHECKERS,
        work: Arc::new(Read::validate(stage.tenant())),
        pace: Some(Arc::new(Pace::per_second(CHECKS))),
    };
    let questions = Load {
        address: server.address,
        connections: 1,
        work: Arc::new(Get("/health/live")),
        pace: Some(Arc::new(Pace::per_second(QUESTIONS))),
    };
    let process = server.process();
    let ((checked, _), (answered, _)) =
        tokio::try_join!(measure(process, checks, stage.length()), measure(process, questions, stage.length()))?;
    Ok(Beside { check_p99: checked.p99, health_p99: answered.p99 })
}

/// A wrong password, one at a time, for addresses that have an account and for such that have none.
pub(crate) async fn enumerate(stage: &Stage<'_>, server: &Served) -> Result<Vec<Fact>> {
    let mut medians = [Vec::new(), Vec::new()];
    let works = [Whose::Somebodys, Whose::Nobodys].map(|whose| Arc::new(WrongPassword::new(stage.tenant(), whose)));
    for _ in 0..stage.repeat() {
        for (work, medians) in works.iter().zip(&mut medians) {
            let load = Load { address: server.address, connections: 1, work: work.clone(), pace: None };
            medians.push(measure(server.process(), load, stage.length()).await?.0.p50);
        }
    }
    let [known, unknown] = medians;
    let gaps = known.iter().zip(&unknown).map(|(known, unknown)| unknown - known);
    let fact = |what, spread: Option<Spread>| spread.map(|spread| stage.fact(what, "ms", spread, None));
    Ok([
        fact("wrong password p50, known address", Spread::of(known.iter().copied())),
        fact("wrong password p50, unknown address", Spread::of(unknown.iter().copied())),
        fact("the gap between them", Spread::of(gaps)),
    ]
    .into_iter()
    .flatten()
    .collect())
}
