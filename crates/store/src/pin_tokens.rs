//! What comes with PINs: session tokens that a PIN signs in with, and tokens that set one.

use crate::{Result, Tx, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// A session token as it stands, ended by time or not.
#[derive(Debug, Clone)]
pub struct PinSession {
    /// Whose it is.
    pub uid: Uid,
    /// The kind of browser it was handed to; empty for any other program.
    pub browser: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Wrong PINs in a row.
    pub wrong: i64,
}
row!(PinSession { uid, browser, expires_at, wrong });

/// Keeps a session token.
pub fn begin(
    tx: &mut Tx,
    tenant: &TenantId,
    uid: &Uid,
    token: &Digest,
    browser: &str,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO pin_sessions (tenant, token, uid, browser, expires_at, wrong) VALUES ($1, $2, $3, $4, $5, 0)",
        &[tenant, token, uid, &browser, &expires_at],
    )?;
    Ok(())
}

/// What is known of a session token.
pub fn session(tx: &mut Tx, tenant: &TenantId, token: &Digest) -> Result<Option<PinSession>> {
    tx.optional(
        "SELECT uid, browser, expires_at, wrong FROM pin_sessions WHERE tenant = $1 AND token = $2",
        &[tenant, token],
    )
}

/// Counts one wrong PIN against a session token and ends the token when there were `most` in a row.
pub fn count_wrong(tx: &mut Tx, tenant: &TenantId, token: &Digest, most: i64) -> Result<()> {
    tx.execute("UPDATE pin_sessions SET wrong = wrong + 1 WHERE tenant = $1 AND token = $2", &[tenant, token])?;
    tx.execute("DELETE FROM pin_sessions WHERE tenant = $1 AND token = $2 AND wrong >= $3", &[tenant, token, &most])?;
    Ok(())
}

/// Forgets the wrong ones of a session token.
pub fn forget_wrong(tx: &mut Tx, tenant: &TenantId, token: &Digest) -> Result<()> {
    tx.execute("UPDATE pin_sessions SET wrong = 0 WHERE tenant = $1 AND token = $2", &[tenant, token])?;
    Ok(())
}

/// Ends one session token.
pub fn end(tx: &mut Tx, tenant: &TenantId, token: &Digest) -> Result<()> {
    tx.execute("DELETE FROM pin_sessions WHERE tenant = $1 AND token = $2", &[tenant, token])?;
    Ok(())
}

/// Ends every session token of an account, and every token that would set its PIN.
pub fn end_all(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    tx.execute("DELETE FROM pin_sessions WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    tx.execute("DELETE FROM pin_auth_tokens WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    Ok(())
}

/// A token that sets a PIN, ended by time or not.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whose PIN.
    pub uid: Uid,
    /// Whether the person asked for the session that follows to last.
    pub remembered: bool,
    /// When it ends.
    pub expires_at: Timestamp,
}
row!(Asked { uid, remembered, expires_at });

/// Keeps a token that sets a PIN.
pub fn ask(tx: &mut Tx, tenant: &TenantId, token: &Digest, asked: &Asked) -> Result<()> {
    tx.execute(
        "INSERT INTO pin_auth_tokens (tenant, token, uid, remembered, expires_at) VALUES ($1, $2, $3, $4, $5)",
        &[tenant, token, &asked.uid, &asked.remembered, &asked.expires_at],
    )?;
    Ok(())
}

/// What is known of a token that sets a PIN.
pub fn asked(tx: &mut Tx, tenant: &TenantId, token: &Digest) -> Result<Option<Asked>> {
    tx.optional(
        "SELECT uid, remembered, expires_at FROM pin_auth_tokens WHERE tenant = $1 AND token = $2",
        &[tenant, token],
    )
}

/// Uses a token up that sets a PIN; true for exactly one caller.
#[must_use = "false means that somebody else used it"]
pub fn consume(tx: &mut Tx, tenant: &TenantId, token: &Digest, now: Timestamp) -> Result<bool> {
    let consumed = tx.execute(
        "DELETE FROM pin_auth_tokens WHERE tenant = $1 AND token = $2 AND expires_at > $3",
        &[tenant, token, &now],
    )?;
    Ok(consumed == 1)
}

/// Forgets the tokens that ended before `before`.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let sessions = tx.execute("DELETE FROM pin_sessions WHERE expires_at < $1", &[&before])?;
    Ok(sessions + tx.execute("DELETE FROM pin_auth_tokens WHERE expires_at < $1", &[&before])?)
}
