//! What an import of many accounts has done so far.

use crate::{Json, Result, Tx};
use doorward_model::id::TenantId;

/// What a batch came to; `None` while it is not done.
pub fn outcome(tx: &mut Tx, tenant: &TenantId, import: &[u8], batch: i64) -> Result<Option<Json>> {
    let row: Option<(Json,)> = tx.optional(
        "SELECT outcome FROM import_batches WHERE tenant = $1 AND import = $2 AND batch = $3",
        &[tenant, &import, &batch],
    )?;
    Ok(row.map(|(outcome,)| outcome))
}

/// Notes what a batch came to; false when somebody else has done it meanwhile.
#[must_use = "false means that the batch is done already"]
pub fn note(tx: &mut Tx, tenant: &TenantId, import: &[u8], batch: i64, outcome: &Json) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO import_batches (tenant, import, batch, outcome) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        &[tenant, &import, &batch, outcome],
    )?;
    Ok(added == 1)
}

/// Forgets an import that has finished.
pub fn forget(tx: &mut Tx, tenant: &TenantId, import: &[u8]) -> Result<u64> {
    tx.execute("DELETE FROM import_batches WHERE tenant = $1 AND import = $2", &[tenant, &import])
}
