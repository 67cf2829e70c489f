//! An account of which nothing was proved until now, in the hands of the one who proved it.
//!
//! Whoever registered it need not be the owner of the mailbox, and keeps no way in.

use crate::Result;
use doorward_model::id::{TenantId, Uid};
use doorward_model::time::Timestamp;
use doorward_store::{Tx, challenges, identifiers, passwords, sessions};

/// Ends everything but the password: sessions, and addresses or a phone that could be proved later.
pub(crate) fn end_other_ways_in(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    sessions::end_all(tx, tenant, uid)?;
    identifiers::remove_unproved(tx, tenant, uid)?;
    Ok(())
}

/// Ends everything: the password and pending codes too.
pub(crate) fn end_all_ways_in(tx: &mut Tx, tenant: &TenantId, uid: &Uid, now: Timestamp) -> Result<()> {
    passwords::remove(tx, tenant, uid)?;
    challenges::void_all(tx, tenant, uid, now)?;
    end_other_ways_in(tx, tenant, uid)
}
