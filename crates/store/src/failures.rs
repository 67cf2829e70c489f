//! Failures in a row, and the locks that follow from them.

use crate::{Engine, Result, Tx, row};
use doorward_model::id::TenantId;
use doorward_model::time::Timestamp;

/// The count of a subject.
#[derive(Debug, Clone, Copy)]
pub struct Count {
    /// Failures since the last success or lock.
    pub in_a_row: i64,
    /// Failures since the last success, locks between them or not.
    pub in_all: i64,
}
row!(Count { in_a_row, in_all });

/// A lock that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// Its kind, in the wire's words.
    pub lock_kind: String,
    /// Until when it holds.
    pub locked_until: Timestamp,
}
row!(Lock { lock_kind, locked_until });

/// Lets the transactions that judge guesses of one subject go one after another: a row that is not there yet cannot be
/// locked. SQLite has one writer anyway.
pub fn take_turns(tx: &mut Tx, tenant: &TenantId, subject: &str) -> Result<()> {
    if tx.engine() == Engine::Postgres {
        tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1 || ':' || $2, 0))", &[tenant, &subject])?;
    }
    Ok(())
}

/// The lock of the subject, if it is locked.
pub fn lock_of(tx: &mut Tx, tenant: &TenantId, subject: &str, kind: &str, now: Timestamp) -> Result<Option<Lock>> {
    tx.optional(
        "SELECT lock_kind, locked_until FROM failures
         WHERE tenant = $1 AND subject = $2 AND kind = $3 AND locked_until > $4",
        &[tenant, &subject, &kind, &now],
    )
}

/// Counts one more failure and returns the count, in one statement, so that parallel guesses are all counted.
pub fn add(tx: &mut Tx, tenant: &TenantId, subject: &str, kind: &str, now: Timestamp) -> Result<Count> {
    tx.one(
        "INSERT INTO failures (tenant, subject, kind, in_a_row, in_all, locked_until, last_at) VALUES ($1, $2, $3, 1, 1, 0, $4)
         ON CONFLICT (tenant, subject, kind) DO UPDATE SET
             in_a_row = failures.in_a_row + 1, in_all = failures.in_all + 1, last_at = excluded.last_at
         RETURNING in_a_row, in_all",
        &[tenant, &subject, &kind, &now],
    )
}

/// The same, unless the subject is locked: of many at once, none gets past a lock that another one trips.
#[must_use = "none means that the subject is locked"]
pub fn add_unless_locked(
    tx: &mut Tx,
    tenant: &TenantId,
    subject: &str,
    kind: &str,
    now: Timestamp,
) -> Result<Option<Count>> {
    tx.optional(
        "INSERT INTO failures (tenant, subject, kind, in_a_row, in_all, locked_until, last_at) VALUES ($1, $2, $3, 1, 1, 0, $4)
         ON CONFLICT (tenant, subject, kind) DO UPDATE SET
             in_a_row = failures.in_a_row + 1, in_all = failures.in_all + 1, last_at = excluded.last_at
         WHERE failures.locked_until <= $4
         RETURNING in_a_row, in_all",
        &[tenant, &subject, &kind, &now],
    )
}

/// Locks the subject, whether anything was counted against it or not.
pub fn lock(tx: &mut Tx, tenant: &TenantId, subject: &str, kind: &str, lock: &Lock, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO failures (tenant, subject, kind, in_a_row, in_all, locked_until, lock_kind, last_at)
         VALUES ($1, $2, $3, 0, 0, $4, $5, $6)
         ON CONFLICT (tenant, subject, kind) DO UPDATE SET
             locked_until = excluded.locked_until, lock_kind = excluded.lock_kind",
        &[tenant, &subject, &kind, &lock.locked_until, &lock.lock_kind, &now],
    )?;
    Ok(())
}

/// Lifts the subject's lock; what was counted stays.
pub fn unlock(tx: &mut Tx, tenant: &TenantId, subject: &str, kind: &str) -> Result<()> {
    tx.execute(
        "UPDATE failures SET locked_until = 0 WHERE tenant = $1 AND subject = $2 AND kind = $3",
        &[tenant, &subject, &kind],
    )?;
    Ok(())
}

/// Starts the subject's count anew; what it failed in all stays.
pub fn restart(tx: &mut Tx, tenant: &TenantId, subject: &str, kind: &str) -> Result<()> {
    tx.execute(
        "UPDATE failures SET in_a_row = 0 WHERE tenant = $1 AND subject = $2 AND kind = $3",
        &[tenant, &subject, &kind],
    )?;
    Ok(())
}

/// Forgets the subject's failures of one kind, and lifts their lock.
pub fn clear(tx: &mut Tx, tenant: &TenantId, subject: &str, kind: &str) -> Result<()> {
    tx.execute("DELETE FROM failures WHERE tenant = $1 AND subject = $2 AND kind = $3", &[tenant, &subject, &kind])?;
    Ok(())
}

/// Gives the counts of one subject to another that has none.
pub fn hand_over(tx: &mut Tx, tenant: &TenantId, from: &str, to: &str) -> Result<()> {
    tx.execute("DELETE FROM failures WHERE tenant = $1 AND subject = $2", &[tenant, &to])?;
    tx.execute("UPDATE failures SET subject = $3 WHERE tenant = $1 AND subject = $2", &[tenant, &from, &to])?;
    Ok(())
}

/// Forgets what is neither recent nor locked; failures of unknown identifiers would pile up for ever.
pub fn sweep(tx: &mut Tx, before: Timestamp, now: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM failures WHERE last_at < $1 AND locked_until < $2", &[&before, &now])
}
