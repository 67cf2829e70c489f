//! What a new password ends.

use crate::Result;
use doorward_model::id::{SessionId, TenantId, Uid};
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::{Tx, mfa_transactions, pin_tokens, sessions};

/// Ends what a new password ends: every session under force logout; every pending code and every token that a PIN signs
/// in with always.
pub(crate) fn end_others(tx: &mut Tx, settings: &Settings, tenant: &TenantId, uid: &Uid, now: Timestamp) -> Result<()> {
    doorward_store::challenges::void_all(tx, tenant, uid, now)?;
    pin_tokens::end_all(tx, tenant, uid)?;
    if settings.force_logout {
        mfa_transactions::end_all(tx, tenant, uid)?;
        sessions::end_all(tx, tenant, uid)?;
    }
    Ok(())
}

/// Ends the same, but not the session of the person who changed the password.
pub(crate) fn end_all_but(
    tx: &mut Tx,
    settings: &Settings,
    tenant: &TenantId,
    uid: &Uid,
    session: &SessionId,
    now: Timestamp,
) -> Result<()> {
    doorward_store::challenges::void_all(tx, tenant, uid, now)?;
    pin_tokens::end_all(tx, tenant, uid)?;
    if settings.force_logout {
        mfa_transactions::end_all(tx, tenant, uid)?;
        sessions::end_all_but(tx, tenant, uid, session)?;
    }
    Ok(())
}
