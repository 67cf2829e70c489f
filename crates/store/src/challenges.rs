//! One-time codes: issued for a purpose to a subject, tried a few times, used once.

use crate::{Result, Tx, forms, row, waiting_devices};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::Digest;
use doorward_model::time::{Span, Timestamp};

pub use crate::purpose::Purpose;

/// A code about to be issued.
#[derive(Debug, Clone)]
pub struct New {
    /// What it is good for.
    pub purpose: Purpose,
    /// Keyed hash of the phone number or address it is sent to.
    pub subject: Digest,
    /// The account it belongs to; `None` for an identifier that nobody has.
    pub uid: Option<Uid>,
    /// Keyed hash of the code.
    pub code: Digest,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// How many codes a subject may be sent within a window.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    /// So many.
    pub sends: i64,
    /// Within this span.
    pub window: Span,
}

/// A challenge as the one who tries it sees it.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// The account it belongs to.
    pub uid: Option<Uid>,
    /// Keyed hash of the code.
    pub code: Digest,
    /// Wrong tries so far, this one included.
    pub tries: i64,
}
row!(Challenge { uid, code, tries });

/// A challenge as it stands, whatever its state.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Keyed hash of the code.
    pub code: Digest,
    /// When it is over.
    pub expires_at: Timestamp,
    /// When it was used.
    pub consumed_at: Option<Timestamp>,
}
row!(Standing { code, expires_at, consumed_at });

/// When the subject's latest code was issued, if it is still live.
pub fn live_since(
    tx: &mut Tx,
    tenant: &TenantId,
    purpose: Purpose,
    subject: &Digest,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let row: Option<(Timestamp,)> = forms::find(subject, |subject| {
        tx.optional(
            "SELECT issued_at FROM challenges
             WHERE tenant = $1 AND purpose = $2 AND subject = $3 AND consumed_at IS NULL AND expires_at > $4",
            &[tenant, &purpose.as_str(), subject, &now],
        )
    })?;
    Ok(row.map(|(issued_at,)| issued_at))
}

/// Issues a code in place of the earlier one of the same purpose and subject; false when the quota is used up.
#[must_use = "false means that nothing was issued"]
pub fn issue(tx: &mut Tx, tenant: &TenantId, new: &New, quota: Quota, now: Timestamp) -> Result<bool> {
    let window_start = now.minus(quota.window);
    let subject = forms::standing(tx, &new.subject, |tx, form| Ok(standing(tx, tenant, new.purpose, form)?.is_some()))?;
    let issued = tx.execute(
        "INSERT INTO challenges (tenant, purpose, subject, uid, code, issued_at, expires_at, tries, sends, window_started_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 1, $6)
         ON CONFLICT (tenant, purpose, subject) DO UPDATE SET
             uid = excluded.uid, code = excluded.code, issued_at = excluded.issued_at, expires_at = excluded.expires_at,
             tries = 0, consumed_at = NULL,
             sends = CASE WHEN challenges.window_started_at <= $8 THEN 1 ELSE challenges.sends + 1 END,
             window_started_at = CASE WHEN challenges.window_started_at <= $8 THEN excluded.window_started_at
                                      ELSE challenges.window_started_at END
         WHERE challenges.window_started_at <= $8 OR challenges.sends < $9",
        &[
            tenant,
            &new.purpose.as_str(),
            &subject,
            &new.uid,
            &new.code,
            &now,
            &new.expires_at,
            &window_start,
            &quota.sends,
        ],
    )?;
    Ok(issued == 1)
}

/// Counts one try, if the challenge is live and has tries left; the caller compares the code and takes the try back
/// with [`forgive`] when it was right.
#[must_use = "none means that there is nothing to try"]
pub fn try_once(
    tx: &mut Tx,
    tenant: &TenantId,
    purpose: Purpose,
    subject: &Digest,
    most: i64,
    now: Timestamp,
) -> Result<Option<Challenge>> {
    forms::find(subject, |subject| {
        tx.optional(
            "UPDATE challenges SET tries = tries + 1
             WHERE tenant = $1 AND purpose = $2 AND subject = $3 AND consumed_at IS NULL AND expires_at > $5 AND tries < $4
             RETURNING uid, code, tries",
            &[tenant, &purpose.as_str(), subject, &most, &now],
        )
    })
}

/// Takes back the try that turned out to be right.
pub fn forgive(tx: &mut Tx, tenant: &TenantId, purpose: Purpose, subject: &Digest) -> Result<()> {
    forms::change(subject, |subject| {
        tx.execute(
            "UPDATE challenges SET tries = tries - 1 WHERE tenant = $1 AND purpose = $2 AND subject = $3 AND tries > 0",
            &[tenant, &purpose.as_str(), subject],
        )
    })?;
    Ok(())
}

/// True for exactly one caller who holds the right code, however many race for it.
#[must_use = "false means that somebody else used it"]
pub fn consume(
    tx: &mut Tx,
    tenant: &TenantId,
    purpose: Purpose,
    subject: &Digest,
    code: &Digest,
    most: i64,
    now: Timestamp,
) -> Result<bool> {
    let consumed = forms::change(subject, |subject| {
        forms::change(code, |code| {
            tx.execute(
                "UPDATE challenges SET consumed_at = $6
                 WHERE tenant = $1 AND purpose = $2 AND subject = $3 AND code = $4 AND consumed_at IS NULL
                     AND expires_at > $6 AND tries < $5",
                &[tenant, &purpose.as_str(), subject, code, &most, &now],
            )
        })
    })?;
    Ok(consumed == 1)
}

/// The subject's latest challenge, live or not.
pub fn standing(tx: &mut Tx, tenant: &TenantId, purpose: Purpose, subject: &Digest) -> Result<Option<Standing>> {
    forms::find(subject, |subject| {
        tx.optional(
            "SELECT code, expires_at, consumed_at FROM challenges WHERE tenant = $1 AND purpose = $2 AND subject = $3",
            &[tenant, &purpose.as_str(), subject],
        )
    })
}

/// A challenge found by its code: that of a link, which names nothing else.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The account it belongs to.
    pub uid: Option<Uid>,
    /// Keyed hash of the address it was sent to.
    pub subject: Digest,
    /// When it is over.
    pub expires_at: Timestamp,
    /// When it was used.
    pub consumed_at: Option<Timestamp>,
}
row!(Linked { uid, subject, expires_at, consumed_at });

/// The challenge with this code, live or not.
pub fn by_code(tx: &mut Tx, tenant: &TenantId, purpose: Purpose, code: &Digest) -> Result<Option<Linked>> {
    forms::find(code, |code| {
        tx.optional(
            "SELECT uid, subject, expires_at, consumed_at FROM challenges
             WHERE tenant = $1 AND purpose = $2 AND code = $3",
            &[tenant, &purpose.as_str(), code],
        )
    })
}

/// Voids every live code of an account, and what an opened link has not yet led to.
pub fn void_all(tx: &mut Tx, tenant: &TenantId, uid: &Uid, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE challenges SET consumed_at = $3 WHERE tenant = $1 AND uid = $2 AND consumed_at IS NULL",
        &[tenant, uid, &now],
    )?;
    waiting_devices::turn_away(tx, tenant, uid)
}

/// Voids the live codes of one purpose of an account.
pub fn void(tx: &mut Tx, tenant: &TenantId, uid: &Uid, purpose: Purpose, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE challenges SET consumed_at = $4 WHERE tenant = $1 AND uid = $2 AND purpose = $3 AND consumed_at IS NULL",
        &[tenant, uid, &purpose.as_str(), &now],
    )?;
    Ok(())
}

/// Forgets the codes that ended before `before`.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM challenges WHERE expires_at < $1", &[&before])
}

/// Forgets every code of an account that is deleted.
pub fn forget(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    tx.execute("DELETE FROM challenges WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    Ok(())
}
