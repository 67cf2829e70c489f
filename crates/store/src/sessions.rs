//! Sessions and their refresh tokens.

use crate::{Result, Tx, mfa_transactions, pin_tokens, row};
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
    /// When it began.
    pub created_at: Timestamp,
    /// When the person last proved who they are.
    pub authenticated_at: Timestamp,
    /// Whether the back end opened it in the person's name.
    pub impersonated: bool,
    /// Whether the person asked for it to last.
    pub remembered: bool,
}
row!(Session { id, uid, provider, access_expires_at, created_at, authenticated_at, impersonated, remembered });

/// A session about to begin.
#[derive(Debug, Clone)]
pub struct New {
    /// Its id.
    pub id: SessionId,
    /// Keyed hash of its access token.
    pub access: Digest,
    /// Keyed hash of its refresh token; `None` for a session that is not to be renewed.
    pub refresh: Option<Digest>,
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
    /// Whether the back end opens it in the person's name.
    pub impersonated: bool,
    /// Whether the person asked for it to last.
    pub remembered: bool,
}

/// Begins a session.
pub fn start(tx: &mut Tx, tenant: &TenantId, uid: &Uid, new: &New, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO sessions (tenant, id, uid, access, access_expires_at, refresh_expires_at, created_at, authenticated_at,
             provider, ip, user_agent, impersonated, remembered)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11, $12)",
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
            &new.impersonated,
            &new.remembered,
        ],
    )?;
    add_refresh(tx, tenant, &new.id, new)
}

/// The session of an access token, ended or not.
pub fn by_access(tx: &mut Tx, tenant: &TenantId, access: &Digest) -> Result<Option<Session>> {
    tx.optional(
        "SELECT id, uid, provider, access_expires_at, created_at, authenticated_at, impersonated, remembered
         FROM sessions WHERE tenant = $1 AND access = $2",
        &[tenant, access],
    )
}

/// Notes that the person of a session has just proved who they are.
pub fn authenticate(tx: &mut Tx, tenant: &TenantId, session: &SessionId, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE sessions SET authenticated_at = $3 WHERE tenant = $1 AND id = $2", &[tenant, session, &now])?;
    Ok(())
}

/// A session as it is listed.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its id.
    pub id: SessionId,
    /// When it began.
    pub created_at: Timestamp,
    /// From which address.
    pub ip: String,
    /// With which program, as it names itself.
    pub user_agent: String,
}
row!(Listed { id, created_at, ip, user_agent });

/// The `most` newest sessions of an account whose access tokens live.
pub fn live(tx: &mut Tx, tenant: &TenantId, uid: &Uid, most: i64, now: Timestamp) -> Result<Vec<Listed>> {
    tx.all(
        "SELECT id, created_at, ip, user_agent FROM sessions
         WHERE tenant = $1 AND uid = $2 AND access IS NOT NULL AND access_expires_at > $3
         ORDER BY created_at DESC, id LIMIT $4",
        &[tenant, uid, &now, &most],
    )
}

/// How many sessions of an account have access tokens that live, `but` not counted.
pub fn count_live(tx: &mut Tx, tenant: &TenantId, uid: &Uid, but: &SessionId, now: Timestamp) -> Result<i64> {
    let (count,): (i64,) = tx.one(
        "SELECT COUNT(*) FROM sessions
         WHERE tenant = $1 AND uid = $2 AND access IS NOT NULL AND access_expires_at > $4 AND id <> $3",
        &[tenant, uid, but, &now],
    )?;
    Ok(count)
}

/// Lets a session's access token live until `until`, if that is later than it would.
pub fn prolong(tx: &mut Tx, tenant: &TenantId, session: &SessionId, until: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE sessions SET access_expires_at = $3
         WHERE tenant = $1 AND id = $2 AND access IS NOT NULL AND access_expires_at < $3",
        &[tenant, session, &until],
    )?;
    Ok(())
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
    /// Whether the person asked for the session to last.
    pub remembered: bool,
}
row!(Refresh { session, uid, refresh_expires_at, rotated_at, remembered });

/// What is known of a refresh token.
pub fn refresh(tx: &mut Tx, tenant: &TenantId, token: &Digest) -> Result<Option<Refresh>> {
    tx.optional(
        "SELECT r.session, s.uid, s.refresh_expires_at, r.rotated_at, s.remembered FROM refresh_tokens r
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
    add_refresh(tx, tenant, session, new)
}

/// What came of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchanged {
    /// The session has its next tokens.
    Done,
    /// The access token is not the session's any more.
    OtherToken,
    /// Every refresh token of the session was revoked; what was written must be taken back.
    Revoked,
}

/// Gives a session its next tokens in exchange for its access token, to exactly one caller. The refresh token before
/// them counts as used.
#[must_use = "only one caller gets the tokens"]
pub fn exchange(
    tx: &mut Tx,
    tenant: &TenantId,
    session: &SessionId,
    access: &Digest,
    new: &New,
    now: Timestamp,
) -> Result<Exchanged> {
    let exchanged = tx.execute(
        "UPDATE sessions SET access = $4, access_expires_at = $5, refresh_expires_at = $6
         WHERE tenant = $1 AND id = $2 AND access = $3",
        &[tenant, session, access, &new.access, &new.access_expires_at, &new.refresh_expires_at],
    )?;
    if exchanged == 0 {
        return Ok(Exchanged::OtherToken);
    }
    let rotated = tx.execute(
        "UPDATE refresh_tokens SET rotated_at = $3 WHERE tenant = $1 AND session = $2 AND rotated_at IS NULL",
        &[tenant, session, &now],
    )?;
    if rotated == 0 {
        return Ok(Exchanged::Revoked);
    }
    add_refresh(tx, tenant, session, new)?;
    Ok(Exchanged::Done)
}

fn add_refresh(tx: &mut Tx, tenant: &TenantId, session: &SessionId, new: &New) -> Result<()> {
    if let Some(token) = &new.refresh {
        tx.execute(
            "INSERT INTO refresh_tokens (tenant, token, session) VALUES ($1, $2, $3)",
            &[tenant, token, session],
        )?;
    }
    Ok(())
}

/// Forgets one refresh token that was not used; true for exactly one caller. The access token lives on.
#[must_use = "false means that there is no such token, or that it was used"]
pub fn revoke(tx: &mut Tx, tenant: &TenantId, token: &Digest) -> Result<bool> {
    let revoked = tx.execute(
        "DELETE FROM refresh_tokens WHERE tenant = $1 AND token = $2 AND rotated_at IS NULL",
        &[tenant, token],
    )?;
    Ok(revoked == 1)
}

/// Forgets every refresh token of an account; its access tokens live on.
pub fn revoke_all(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    // The sessions first: a renewal under way is waited for, and its new token is seen.
    tx.execute(
        "UPDATE sessions SET refresh_expires_at = access_expires_at WHERE tenant = $1 AND uid = $2",
        &[tenant, uid],
    )?;
    tx.execute(
        "DELETE FROM refresh_tokens
         WHERE tenant = $1 AND session IN (SELECT id FROM sessions WHERE tenant = $1 AND uid = $2)",
        &[tenant, uid],
    )?;
    Ok(())
}

/// Ends a session with all its tokens.
pub fn end(tx: &mut Tx, tenant: &TenantId, session: &SessionId) -> Result<()> {
    tx.execute("DELETE FROM sessions WHERE tenant = $1 AND id = $2", &[tenant, session])?;
    Ok(())
}

/// Ends a session if it is this account's; false when it is not, or is no more.
pub fn end_of(tx: &mut Tx, tenant: &TenantId, uid: &Uid, session: &SessionId) -> Result<bool> {
    let ended =
        tx.execute("DELETE FROM sessions WHERE tenant = $1 AND uid = $2 AND id = $3", &[tenant, uid, session])?;
    Ok(ended == 1)
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

/// Ends everything that an account has open, for one that is closed or turned out to be somebody else's: its sessions, its
/// pending logins, and the tokens that sign in with its PIN.
pub fn close_all(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    mfa_transactions::end_all(tx, tenant, uid)?;
    pin_tokens::end_all(tx, tenant, uid)?;
    end_all(tx, tenant, uid)?;
    Ok(())
}

/// Ends every session of an account but this one.
pub fn end_all_but(tx: &mut Tx, tenant: &TenantId, uid: &Uid, session: &SessionId) -> Result<u64> {
    tx.execute("DELETE FROM sessions WHERE tenant = $1 AND uid = $2 AND id <> $3", &[tenant, uid, session])
}

/// Forgets the sessions whose tokens all ended before `before`.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM sessions WHERE refresh_expires_at < $1 AND access_expires_at < $1", &[&before])
}
