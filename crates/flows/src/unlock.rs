//! A lock that its owner lifts.

use crate::access::SignedIn;
use crate::limits::{self, Kind as Counted, Subject};
use crate::{App, Result, own};
use doorward_model::reason::Reason;

/// Lifts the lock on the signed-in person's account, if it is of a kind that its owner can lift. 1221 when the account is
/// not locked; a suspension is lifted by time alone and answers as it does to a sign-in (1198).
pub async fn unlock_account_by_access_token(app: &App, signed_in: &SignedIn) -> Result<()> {
    let (tenant, uid, now) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone(), app.now());
    app.write(move |tx| {
        own::lock(tx, &tenant.id, &uid)?;
        let locked = limits::locked(tx, &tenant, &Subject::Account(uid.clone()), Counted::Login, now)?;
        Err(locked.unwrap_or_else(|| Reason::AccountNotLocked.into()).into())
    })
    .await
}
