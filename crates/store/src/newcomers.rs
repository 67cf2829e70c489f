//! What people who register by signing in said of themselves, kept until they prove who they are: one registration at
//! most for each purpose and each address or number.

use crate::purpose::Purpose;
use crate::{Result, Tx, forms, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// A registration that waits for its proof.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// The account that it becomes.
    pub uid: Uid,
    /// What was said, encrypted.
    pub sealed: Vec<u8>,
}
row!(Newcomer { uid, sealed });

/// Keeps a registration until its proof comes, in place of an earlier one of the same purpose and subject.
pub fn put(
    tx: &mut Tx,
    tenant: &TenantId,
    purpose: Purpose,
    subject: &Digest,
    newcomer: &Newcomer,
    expires_at: Timestamp,
) -> Result<()> {
    let subject = forms::standing(tx, subject, |tx, form| Ok(get(tx, tenant, purpose, form)?.is_some()))?;
    tx.execute(
        "INSERT INTO newcomers (tenant, purpose, subject, uid, sealed, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant, purpose, subject) DO UPDATE SET
             uid = excluded.uid, sealed = excluded.sealed, expires_at = excluded.expires_at",
        &[tenant, &purpose.as_str(), &subject, &newcomer.uid, &newcomer.sealed, &expires_at],
    )?;
    Ok(())
}

/// The registration that waits for the proof of this subject.
pub fn get(tx: &mut Tx, tenant: &TenantId, purpose: Purpose, subject: &Digest) -> Result<Option<Newcomer>> {
    forms::find(subject, |subject| {
        tx.optional(
            "SELECT uid, sealed FROM newcomers WHERE tenant = $1 AND purpose = $2 AND subject = $3",
            &[tenant, &purpose.as_str(), subject],
        )
    })
}

/// Takes the registration of this account out; true for exactly one caller.
#[must_use = "false means that another registration has taken its place"]
pub fn take(tx: &mut Tx, tenant: &TenantId, purpose: Purpose, subject: &Digest, uid: &Uid) -> Result<bool> {
    let taken = forms::change(subject, |subject| {
        tx.execute(
            "DELETE FROM newcomers WHERE tenant = $1 AND purpose = $2 AND subject = $3 AND uid = $4",
            &[tenant, &purpose.as_str(), subject, uid],
        )
    })?;
    Ok(taken == 1)
}

/// Forgets the registrations whose proof did not come before `now`.
pub fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM newcomers WHERE expires_at < $1", &[&now])
}
