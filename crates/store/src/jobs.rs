//! Messages on their way out: written with what caused them, handed over later, at least once.

use crate::{Engine, Result, Tx, row};
use doorward_model::id::{JobId, TenantId, Uid};
use doorward_model::time::{Span, Timestamp};

/// A message about to be queued.
#[derive(Debug, Clone)]
pub struct New {
    /// Its id, also the idempotency key towards the provider.
    pub id: JobId,
    /// `email`, `sms` or `voice`.
    pub channel: String,
    /// The account that it is about, if that is known.
    pub uid: Option<Uid>,
    /// The encrypted message; `None` queues nothing but costs the same.
    pub sealed: Option<Vec<u8>>,
    /// After this it is of no use to anybody.
    pub expires_at: Timestamp,
}

/// A message that a worker has claimed.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its id.
    pub id: JobId,
    /// `email`, `sms` or `voice`.
    pub channel: String,
    /// The account that it is about, if that is known.
    pub uid: Option<Uid>,
    /// The encrypted message.
    pub sealed: Vec<u8>,
    /// After this it is of no use to anybody.
    pub expires_at: Timestamp,
    /// How often it was claimed, this time included.
    pub attempts: i64,
}
row!(Claimed { tenant, id, channel, uid, sealed, expires_at, attempts });

/// How a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A provider took it.
    Delivered,
    /// A provider will never take it.
    Refused,
    /// No provider took it in time.
    Expired,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Outcome::Delivered => "delivered",
            Outcome::Refused => "refused",
            Outcome::Expired => "expired",
        }
    }
}

/// Queues a message.
pub fn add(tx: &mut Tx, tenant: &TenantId, new: &New, now: Timestamp) -> Result<()> {
    // A message to nobody is a row like any other, ended from the start: known and unknown receivers cost the same.
    let ended_at = new.sealed.is_none().then_some(now);
    tx.execute(
        "INSERT INTO jobs (tenant, id, channel, sealed, created_at, expires_at, run_at, attempts, ended_at, outcome, uid)
         VALUES ($1, $2, $3, $4, $5, $6, $5, 0, $7, $8, $9)",
        &[tenant, &new.id, &new.channel, &new.sealed, &now, &new.expires_at, &ended_at, &"waiting", &new.uid],
    )?;
    Ok(())
}

/// Messages that go to one provider: what holds up one kind does not hold up the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// `email`.
    Mail,
    /// `sms`.
    Text,
    /// `voice`.
    Call,
}

impl Lane {
    fn channel(self) -> &'static str {
        match self {
            Lane::Mail => "email",
            Lane::Text => "sms",
            Lane::Call => "voice",
        }
    }
}

/// Claims up to `most` due messages of one lane for the length of `lease`; a worker that dies loses them to another
/// after that.
pub fn claim(tx: &mut Tx, lane: Lane, most: i64, lease: Span, now: Timestamp) -> Result<Vec<Claimed>> {
    let until = now.plus(lease);
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "UPDATE jobs SET run_at = $2, attempts = attempts + 1 WHERE ended_at IS NULL AND (tenant, id) IN
                 (SELECT tenant, id FROM jobs WHERE ended_at IS NULL AND run_at <= $1 AND channel = $4
                  ORDER BY run_at LIMIT $3)
             RETURNING tenant, id, channel, uid, sealed, expires_at, attempts"
        }
        Engine::Postgres => {
            "UPDATE jobs SET run_at = $2, attempts = attempts + 1 WHERE ended_at IS NULL AND (tenant, id) IN
                 (SELECT tenant, id FROM jobs WHERE ended_at IS NULL AND run_at <= $1 AND channel = $4
                  ORDER BY run_at LIMIT $3 FOR UPDATE SKIP LOCKED)
             RETURNING tenant, id, channel, uid, sealed, expires_at, attempts"
        }
    };
    tx.all(sql, &[&now, &until, &most, &lane.channel()])
}

/// Ends a message and blanks its text.
pub fn end(tx: &mut Tx, tenant: &TenantId, id: &JobId, outcome: Outcome, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE jobs SET ended_at = $4, outcome = $3, sealed = NULL WHERE tenant = $1 AND id = $2",
        &[tenant, id, &outcome.as_str(), &now],
    )?;
    Ok(())
}

/// Puts a message off until `run_at`.
pub fn put_off(tx: &mut Tx, tenant: &TenantId, id: &JobId, run_at: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE jobs SET run_at = $3 WHERE tenant = $1 AND id = $2 AND ended_at IS NULL",
        &[tenant, id, &run_at],
    )?;
    Ok(())
}

/// How a message ended, as `delivered`, `refused` or `expired`; `waiting` while it has not, `None` when it is forgotten.
pub fn outcome(tx: &mut Tx, tenant: &TenantId, id: &JobId) -> Result<Option<String>> {
    let found: Option<(String,)> =
        tx.optional("SELECT outcome FROM jobs WHERE tenant = $1 AND id = $2", &[tenant, id])?;
    Ok(found.map(|(outcome,)| outcome))
}

/// How many messages wait.
pub fn waiting(tx: &mut Tx) -> Result<i64> {
    let (count,): (i64,) = tx.one("SELECT COUNT(*) FROM jobs WHERE ended_at IS NULL", &[])?;
    Ok(count)
}

/// Ends the messages that are of no use to anybody any more, and blanks their texts: where nobody carries messages,
/// nothing else would.
pub fn expire(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.execute(
        "UPDATE jobs SET ended_at = $1, outcome = $2, sealed = NULL WHERE ended_at IS NULL AND expires_at < $1",
        &[&now, &Outcome::Expired.as_str()],
    )
}

/// Forgets the messages that ended before `before`.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM jobs WHERE ended_at < $1", &[&before])
}
