//! Codes on paper with which an account completes a login; each works once.

use crate::{Result, Tx};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// Gives an account these codes, each with its encrypted text, in place of all that it has.
pub fn replace(tx: &mut Tx, tenant: &TenantId, uid: &Uid, codes: &[(Digest, Vec<u8>)], now: Timestamp) -> Result<()> {
    remove_all(tx, tenant, uid)?;
    for (code, sealed) in codes {
        tx.execute(
            "INSERT INTO backup_codes (tenant, uid, code, sealed, created_at) VALUES ($1, $2, $3, $4, $5)",
            &[tenant, uid, code, sealed, &now],
        )?;
    }
    Ok(())
}

/// Whether an account was given codes, used or not.
pub fn exist(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<bool> {
    let (count,): (i64,) =
        tx.one("SELECT COUNT(*) FROM backup_codes WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    Ok(count > 0)
}

/// How many of its codes an account has not used yet.
pub fn unused(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<i64> {
    let (count,): (i64,) =
        tx.one("SELECT COUNT(*) FROM backup_codes WHERE tenant = $1 AND uid = $2 AND used_at IS NULL", &[tenant, uid])?;
    Ok(count)
}

/// True for exactly one caller: the code is used up.
#[must_use = "false means that there is no such code, or that it was used before"]
pub fn spend(tx: &mut Tx, tenant: &TenantId, uid: &Uid, code: &Digest, now: Timestamp) -> Result<bool> {
    let spent = tx.execute(
        "UPDATE backup_codes SET used_at = $4, sealed = NULL WHERE tenant = $1 AND uid = $2 AND code = $3 AND used_at IS NULL",
        &[tenant, uid, code, &now],
    )?;
    Ok(spent == 1)
}

/// Forgets every code of an account.
pub fn remove_all(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    tx.execute("DELETE FROM backup_codes WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    Ok(())
}
