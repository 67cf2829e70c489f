//! What proves to a back end that somebody signed in has proved once more who they are.

use crate::{Result, Tx};
use doorward_model::id::{SessionId, TenantId, Uid};
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// Keeps a token.
pub fn add(
    tx: &mut Tx,
    tenant: &TenantId,
    token: &Digest,
    session: &SessionId,
    kind: &str,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "INSERT INTO step_up_tokens (tenant, token, session, kind, expires_at) VALUES ($1, $2, $3, $4, $5)",
        &[tenant, token, session, &kind, &expires_at],
    )?;
    Ok(())
}

/// Uses a live token of this kind up whose session is the account's and has not ended; true for exactly one caller.
#[must_use = "false means that there is no such token, or that somebody else used it"]
pub fn consume(tx: &mut Tx, tenant: &TenantId, token: &Digest, kind: &str, uid: &Uid, now: Timestamp) -> Result<bool> {
    let consumed = tx.execute(
        "DELETE FROM step_up_tokens WHERE tenant = $1 AND token = $2 AND kind = $3 AND expires_at > $4
         AND session IN (SELECT id FROM sessions WHERE tenant = $1 AND uid = $5)",
        &[tenant, token, &kind, &now, uid],
    )?;
    Ok(consumed == 1)
}

/// Forgets the tokens that ended before `before`.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM step_up_tokens WHERE expires_at < $1", &[&before])
}
