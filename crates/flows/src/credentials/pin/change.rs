//! A new PIN in place of one that its owner knows.

use crate::access::SignedIn;
use crate::factors::pin::{Former, Stored, closed, count_wrong, require_pin, settings};
use crate::limits::{self, Kind as Counted, Released, Subject};
use crate::profile::account;
use crate::{App, Error, Result, notify};
use doorward_model::pin::Pin;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_store::sessions;

/// Changes the signed-in person's PIN and ends every session token, and under force logout every other session.
///
/// A wrong old PIN (1241) counts like a failed sign-in and locks like it (1198); after ten of the account nobody may
/// guess on (1264) before the next full login. 1235 when there is no PIN, 1134 when the new one breaks a rule or is the
/// old one.
pub async fn change_pin(app: &App, signed_in: &SignedIn, old: &Pin, new: &Pin) -> Result<()> {
    let (caller, now) = (&signed_in.caller, app.now());
    require_pin(caller)?;
    new.check_form(&settings(&caller.tenant).configuration.rules)?;

    let owner = signed_in.clone();
    let former = app
        .read(move |tx| {
            if let Some(refusal) = closed(tx, &owner, Released::default(), now)? {
                return Ok(Err(refusal));
            }
            Ok(Ok(Former::load(tx, owner.caller.tenant_id(), &owner.session.uid)?))
        })
        .await??;
    let stored = former.stored().cloned().ok_or(Reason::PinNotSet)?;
    if !stored.is_right(app, &caller.tenant, old).await? {
        return Err(wrong(app, signed_in).await?);
    }
    let accepted = former.accept(app, caller, new, now).await?;

    let owner = signed_in.clone();
    app.write(move |tx| {
        let (tenant, uid) = (owner.caller.tenant_id(), &owner.session.uid);
        let account = account::lock(tx, tenant, uid)?;
        // Asked again: a guess that was under way while the lock tripped is not let through by luck.
        if let Some(refusal) = closed(tx, &owner, Released::default(), now)? {
            return Err(refusal.into());
        }
        // Somebody else may have changed it while this one was hashed: then the old PIN is another one now.
        let unchanged = Stored::find(tx, tenant, uid)?.as_ref() == Some(&stored);
        if !unchanged || !accepted.replace(tx, tenant, account, now)? {
            return Err(Reason::CurrentPinInvalid.into());
        }
        if owner.caller.settings().force_logout {
            sessions::end_all_but(tx, tenant, uid, &owner.session.id)?;
        }
        Ok(())
    })
    .await?;
    app.wake.notify_one();
    notify::event(caller, "ChangePIN", Some(&signed_in.session.uid));
    Ok(())
}

/// Counts the wrong old PIN, and says what it is told.
async fn wrong(app: &App, signed_in: &SignedIn) -> Result<Error> {
    let (owner, now) = (signed_in.clone(), app.now());
    let refusal = app
        .write(move |tx| {
            let (tenant, uid) = (&owner.caller.tenant, &owner.session.uid);
            account::lock(tx, &tenant.id, uid)?;
            // Asked again: of many guesses at once, those after the lock are not told whether they were right.
            if let Some(refusal) = closed(tx, &owner, Released::default(), now)? {
                return Ok(refusal);
            }
            count_wrong(tx, &tenant.id, uid)?;
            limits::count(tx, tenant, &Subject::Account(uid.clone()), Counted::Login, now)?;
            Ok(Refusal::from(Reason::CurrentPinInvalid))
        })
        .await?;
    Ok(limits::refused(app, &signed_in.caller, refusal))
}
