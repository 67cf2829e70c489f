//! The phone number that an account is about to change to: one at most, proved by its code.

use crate::{Result, Tx, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::time::Timestamp;

/// A number that waits for its proof.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The number in E.164.
    pub phone: String,
    /// When the person asked for it.
    pub asked_at: Timestamp,
}
row!(Pending { phone, asked_at });

/// Notes the number an account wants, in place of an earlier one.
pub fn put(tx: &mut Tx, tenant: &TenantId, uid: &Uid, phone: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO pending_phones (tenant, uid, phone, asked_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant, uid) DO UPDATE SET phone = excluded.phone, asked_at = excluded.asked_at",
        &[tenant, uid, &phone, &now],
    )?;
    Ok(())
}

/// The number that the account wants.
pub fn get(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Option<Pending>> {
    tx.optional("SELECT phone, asked_at FROM pending_phones WHERE tenant = $1 AND uid = $2", &[tenant, uid])
}

/// Forgets the wish: it came true, or was given up.
pub fn remove(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    tx.execute("DELETE FROM pending_phones WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    Ok(())
}
