//! Registration tokens that were used.

use crate::{Result, Tx, forms};
use doorward_model::id::TenantId;
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// True for exactly one caller: from here on the token is used up.
#[must_use = "false means that it was used before"]
pub fn consume(tx: &mut Tx, tenant: &TenantId, sott: &Digest, expires_at: Timestamp) -> Result<bool> {
    let sott = forms::standing(tx, sott, |tx, form| {
        let used: Option<(i64,)> =
            tx.optional("SELECT expires_at FROM used_sotts WHERE tenant = $1 AND sott = $2", &[tenant, form])?;
        Ok(used.is_some())
    })?;
    let added = tx.execute(
        "INSERT INTO used_sotts (tenant, sott, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[tenant, &sott, &expires_at],
    )?;
    Ok(added == 1)
}

/// Forgets the tokens whose window is over.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM used_sotts WHERE expires_at < $1", &[&before])
}
