//! How many sessions an account may have at once.

use crate::Result;
use crate::app::Tenant;
use doorward_model::id::{SessionId, Uid};
use doorward_model::profile::Persona;
use doorward_model::reason::Reason;
use doorward_model::time::Timestamp;
use doorward_store::{Tx, accounts, sessions};

/// 1338 when the account has as many live sessions as it may, `own` not counted. An account's own limit goes before
/// the tenant's. The account is kept from changing until the transaction ends, so that sessions begun at the same
/// moment count each other.
pub(crate) fn reached(
    tx: &mut Tx,
    tenant: &Tenant,
    uid: &Uid,
    own: &SessionId,
    now: Timestamp,
) -> Result<Option<Reason>> {
    let most = tenant.settings.session_limit;
    if most == 0 {
        return Ok(None);
    }
    let Some(account) = accounts::lock(tx, &tenant.id, uid)? else { return Ok(None) };
    let persona = Persona::from_stored(account.persona.as_str()).map_err(anyhow::Error::from)?;
    let most = persona.session_limit.filter(|limit| *limit > 0).unwrap_or(most);
    let live = sessions::count_live(tx, &tenant.id, uid, own, now)?;
    Ok((live >= most).then_some(Reason::SessionLimitReached))
}
