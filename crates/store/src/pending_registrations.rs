//! Profiles that become accounts when the code or link that was sent comes back: one at most for each address or number.

use crate::{Result, Tx, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// A registration that waits for its proof.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The account that it becomes.
    pub uid: Uid,
    /// The profile as it was sent, JSON.
    pub profile: String,
    /// The page or program it came from.
    pub source: String,
}
row!(Pending { uid, profile, source });

/// Keeps a registration until its proof comes, in place of an earlier one of the same subject.
pub fn put(tx: &mut Tx, tenant: &TenantId, subject: &Digest, pending: &Pending, expires_at: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO pending_registrations (tenant, subject, uid, profile, source, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant, subject) DO UPDATE SET
             uid = excluded.uid, profile = excluded.profile, source = excluded.source, expires_at = excluded.expires_at",
        &[tenant, subject, &pending.uid, &pending.profile, &pending.source, &expires_at],
    )?;
    Ok(())
}

/// The registration that waits for the proof of this subject.
pub fn get(tx: &mut Tx, tenant: &TenantId, subject: &Digest) -> Result<Option<Pending>> {
    tx.optional(
        "SELECT uid, profile, source FROM pending_registrations WHERE tenant = $1 AND subject = $2",
        &[tenant, subject],
    )
}

/// Takes the registration of this account out; true for exactly one caller.
#[must_use = "false means that another registration has taken its place"]
pub fn take(tx: &mut Tx, tenant: &TenantId, subject: &Digest, uid: &Uid) -> Result<bool> {
    let taken = tx.execute(
        "DELETE FROM pending_registrations WHERE tenant = $1 AND subject = $2 AND uid = $3",
        &[tenant, subject, uid],
    )?;
    Ok(taken == 1)
}

/// Forgets the registrations whose proof did not come before `now`.
pub fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM pending_registrations WHERE expires_at < $1", &[&now])
}
