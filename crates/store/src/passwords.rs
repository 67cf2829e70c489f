//! Password hashes: the current one of each account, and those before it.

use crate::{Result, Tx, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::time::Timestamp;

/// The current password of an account.
#[derive(Debug, Clone)]
pub struct Current {
    /// The hash as a PHC string.
    pub hash: String,
    /// Whether it met the tenant's rules when it was last seen.
    pub is_secure: bool,
    /// When it was set.
    pub changed_at: Timestamp,
}
row!(Current { hash, is_secure, changed_at });

/// The current password of an account.
pub fn current(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Option<Current>> {
    tx.optional("SELECT hash, is_secure, changed_at FROM passwords WHERE tenant = $1 AND uid = $2", &[tenant, uid])
}

/// The hashes that a new password is compared with: the current one and the `most` before it, newest first.
pub fn known(tx: &mut Tx, tenant: &TenantId, uid: &Uid, most: i64) -> Result<Vec<String>> {
    let current = current(tx, tenant, uid)?;
    let former: Vec<(String,)> = tx.all(
        "SELECT hash FROM former_passwords WHERE tenant = $1 AND uid = $2 ORDER BY changed_at DESC LIMIT $3",
        &[tenant, uid, &most],
    )?;
    Ok(current.map(|current| current.hash).into_iter().chain(former.into_iter().map(|(hash,)| hash)).collect())
}

/// Sets a password and moves the one before it to the former ones, of which the newest `keep` stay.
pub fn set(tx: &mut Tx, tenant: &TenantId, uid: &Uid, hash: &str, keep: i64, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO former_passwords (tenant, uid, hash, changed_at)
         SELECT tenant, uid, hash, changed_at FROM passwords WHERE tenant = $1 AND uid = $2
         ON CONFLICT DO NOTHING",
        &[tenant, uid],
    )?;
    tx.execute(
        "INSERT INTO passwords (tenant, uid, hash, is_secure, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant, uid) DO UPDATE SET
             hash = excluded.hash, is_secure = excluded.is_secure, changed_at = excluded.changed_at",
        &[tenant, uid, &hash, &true, &now],
    )?;
    tx.execute(
        "DELETE FROM former_passwords WHERE tenant = $1 AND uid = $2 AND hash NOT IN
             (SELECT hash FROM former_passwords WHERE tenant = $1 AND uid = $2 ORDER BY changed_at DESC LIMIT $3)",
        &[tenant, uid, &keep],
    )?;
    Ok(())
}

/// Gives a password to an account that has none; `is_secure` as far as anybody knows.
pub fn add(
    tx: &mut Tx,
    tenant: &TenantId,
    uid: &Uid,
    hash: &str,
    is_secure: bool,
    changed_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO passwords (tenant, uid, hash, is_secure, changed_at) VALUES ($1, $2, $3, $4, $5)",
        &[tenant, uid, &hash, &is_secure, &changed_at],
    )?;
    Ok(())
}

/// Takes the password away, with those before it: they may have been a stranger's.
pub fn remove(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    tx.execute("DELETE FROM passwords WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    tx.execute("DELETE FROM former_passwords WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    Ok(())
}

/// Notes what a right login showed of the password: a hash with today's parameters, and whether it meets today's
/// rules. Nothing happens if the password is not `old` any more.
pub fn refresh(tx: &mut Tx, tenant: &TenantId, uid: &Uid, old: &str, new: &str, is_secure: bool) -> Result<()> {
    tx.execute(
        "UPDATE passwords SET hash = $4, is_secure = $5 WHERE tenant = $1 AND uid = $2 AND hash = $3",
        &[tenant, uid, &old, &new, &is_secure],
    )?;
    Ok(())
}
