//! Signatures of requests that were carried out.

use crate::{Result, Tx};
use doorward_model::id::TenantId;
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// True for exactly one caller: from here on the signature is used up.
#[must_use = "false means that it was used before"]
pub fn consume(tx: &mut Tx, tenant: &TenantId, signature: &Digest, expires_at: Timestamp) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO used_signatures (tenant, signature, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[tenant, signature, &expires_at],
    )?;
    Ok(added == 1)
}

/// Forgets the signatures that are too old to be accepted.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM used_signatures WHERE expires_at < $1", &[&before])
}
