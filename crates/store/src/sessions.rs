//! Sessions and their refresh tokens.

use crate::{Result, Tx, row};
use doorward_model::id::{SessionId, TenantId, Uid};
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// A live session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub uid: Uid,
    /// Through which provider the person signed in.
    pub provider: String,
    /// When its access token ends.
    pub access_expires_at: Timestamp,
    /// When the person last proved who they are.
    pub authenticated_at: Timestamp,
}
row!(Session { id, uid, provider, access_expires_at, authenticated_at });

/// A session about to begin.
#[derive(Debug, Clone)]
pub struct New {
    /// Its id.
    pub id: SessionId,
    /// Keyed hash of its access token.
    pub access: Digest,
    /// Keyed hash of its refresh token.
    pub refresh: Digest,
    /// When the access token ends.
    pub access_expires_at: Timestamp,
    /// When the refresh token ends.
    pub refresh_expires_at: Timestamp,
    /// Through which provider the person signed in.
    pub provider: String,
    /// From which address.
    pub ip: String,
    /// With which program, as it names itself.
    pub user_agent: String,
}

/// Begins a session.
pub fn start(tx: &mut Tx, tenant: &TenantId, uid: &Uid, new: &New, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO sessions (tenant, id, uid, access, access_expires_at, refresh_expires_at, created_at, authenticated_at,
             provider, ip, user_agent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10)",
        &[
            tenant,
            &new.id,
            uid,
            &new.access,
            &new.access_expires_at,
            &new.refresh_expires_at,
            &now,
            &new.provider,
            &new.ip,
            &new.user_agent,
        ],
    )?;
    add_refresh(tx, tenant, &new.id, &new.refresh)
}

/// The session of an access token, ended or not.
pub fn by_access(tx: &mut Tx, tenant: &TenantId, access: &Digest) -> Result<Option<Session>> {
    tx.optional(
        "SELECT id, uid, provider, access_expires_at, authenticated_at FROM sessions WHERE tenant = $1 AND access = $2",
        &[tenant, access],
    )
}

/// A refresh token: whose session it is of, and whether it was used.
#[derive(Debug, Clone)]
pub struct Refresh {
    /// Its session.
    pub session: SessionId,
    /// The account.
    pub uid: Uid,
    /// When the session's refresh tokens end.
    pub refresh_expires_at: Timestamp,
    /// When it was exchanged for the next one.
    pub rotated_at: Option<Timestamp>,
}
row!(Refresh { session, uid, refresh_expires_at, rotated_at });

/// What is known of a refresh token.
pub fn refresh(tx: &mut Tx, tenant: &TenantId, token: &Digest) -> Result<Option<Refresh>> {
    tx.optional(
        "SELECT r.session, s.uid, s.refresh_expires_at, r.rotated_at FROM refresh_tokens r
         JOIN sessions s ON s.tenant = r.tenant AND s.id = r.session WHERE r.tenant = $1 AND r.token = $2",
        &[tenant, token],
    )
}

/// True for exactly one caller: from here on the token is used up.
#[must_use = "false means that somebody else used it"]
pub fn rotate(tx: &mut Tx, tenant: &TenantId, token: &Digest, now: Timestamp) -> Result<bool> {
    let rotated = tx.execute(
        "UPDATE refresh_tokens SET rotated_at = $3 WHERE tenant = $1 AND token = $2 AND rotated_at IS NULL",
        &[tenant, token, &now],
    )?;
    Ok(rotated == 1)
}

/// Gives a session its next access and refresh token; the access token before it ends at once.
pub fn renew(tx: &mut Tx, tenant: &TenantId, session: &SessionId, new: &New) -> Result<()> {
    tx.execute(
        "UPDATE sessions SET access = $3, access_expires_at = $4, refresh_expires_at = $5 WHERE tenant = $1 AND id = $2",
        &[tenant, session, &new.access, &new.access_expires_at, &new.refresh_expires_at],
    )?;
    add_refresh(tx, tenant, session, &new.refresh)
}

fn add_refresh(tx: &mut Tx, tenant: &TenantId, session: &SessionId, token: &Digest) -> Result<()> {
    tx.execute("INSERT INTO refresh_tokens (tenant, token, session) VALUES ($1, $2, $3)", &[tenant, token, session])?;
    Ok(())
}

/// Ends a session with all its tokens.
pub fn end(tx: &mut Tx, tenant: &TenantId, session: &SessionId) -> Result<()> {
    tx.execute("DELETE FROM sessions WHERE tenant = $1 AND id = $2", &[tenant, session])?;
    Ok(())
}

/// Ends only the session's access token; its refresh token lives on.
pub fn end_access(tx: &mut Tx, tenant: &TenantId, session: &SessionId) -> Result<()> {
    tx.execute(
        "UPDATE sessions SET access = NULL, access_expires_at = 0 WHERE tenant = $1 AND id = $2",
        &[tenant, session],
    )?;
    Ok(())
}

/// Ends every session of an account.
pub fn end_all(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<u64> {
    tx.execute("DELETE FROM sessions WHERE tenant = $1 AND uid = $2", &[tenant, uid])
}

/// Forgets the sessions whose refresh tokens ended before `before`.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM sessions WHERE refresh_expires_at < $1", &[&before])
}
