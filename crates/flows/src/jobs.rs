//! The worker: hands queued messages over, and sweeps out what nobody needs any more.

use crate::outside::{Carrier, Channel, Message, Undelivered};
use crate::{App, Result, notify, rotation};
use doorward_model::time::{Span, Timestamp};
use doorward_store::jobs::{Claimed, Lane, Outcome};
use doorward_store::{
    challenges, failures, jobs, mfa_transactions, newcomers, passkey_ceremonies, pin_tokens, sessions, sign_in_codes,
    signatures, sotts, step_up_tokens, waiting_devices,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// How many messages of one lane are in hand at once.
const AT_ONCE: usize = 16;
/// How long a worker may take for a message before another may claim it.
const LEASE: Span = Span::seconds(60);
/// A provider that says nothing for so long did not answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long nothing happens when nothing wakes the worker: messages of other processes are found this late.
const IDLE: Duration = Duration::from_secs(1);
/// The pause after the first failure; it doubles with each.
const FIRST_PAUSE: Span = Span::seconds(2);
const LONGEST_PAUSE: Span = Span::minutes(10);
/// How long ended messages, used codes and old failures are remembered.
const MEMORY: Span = Span::days(7);
const BETWEEN_SWEEPS: Span = Span::minutes(10);

/// Works until `stop` is done, then finishes what it has in hand.
pub async fn work(app: App, stop: impl Future<Output = ()> + Send) {
    tokio::pin!(stop);
    let (mut mail, mut texts, mut calls) = (Hands::on(Lane::Mail), Hands::on(Lane::Text), Hands::on(Lane::Call));
    let mut swept_at = None;
    loop {
        for hands in [&mut mail, &mut texts, &mut calls] {
            if let Err(error) = hands.fill(&app).await {
                tracing::warn!(?error, "the outbox could not be read; trying again");
            }
        }
        let now = app.now();
        if swept_at.is_none_or(|at| now.since(at) > BETWEEN_SWEEPS) {
            swept_at = Some(now);
            if let Err(error) = sweep(&app).await {
                tracing::warn!(?error, "old rows could not be swept out; trying again later");
            }
        }
        tokio::select! {
            () = &mut stop => break,
            () = app.wake.notified() => {}
            () = tokio::time::sleep(IDLE) => {}
            () = mail.free_one(), if mail.are_busy() => {}
            () = texts.free_one(), if texts.are_busy() => {}
            () = calls.free_one(), if calls.are_busy() => {}
        }
    }
    mail.free_all().await;
    texts.free_all().await;
    calls.free_all().await;
}

/// Hands over what is due now, one message after the other in the order in which they were queued; how many those were.
pub async fn run_due(app: &App) -> Result<usize> {
    let mut count = 0;
    for lane in [Lane::Mail, Lane::Text, Lane::Call] {
        let mut hands = Hands::on(lane);
        while hands.take(app, 1).await? > 0 {
            hands.free_all().await;
            count += 1;
        }
    }
    Ok(count)
}

/// The messages of one lane that are being handed over. A provider that hangs keeps only its own lane waiting.
struct Hands {
    lane: Lane,
    busy: JoinSet<Result<()>>,
}

impl Hands {
    fn on(lane: Lane) -> Hands {
        Hands { lane, busy: JoinSet::new() }
    }

    /// Whether it is worth to look: who cannot hand a message over leaves it to a process that can.
    fn may_go_out(&self, app: &App) -> bool {
        let carrier = match self.lane {
            Lane::Mail => &app.outside.mail,
            Lane::Text => &app.outside.sms,
            Lane::Call => &app.outside.voice,
        };
        carrier.is_some()
    }

    fn are_busy(&self) -> bool {
        !self.busy.is_empty()
    }

    /// Takes up what is due; how many messages that were.
    async fn fill(&mut self, app: &App) -> Result<usize> {
        let free = AT_ONCE - self.busy.len();
        // Each look is a transaction, so that it should be worth it.
        if free < AT_ONCE / 2 { Ok(0) } else { self.take(app, free).await }
    }

    /// Takes up so many of those that are due; how many messages that were.
    async fn take(&mut self, app: &App, most: usize) -> Result<usize> {
        if !self.may_go_out(app) {
            return Ok(0);
        }
        let (lane, most, now) = (self.lane, i64::try_from(most).unwrap_or(i64::MAX), app.now());
        let claimed = app.write(move |tx| Ok(jobs::claim(tx, lane, most, LEASE, now)?)).await?;
        let count = claimed.len();
        for job in claimed {
            let app = app.clone();
            #[expect(clippy::disallowed_methods, reason = "the worker is the runner that tasks belong to")]
            self.busy.spawn(async move { deliver(&app, job).await });
        }
        Ok(count)
    }

    /// Waits until one of the busy hands is free again.
    async fn free_one(&mut self) {
        match self.busy.join_next().await {
            None | Some(Ok(Ok(()))) => {}
            Some(Ok(Err(error))) => {
                tracing::warn!(?error, "a message's outcome could not be written; it may go out twice");
            }
            Some(Err(panic)) => tracing::error!(%panic, "handing a message over panicked; it is tried again"),
        }
    }

    async fn free_all(&mut self) {
        while self.are_busy() {
            self.free_one().await;
        }
    }
}

async fn deliver(app: &App, job: Claimed) -> Result<()> {
    let now = app.now();
    if now >= job.expires_at {
        tracing::warn!(job = %job.id, tenant = %job.tenant, "a message was not handed over in time and is dropped");
        return end(app, job, Outcome::Expired).await;
    }
    let letter = match notify::open(app, &job) {
        Ok(letter) => letter,
        Err(error) => {
            tracing::error!(job = %job.id, ?error, "a queued message cannot be read and is dropped");
            return end(app, job, Outcome::Refused).await;
        }
    };
    let message = notify::write(app, &job, letter).await?;
    match hand_over(app, &message).await {
        Ok(()) => end(app, job, Outcome::Delivered).await,
        Err(Undelivered::Refused(why)) => {
            tracing::error!(job = %job.id, tenant = %job.tenant, template = message.template, why, "a message was refused");
            end(app, job, Outcome::Refused).await
        }
        Err(Undelivered::Unreachable(why)) => {
            let pause = pause(job.attempts);
            tracing::warn!(job = %job.id, tenant = %job.tenant, why, attempts = job.attempts, "a message was not taken; trying again");
            put_off(app, job, now.plus(pause)).await
        }
    }
}

async fn hand_over(app: &App, message: &Message) -> Result<(), Undelivered> {
    let carrier: Option<&Arc<dyn Carrier>> = match message.channel {
        Channel::Email => app.outside.mail.as_ref(),
        Channel::Sms => app.outside.sms.as_ref(),
        Channel::Voice => app.outside.voice.as_ref(),
    };
    let Some(carrier) = carrier else {
        return Err(Undelivered::Unreachable("no provider is set up for this channel".into()));
    };
    match tokio::time::timeout(PATIENCE, carrier.send(message)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Undelivered::Unreachable("the provider did not answer in time".into())),
    }
}

fn pause(attempts: i64) -> Span {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(20);
    Span(FIRST_PAUSE.0.saturating_mul(1 << doublings)).min(LONGEST_PAUSE)
}

async fn end(app: &App, job: Claimed, outcome: Outcome) -> Result<()> {
    let now = app.now();
    app.write(move |tx| Ok(jobs::end(tx, &job.tenant, &job.id, outcome, now)?)).await
}

async fn put_off(app: &App, job: Claimed, run_at: Timestamp) -> Result<()> {
    app.write(move |tx| Ok(jobs::put_off(tx, &job.tenant, &job.id, run_at)?)).await
}

/// Forgets what ended long ago, and encrypts anew what an earlier master key encrypted.
pub async fn sweep(app: &App) -> Result<()> {
    rotation::seal_anew(app).await?;
    let now = app.now();
    let before = now.minus(MEMORY);
    app.write(move |tx| {
        jobs::expire(tx, now)?;
        let swept = challenges::sweep(tx, before)?
            + failures::sweep(tx, before, now)?
            + sessions::sweep(tx, before)?
            + sign_in_codes::sweep(tx, before)?
            + pin_tokens::sweep(tx, before)?
            + step_up_tokens::sweep(tx, before)?
            + sotts::sweep(tx, before)?
            + signatures::sweep(tx, now)?
            + mfa_transactions::sweep(tx, before)?
            + passkey_ceremonies::sweep(tx, before)?
            + newcomers::sweep(tx, now)?
            + waiting_devices::sweep(tx, before)?
            + jobs::sweep(tx, before)?;
        if swept > 0 {
            tracing::debug!(swept, "old rows swept out");
        }
        Ok(())
    })
    .await
}
