//! What people who may have no account yet said of themselves, kept until they prove it.

use crate::{Result, Tx};
use doorward_model::id::TenantId;
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// Keeps what the holder of an identifier said, in place of what was said before; `sealed` is encrypted.
pub fn put(tx: &mut Tx, tenant: &TenantId, subject: &Digest, sealed: &[u8], expires_at: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO newcomers (tenant, subject, sealed, expires_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant, subject) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at",
        &[tenant, subject, &sealed, &expires_at],
    )?;
    Ok(())
}

/// What was said, encrypted.
pub fn get(tx: &mut Tx, tenant: &TenantId, subject: &Digest) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> =
        tx.optional("SELECT sealed FROM newcomers WHERE tenant = $1 AND subject = $2", &[tenant, subject])?;
    Ok(row.map(|(sealed,)| sealed))
}

/// Forgets what was said.
pub fn remove(tx: &mut Tx, tenant: &TenantId, subject: &Digest) -> Result<()> {
    tx.execute("DELETE FROM newcomers WHERE tenant = $1 AND subject = $2", &[tenant, subject])?;
    Ok(())
}

/// Forgets what was not proved in time.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM newcomers WHERE expires_at < $1", &[&before])
}
