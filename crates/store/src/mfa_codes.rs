//! The codes of pending logins: at most one is live for a login and a channel.

use crate::{Result, Tx, row};
use doorward_model::id::TenantId;
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// The latest code that was sent.
#[derive(Debug, Clone)]
pub struct Code {
    /// Keyed hash of the phone number or address it was sent to.
    pub subject: Digest,
    /// Keyed hash of the code.
    pub code: Digest,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
    /// Wrong tries, those of the codes before it included.
    pub tries: i64,
    /// How many were sent on this channel.
    pub sends: i64,
}
row!(Code { subject, code, sent_at, expires_at, tries, sends });

/// A code about to be sent.
#[derive(Debug, Clone)]
pub struct New {
    /// By which way.
    pub channel: &'static str,
    /// Keyed hash of the phone number or address it goes to.
    pub subject: Digest,
    /// Keyed hash of the code.
    pub code: Digest,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// How often codes of one login may be tried and sent.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Wrong tries after which a code is void.
    pub tries: i64,
    /// Codes in all.
    pub sends: i64,
}

/// The latest code of a login on this channel.
pub fn find(tx: &mut Tx, tenant: &TenantId, token: &Digest, channel: &str) -> Result<Option<Code>> {
    tx.optional(
        "SELECT subject, code, sent_at, expires_at, tries, sends FROM mfa_codes
         WHERE tenant = $1 AND token = $2 AND channel = $3",
        &[tenant, token, &channel],
    )
}

/// Issues a code in place of the earlier one, whose wrong tries count on, unless they have voided it; false when the
/// login has had all its codes.
#[must_use = "false means that nothing was issued"]
pub fn issue(
    tx: &mut Tx,
    tenant: &TenantId,
    token: &Digest,
    new: &New,
    limits: Limits,
    now: Timestamp,
) -> Result<bool> {
    let issued = tx.execute(
        "INSERT INTO mfa_codes (tenant, token, channel, subject, code, sent_at, expires_at, tries, sends)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 1)
         ON CONFLICT (tenant, token, channel) DO UPDATE SET
             subject = excluded.subject, code = excluded.code, sent_at = excluded.sent_at,
             expires_at = excluded.expires_at, sends = mfa_codes.sends + 1,
             tries = CASE WHEN mfa_codes.tries >= $8 THEN 0 ELSE mfa_codes.tries END
         WHERE mfa_codes.sends < $9",
        &[tenant, token, &new.channel, &new.subject, &new.code, &now, &new.expires_at, &limits.tries, &limits.sends],
    )?;
    Ok(issued == 1)
}

/// Counts one try, if the code has tries left; the caller compares the code and takes the try back with [`forgive`] when
/// it was right.
#[must_use = "none means that there is nothing to try"]
pub fn try_once(tx: &mut Tx, tenant: &TenantId, token: &Digest, channel: &str, most: i64) -> Result<Option<Code>> {
    tx.optional(
        "UPDATE mfa_codes SET tries = tries + 1 WHERE tenant = $1 AND token = $2 AND channel = $3 AND tries < $4
         RETURNING subject, code, sent_at, expires_at, tries, sends",
        &[tenant, token, &channel, &most],
    )
}

/// Takes back the try that turned out to be right.
pub fn forgive(tx: &mut Tx, tenant: &TenantId, token: &Digest, channel: &str) -> Result<()> {
    tx.execute(
        "UPDATE mfa_codes SET tries = tries - 1 WHERE tenant = $1 AND token = $2 AND channel = $3 AND tries > 0",
        &[tenant, token, &channel],
    )?;
    Ok(())
}
