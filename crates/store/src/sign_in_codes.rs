//! One-time codes that a sign-in on the hosted pages ends with.

use crate::{Result, Tx, row};
use doorward_model::id::{SessionId, TenantId, Uid};
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// A code about to be handed out.
#[derive(Debug, Clone)]
pub struct New {
    /// Its keyed hash.
    pub code: Digest,
    /// The session on the hosted pages.
    pub session: SessionId,
    /// Where the browser takes it.
    pub redirect_url: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A code that was used up just now, with its session, whose access token may have ended.
#[derive(Debug, Clone)]
pub struct Used {
    /// Where the browser was to take it.
    pub redirect_url: String,
    /// When it ended, or would have.
    pub expires_at: Timestamp,
    /// The session on the hosted pages.
    pub session: SessionId,
    /// Whose it is.
    pub uid: Uid,
    /// When that session's access token ends.
    pub access_expires_at: Timestamp,
    /// When the person last proved who they are.
    pub authenticated_at: Timestamp,
    /// Whether the person asked for the session to last.
    pub remembered: bool,
}
row!(Used { redirect_url, expires_at, session, uid, access_expires_at, authenticated_at, remembered });

/// Keeps a code.
pub fn add(tx: &mut Tx, tenant: &TenantId, new: &New) -> Result<()> {
    tx.execute(
        "INSERT INTO sign_in_codes (tenant, code, session, redirect_url, expires_at) VALUES ($1, $2, $3, $4, $5)",
        &[tenant, &new.code, &new.session, &new.redirect_url, &new.expires_at],
    )?;
    Ok(())
}

/// Uses a code up, whatever follows; told to exactly one caller. None also when its session has ended.
#[must_use = "nothing is opened without it"]
pub fn consume(tx: &mut Tx, tenant: &TenantId, code: &Digest, now: Timestamp) -> Result<Option<Used>> {
    let used = tx.execute(
        "UPDATE sign_in_codes SET used_at = $3 WHERE tenant = $1 AND code = $2 AND used_at IS NULL",
        &[tenant, code, &now],
    )?;
    if used == 0 {
        return Ok(None);
    }
    tx.optional(
        "SELECT c.redirect_url, c.expires_at, s.id AS session, s.uid, s.access_expires_at, s.authenticated_at,
             s.remembered
         FROM sign_in_codes c JOIN sessions s ON s.tenant = c.tenant AND s.id = c.session
         WHERE c.tenant = $1 AND c.code = $2",
        &[tenant, code],
    )
}

/// Forgets the codes that ended before `before`.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM sign_in_codes WHERE expires_at < $1", &[&before])
}
