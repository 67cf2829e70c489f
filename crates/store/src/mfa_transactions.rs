//! Pending logins: the first factor is proved, the second is not. The token that stands for one works once.

use crate::{Json, Result, Tx, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// A pending login.
#[derive(Debug, Clone)]
pub struct Transaction {
    /// Keyed hash of its token.
    pub token: Digest,
    /// Whose login it is.
    pub uid: Uid,
    /// Names the row to the cipher.
    pub id: String,
    /// How the first factor was proved.
    pub first_factor: String,
    /// Keyed hash of the phone number or address that was the first factor.
    pub spent: Option<Digest>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Whether the session is to last.
    pub remembered: bool,
    /// The invitation that the login was begun with.
    pub invitation: Option<String>,
    /// The phone number that is to become a factor, sealed.
    pub wanted: Option<Vec<u8>>,
    /// Keyed hash of that number.
    pub wanted_subject: Option<Digest>,
    /// The key of the authenticator app that may be set up in it, sealed.
    pub authenticator: Option<Vec<u8>>,
    /// When it was completed.
    pub consumed_at: Option<Timestamp>,
}
row!(Transaction {
    token,
    uid,
    id,
    first_factor,
    spent,
    expires_at,
    remembered,
    invitation,
    wanted,
    wanted_subject,
    authenticator,
    consumed_at,
});

/// A pending login about to be opened.
#[derive(Debug, Clone)]
pub struct New {
    /// Keyed hash of its token.
    pub token: Digest,
    /// Names the row to the cipher.
    pub id: String,
    /// How the first factor was proved.
    pub first_factor: &'static str,
    /// Keyed hash of the phone number or address that was the first factor.
    pub spent: Option<Digest>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// From which address.
    pub ip: String,
    /// With which program, as it names itself.
    pub user_agent: String,
    /// Whether the session is to last.
    pub remembered: bool,
    /// The key of the authenticator app that may be set up in it, sealed.
    pub authenticator: Option<Vec<u8>>,
}

/// Opens a pending login; of those that live the oldest go, so that `most` are left. The account must be locked.
pub fn open(tx: &mut Tx, tenant: &TenantId, uid: &Uid, new: &New, most: i64, now: Timestamp) -> Result<()> {
    tx.execute(
        "DELETE FROM mfa_transactions
         WHERE tenant = $1 AND uid = $2 AND consumed_at IS NULL AND expires_at > $3 AND token NOT IN (
             SELECT token FROM mfa_transactions
             WHERE tenant = $1 AND uid = $2 AND consumed_at IS NULL AND expires_at > $3
             ORDER BY created_at DESC, token LIMIT $4)",
        &[tenant, uid, &now, &(most - 1)],
    )?;
    tx.execute(
        "INSERT INTO mfa_transactions (tenant, token, uid, id, first_factor, spent, created_at, expires_at, ip, user_agent,
             remembered, authenticator, templates)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '{}')",
        &[
            tenant,
            &new.token,
            uid,
            &new.id,
            &new.first_factor,
            &new.spent,
            &now,
            &new.expires_at,
            &new.ip,
            &new.user_agent,
            &new.remembered,
            &new.authenticator,
        ],
    )?;
    Ok(())
}

/// The pending login of a token, in whichever state.
pub fn find(tx: &mut Tx, tenant: &TenantId, token: &Digest) -> Result<Option<Transaction>> {
    tx.optional(
        "SELECT token, uid, id, first_factor, spent, expires_at, remembered, invitation, wanted, wanted_subject,
             authenticator, consumed_at
         FROM mfa_transactions WHERE tenant = $1 AND token = $2",
        &[tenant, token],
    )
}

/// Notes the phone number that is to become a factor, in place of an earlier one.
pub fn want(tx: &mut Tx, tenant: &TenantId, token: &Digest, sealed: &[u8], subject: &Digest) -> Result<()> {
    tx.execute(
        "UPDATE mfa_transactions SET wanted = $3, wanted_subject = $4 WHERE tenant = $1 AND token = $2",
        &[tenant, token, &sealed, subject],
    )?;
    Ok(())
}

/// True for exactly one caller: the login is completed, and its token opens nothing any more. Keeps the names of the
/// templates that risk messages of this login are written with.
#[must_use = "false means that somebody else completed it"]
pub fn consume(tx: &mut Tx, tenant: &TenantId, token: &Digest, templates: &Json, now: Timestamp) -> Result<bool> {
    let consumed = tx.execute(
        "UPDATE mfa_transactions SET consumed_at = $3, templates = $4
         WHERE tenant = $1 AND token = $2 AND consumed_at IS NULL AND expires_at > $3",
        &[tenant, token, &now, templates],
    )?;
    Ok(consumed == 1)
}

/// Ends every pending login of an account.
pub fn end_all(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    tx.execute("DELETE FROM mfa_transactions WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    Ok(())
}

/// Forgets the pending logins that ended before `before`.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM mfa_transactions WHERE expires_at < $1", &[&before])
}
