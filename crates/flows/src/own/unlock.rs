//! The lock on an account, lifted by its owner.

use crate::access::SignedIn;
use crate::factors::release::{Release, release_own};
use crate::limits::{self, Kind as Counted, Subject};
use crate::profile::account;
use crate::{App, Result, notify};
use doorward_model::reason::Reason;
use doorward_model::settings::LockKind;

/// Lifts the lock on the signed-in person's account by the answer to a captcha or to their security questions. 1221 when
/// the account is not locked, 1132 or 1148 when the answer is not there, 982, 1093 or 1094 when it is wrong; a
/// suspension is lifted by time alone and answers as it does to a sign-in (1198).
pub async fn unlock_account_by_access_token(app: &App, signed_in: &SignedIn, release: &Release) -> Result<()> {
    let released = release_own(app, signed_in, release).await?;
    let (tenant, uid, now) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone(), app.now());
    let lifted = app
        .write(move |tx| {
            account::lock(tx, &tenant.id, &uid)?;
            let subject = Subject::Account(uid.clone());
            if limits::lock(tx, &tenant, &subject, Counted::Login, now)?.is_none() {
                return Err(Reason::AccountNotLocked.into());
            }
            if let Some(refusal) = limits::barred(tx, &tenant, &subject, Counted::Login, released, now)? {
                return Ok(Err(refusal));
            }
            limits::clear_released(tx, &tenant, &subject, released, now)?;
            if released.lifts(LockKind::SecurityQuestion) {
                limits::clear(tx, &tenant, &subject, Counted::SecurityAnswer)?;
            }
            Ok(Ok(()))
        })
        .await?;
    lifted?;
    notify::event(&signed_in.caller, "UnlockAccount", Some(&signed_in.session.uid));
    Ok(())
}
