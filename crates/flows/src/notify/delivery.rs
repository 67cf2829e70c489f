//! Queued messages, handed over to whoever carries them.

use crate::app::outside::{Carrier, Channel, Message, Undelivered};
use crate::{App, Result, notify};
use doorward_model::time::{Span, Timestamp};
use doorward_store::jobs::{self, Claimed, Lane, Outcome};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// How many messages of one lane are in hand at once.
const AT_ONCE: usize = 16;
/// How long a worker may take for a message before another may claim it.
const LEASE: Span = Span::seconds(60);
/// A provider that says nothing for so long did not answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The pause after the first failure; it doubles with each.
const FIRST_PAUSE: Span = Span::seconds(2);
const LONGEST_PAUSE: Span = Span::minutes(10);

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
pub(crate) struct Hands {
    lane: Lane,
    busy: JoinSet<Result<()>>,
}

impl Hands {
    pub(crate) fn on(lane: Lane) -> Hands {
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

    pub(crate) fn are_busy(&self) -> bool {
        !self.busy.is_empty()
    }

    /// Takes up what is due; how many messages that were.
    pub(crate) async fn fill(&mut self, app: &App) -> Result<usize> {
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
    pub(crate) async fn free_one(&mut self) {
        match self.busy.join_next().await {
            None | Some(Ok(Ok(()))) => {}
            Some(Ok(Err(error))) => {
                tracing::warn!(?error, "a message's outcome could not be written; it may go out twice");
            }
            Some(Err(panic)) => tracing::error!(%panic, "handing a message over panicked; it is tried again"),
        }
    }

    pub(crate) async fn free_all(&mut self) {
        while self.are_busy() {
            self.free_one().await;
        }
    }
}

async fn deliver(app: &App, job: Claimed) -> Result<()> {
    if app.now() >= job.expires_at {
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
        Err(Undelivered::Unreachable(why)) => try_again(app, job, &why, Span(0)).await,
        Err(Undelivered::NotBefore(why, wait)) => try_again(app, job, &why, within_a_day(wait)).await,
    }
}

/// Puts it off by the usual pause, or by `least` if that is longer.
async fn try_again(app: &App, job: Claimed, why: &str, least: Span) -> Result<()> {
    let pause = pause(job.attempts).max(least);
    tracing::warn!(job = %job.id, tenant = %job.tenant, why, attempts = job.attempts, "a message was not taken; trying again");
    put_off(app, job, app.now().plus(pause)).await
}

/// No message is worth more than a day of waiting, whatever a service says.
fn within_a_day(wait: Duration) -> Span {
    i64::try_from(wait.as_millis()).map_or(Span::days(1), Span).min(Span::days(1))
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
