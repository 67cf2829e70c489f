//! An account that goes.

use crate::app::Tenant;
use crate::{Result, limits};
use doorward_model::id::Uid;
use doorward_store::{Tx, accounts};

/// Deletes everything that is known of an account; how many there were (0 or 1).
pub(crate) fn erase(tx: &mut Tx, tenant: &Tenant, uid: &Uid) -> Result<u64> {
    limits::clear_all(tx, tenant, uid)?;
    doorward_store::challenges::forget(tx, &tenant.id, uid)?;
    let erased = accounts::delete(tx, &tenant.id, uid)?;
    if erased > 0 {
        note_departure(tx, tenant, uid)?;
    }
    Ok(erased)
}

/// Notes that nobody has this uid any more, so that it is not taken over again from where it may live on.
pub(crate) fn note_departure(tx: &mut Tx, tenant: &Tenant, uid: &Uid) -> Result<()> {
    if tenant.settings.migration.address().is_some() {
        accounts::note_departure(tx, &tenant.id, uid)?;
    }
    Ok(())
}
