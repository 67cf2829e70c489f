//! What every change by the person themselves begins with.

use crate::access::{self, SignedIn};
use crate::{App, Result, session};
use doorward_model::id::{TenantId, Uid};
use doorward_model::reason::Reason;
use doorward_store::Tx;
use doorward_store::accounts::{self, Account};
use doorward_store::identifiers::{self, Identifier};

/// The account, kept from changing until the transaction ends; refused (991, 966) when it was closed or deleted since
/// the token was looked at.
pub(crate) fn lock(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Account> {
    let account = accounts::lock(tx, tenant, uid)?;
    match account {
        Some(account) if account.is_active => Ok(account),
        _ => Err(session::refuse_state(accounts::state(tx, tenant, uid)?).into()),
    }
}

/// 90006 unless the person proved who they are within the last ten minutes. Asked before whatever would let a thief of the
/// token keep the account, or take it for good.
pub(crate) fn require_recent(app: &App, signed_in: &SignedIn) -> Result<(), Reason> {
    let is_recent = access::is_recent(&signed_in.session, app.now());
    is_recent.then_some(()).ok_or(Reason::RecentAuthenticationNeeded)
}

/// What the person signs in with.
pub(crate) async fn identifiers(app: &App, signed_in: &SignedIn) -> Result<Vec<Identifier>> {
    let (tenant, uid) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone());
    app.read(move |tx| Ok(identifiers::list(tx, &tenant.id, &uid)?)).await
}
