//! Step-up by the PIN.

use crate::access::SignedIn;
use crate::factors::mfa::standing::Means;
use crate::factors::pin::{Stored, closed, count_wrong, require_pin};
use crate::factors::release::{self, Release};
use crate::limits::{self, Kind as Counted, Subject};
use crate::session::step_up::{self, Proof};
use crate::{App, Result};
use doorward_model::pin::Pin;
use doorward_model::reason::Reason;
use doorward_store::pins;

/// Proves who the signed-in person is by their PIN, also where PINs do not sign in.
///
/// A wrong one (1236) counts like a failed sign-in and locks like it (1198, 1132, 1148; the release lifts the latter two);
/// after ten of the account nobody may guess on (1264) before the next full login. 1191 and 1233 by the tenant's switches,
/// 1235 when there is no PIN.
pub async fn reauth_pin(app: &App, signed_in: &SignedIn, pin: &Pin, release: &Release) -> Result<Proof> {
    let (caller, now) = (&signed_in.caller, app.now());
    step_up::require_enabled(caller.settings())?;
    require_pin(caller)?;
    let released = release::release_own(app, signed_in, release).await?;
    let owner = signed_in.clone();
    let stored = app
        .read(move |tx| {
            if let Some(refusal) = closed(tx, &owner, released, now)? {
                return Err(refusal.into());
            }
            Stored::find(tx, owner.caller.tenant_id(), &owner.session.uid)
        })
        .await?;
    let stored = stored.ok_or(Reason::PinNotSet)?;
    let right = stored.is_right(app, &caller.tenant, pin).await?;

    step_up::prove(app, signed_in, Means::Pin, move |tx, owner, now| {
        let (tenant, uid) = (&owner.caller.tenant, &owner.session.uid);
        let subject = Subject::Account(uid.clone());
        // Asked again: of many guesses at once, those after the lock are not told whether they were right.
        if let Some(refusal) = closed(tx, owner, released, now)? {
            return Ok(Err(refusal));
        }
        // Somebody may have changed it while this one was hashed: then it is another one now.
        let unchanged = Stored::find(tx, &tenant.id, uid)?.as_ref() == Some(&stored);
        if !right || !unchanged {
            count_wrong(tx, &tenant.id, uid)?;
            limits::count(tx, tenant, &subject, Counted::Login, now)?;
            return Ok(Err(Reason::PinInvalid.into()));
        }
        pins::forget_wrong(tx, &tenant.id, uid)?;
        limits::clear(tx, tenant, &subject, Counted::Login)?;
        Ok(Ok(()))
    })
    .await
}
