//! Signatures of requests that came, each with the method that it came with first.

use crate::{Result, Tx, forms};
use doorward_model::id::TenantId;
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// Notes the first use of a signature; `None` then, and the method of the first use ever after.
#[must_use = "whether the request may be carried out follows from it"]
pub fn note(
    tx: &mut Tx,
    tenant: &TenantId,
    signature: &Digest,
    method: &str,
    expires_at: Timestamp,
) -> Result<Option<String>> {
    let signature = forms::standing(tx, signature, |tx, form| Ok(first_method(tx, tenant, form)?.is_some()))?;
    let added = tx.execute(
        "INSERT INTO used_signatures (tenant, signature, method, expires_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        &[tenant, &signature, &method, &expires_at],
    )?;
    if added == 1 { Ok(None) } else { first_method(tx, tenant, &signature) }
}

fn first_method(tx: &mut Tx, tenant: &TenantId, signature: &Digest) -> Result<Option<String>> {
    let found: Option<(String,)> =
        tx.optional("SELECT method FROM used_signatures WHERE tenant = $1 AND signature = $2", &[tenant, signature])?;
    Ok(found.map(|(method,)| method))
}

/// Forgets the signatures that are too old to be accepted.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM used_signatures WHERE expires_at < $1", &[&before])
}
