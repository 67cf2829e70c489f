//! An account that nobody has proved anything of, taken over by the one who does.

use crate::{Result, profile};
use doorward_model::id::{TenantId, Uid};
use doorward_model::time::Timestamp;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, challenges, passwords, pending_phones, sessions};

/// Notes that the account's person holds an identifier of it, which must be proved or stand alone.
///
/// Where nothing of the account was proved until now, whoever registered it need not be that person, and keeps no way
/// in: no password, session, code or waiting device, and no address or phone that could be proved later. (The link or
/// code of the registration itself keeps all of it.)
pub(crate) fn prove(
    tx: &mut Tx,
    tenant: &TenantId,
    uid: &Uid,
    (kind, value): (Kind, &str),
    now: Timestamp,
) -> Result<()> {
    if !identifiers::verify(tx, tenant, uid, kind, value, now)? {
        return Ok(());
    }
    passwords::remove(tx, tenant, uid)?;
    profile::forget_password_facts(tx, tenant, uid, now)?;
    challenges::void_all(tx, tenant, uid, now)?;
    turn_out(tx, tenant, uid)
}

/// Ends the sessions of whoever registered an account that another turned out to own, and takes away the addresses and
/// phones that they could prove later.
pub(crate) fn turn_out(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    sessions::end_all(tx, tenant, uid)?;
    identifiers::remove_unproved(tx, tenant, uid)?;
    Ok(pending_phones::remove(tx, tenant, uid)?)
}
