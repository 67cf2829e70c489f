//! The user name.

use crate::access::{Caller, SignedIn};
use crate::notify::{self, Notices, Template};
use crate::profile::holdings::give_username;
use crate::profile::{account, availability};
use crate::{App, Result};
use doorward_model::identifier::Username;
use doorward_store::identifiers::{self, Kind};

/// Whether somebody has this user name; 1411 where that is not told.
pub async fn check_user_name_availability(app: &App, caller: &Caller, username: &Username) -> Result<bool> {
    availability::is_taken(app, caller, Kind::Username, username.as_str()).await
}

/// Gives the signed-in person this user name, in place of the one they have, and tells them; 1017 when somebody else has
/// it, 90006 when they signed in long ago.
pub async fn set_or_change_username_by_access_token(
    app: &App,
    signed_in: &SignedIn,
    username: &Username,
) -> Result<()> {
    let (caller, now) = (&signed_in.caller, app.now());
    account::require_recent(app, signed_in)?;
    let held = account::identifiers(app, signed_in).await?;
    let notices = Notices::prepare(app, caller, Template::SignInChanged, &held, now)?;
    let (tenant, uid, username) = (caller.tenant.clone(), signed_in.session.uid.clone(), username.clone());
    app.write(move |tx| {
        account::lock(tx, &tenant.id, &uid)?;
        identifiers::remove(tx, &tenant.id, &uid, Kind::Username)?;
        give_username(tx, &tenant, &uid, &username)?;
        notices.queue(tx, &tenant.id, now)
    })
    .await?;
    app.wake.notify_one();
    notify::event(caller, "ChangeUsername", Some(&signed_in.session.uid));
    Ok(())
}
