//! An account that nobody has proved anything of, taken over by the one who does.

use super::{pin, security_answers};
use crate::Result;
use crate::app::Tenant;
use crate::profile::facts;
use doorward_model::id::Uid;
use doorward_model::time::Timestamp;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, backup_codes, challenges, passkeys, passwords, pending_phones, second_factors, sessions};

/// Notes that the account's person holds an identifier of it, which must be proved or stand alone.
///
/// Where nothing of the account was proved until now, whoever registered it need not be that person, and keeps no way
/// in: no password, session, PIN, code or waiting device, and no address or phone that could be proved later. (The link
/// or code of the registration itself keeps all of it.)
pub(crate) fn prove(
    tx: &mut Tx,
    tenant: &Tenant,
    uid: &Uid,
    (kind, value): (Kind, &str),
    now: Timestamp,
) -> Result<()> {
    if !identifiers::verify(tx, &tenant.id, uid, kind, value, now)? {
        return Ok(());
    }
    passwords::remove(tx, &tenant.id, uid)?;
    facts::forget_password_facts(tx, &tenant.id, uid, now)?;
    challenges::void_all(tx, &tenant.id, uid, now)?;
    turn_out(tx, tenant, uid, now)
}

/// Takes everything but the password from whoever registered an account that another turned out to own: what is open,
/// the addresses and phones that they could prove later, PIN, passkeys, second factors and answers to questions.
pub(crate) fn turn_out(tx: &mut Tx, tenant: &Tenant, uid: &Uid, now: Timestamp) -> Result<()> {
    sessions::close_all(tx, &tenant.id, uid)?;
    pin::take_away(tx, &tenant.id, uid)?;
    second_factors::remove_all(tx, &tenant.id, uid)?;
    backup_codes::remove_all(tx, &tenant.id, uid)?;
    passkeys::forget(tx, &tenant.id, uid)?;
    security_answers::forget(tx, tenant, uid, now)?;
    identifiers::remove_unproved(tx, &tenant.id, uid)?;
    Ok(pending_phones::remove(tx, &tenant.id, uid)?)
}
