//! The worker: hands queued messages over, and sweeps out what nobody needs any more.
//!
//! What belongs here: the loop and what it does in turn. What does not: how any of it is done.

use crate::notify::delivery::Hands;
use crate::{App, Result};
use doorward_model::time::Span;
use doorward_store::jobs::{self, Lane};
use doorward_store::{
    challenges, failures, mfa_transactions, newcomers, passkey_ceremonies, pin_tokens, sessions, sign_in_codes,
    signatures, sotts, step_up_tokens, waiting_devices,
};
use std::time::Duration;

mod rotation;

/// How long nothing happens when nothing wakes the worker: messages of other processes are found this late.
const IDLE: Duration = Duration::from_secs(1);

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
