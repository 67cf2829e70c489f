//! Step-up by the password.

use crate::access::SignedIn;
use crate::factors::mfa::standing::Means;
use crate::factors::release::{self, Release};
use crate::limits::{self, Kind as Counted, Subject};
use crate::session::step_up::{Proof, judge, prove, require_enabled};
use crate::{App, Result};
use doorward_model::password::Password;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_store::passwords;

/// Proves who the signed-in person is by their password.
///
/// A wrong one (1205), also of somebody who has none, counts like a failed sign-in and locks like it (1198, 1132, 1148;
/// the release lifts the latter two). 1191 where the tenant has no step-up.
pub async fn reauth_password(app: &App, signed_in: &SignedIn, password: &Secret, release: &Release) -> Result<Proof> {
    let (caller, now) = (&signed_in.caller, app.now());
    require_enabled(caller.settings())?;
    let released = release::release_own(app, signed_in, release).await?;
    let owner = signed_in.clone();
    let current = app
        .read(move |tx| {
            let (tenant, uid) = (&owner.caller.tenant, &owner.session.uid);
            let subject = Subject::Account(uid.clone());
            if let Some(refusal) = limits::barred(tx, tenant, &subject, Counted::Login, released, now)? {
                return Err(refusal.into());
            }
            Ok(passwords::current(tx, &tenant.id, uid)?.map(|current| current.hash))
        })
        .await?;
    let right = app.verify_password(Password::new(password), current.clone()).await?;

    prove(app, signed_in, Means::Password, move |tx, owner, now| {
        let (current, tried) = (current.clone(), (Counted::Login, Reason::PasswordInvalid));
        // The lock is asked again: of many guesses at once, those after it are not told whether they were right.
        judge(tx, owner, tried, released, now, |tx| {
            // Somebody may have changed it while this one was hashed: then it is another one now.
            let present = passwords::current(tx, owner.caller.tenant_id(), &owner.session.uid)?;
            Ok(right && present.map(|present| present.hash) == current)
        })
    })
    .await
}
