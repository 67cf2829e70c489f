//! A new password in place of one that its owner knows.

use crate::access::SignedIn;
use crate::factors::password::Former;
use crate::factors::release::{self, Release};
use crate::limits::{self, Kind as Counted, Released, Subject, captcha};
use crate::profile::account;
use crate::{App, Error, Result, notify, session};
use doorward_model::password::Password;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_store::passwords;

/// Changes the signed-in person's password and ends every other session if the tenant says so; this one stays.
///
/// A wrong old password (967) counts like a failed sign-in and locks like it (1198, 1132, 1148; the release lifts the
/// latter two). A new one that is refused (1134, 1216) changes nothing. 982 where it takes a captcha and the answer is not
/// right.
pub async fn change_password(
    app: &App,
    signed_in: &SignedIn,
    old: &Secret,
    new: &Secret,
    release: &Release,
) -> Result<()> {
    let (caller, now) = (&signed_in.caller, app.now());
    captcha::require(caller, |apis| apis.put_change_password, release.captcha.as_ref())?;
    let new = Password::new(new);
    new.check_form(&caller.settings().password)?;

    let released = release::release_own(app, signed_in, release).await?;
    let (within, uid) = (caller.clone(), signed_in.session.uid.clone());
    let subject = Subject::Account(uid.clone());
    let known = app
        .read(move |tx| {
            let tenant = &within.tenant;
            if let Some(refusal) = limits::barred(tx, tenant, &subject, Counted::Login, released, now)? {
                return Ok(Err(refusal));
            }
            let current = passwords::current(tx, &tenant.id, &uid)?.map(|current| current.hash);
            Ok(Ok((current, Former::load(tx, &within, &uid)?)))
        })
        .await?;
    let (current, former) = known?;
    if !app.verify_password(Password::new(old), current.clone()).await? {
        return Err(wrong(app, signed_in, released).await?);
    }
    let hash = former.accept(app, caller, new).await?;
    let accepted = former.accepted(app, caller, hash, now)?;

    let (within, uid, session) = (caller.clone(), signed_in.session.uid.clone(), signed_in.session.id.clone());
    app.write(move |tx| {
        let tenant = within.tenant_id();
        account::lock(tx, tenant, &uid)?;
        // Asked again: a guess that was under way while the lock tripped is not let through by luck.
        let subject = Subject::Account(uid.clone());
        if let Some(refusal) = limits::enter(tx, &within.tenant, &subject, Counted::Login, released, now)? {
            return Err(refusal.into());
        }
        // Somebody else may have changed it while this one was hashed: then the old password is another one now.
        let unchanged = passwords::current(tx, tenant, &uid)?.map(|current| current.hash) == current;
        if !unchanged {
            return Err(Reason::CurrentPasswordInvalid.into());
        }
        accepted.set(tx, &within, &uid, now)?;
        session::end_all_but(tx, within.settings(), tenant, &uid, &session, now)
    })
    .await?;
    app.wake.notify_one();
    notify::event(caller, "ChangePassword", Some(&signed_in.session.uid));
    Ok(())
}

/// Counts the wrong old password, and says what it is told.
async fn wrong(app: &App, signed_in: &SignedIn, released: Released) -> Result<Error> {
    let (caller, uid, now) = (&signed_in.caller, signed_in.session.uid.clone(), app.now());
    let tenant = caller.tenant.clone();
    let refusal = app
        .write(move |tx| {
            let subject = Subject::Account(uid.clone());
            // Asked again: of many guesses at once, those after the lock are not told whether they were right.
            if let Some(refusal) = limits::enter(tx, &tenant, &subject, Counted::Login, released, now)? {
                return Ok(refusal);
            }
            limits::count(tx, &tenant, &subject, Counted::Login, now)?;
            Ok(Refusal::from(Reason::CurrentPasswordInvalid))
        })
        .await?;
    Ok(limits::refused(app, caller, refusal))
}
