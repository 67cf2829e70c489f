//! People who move in when they sign in: a login by somebody whom nobody here knows is tried at the service that the
//! tenant's people come from, and who gets in there becomes an account here.
//!
//! Nobody shall use us to guess at passwords there: every try is counted against the identifier before that service is
//! asked. And nobody shall learn from the time an answer takes whether an identifier is known here: a wrong password
//! for somebody who is known waits as long as the other service took lately.

use crate::access::Caller;
use crate::accounts::import;
use crate::app::outside::Credentials;
use crate::limits::{self, Kind as Counted, Subject};
use crate::profile::identifiers::Named;
use crate::{App, Result, notify};
use doorward_model::id::Uid;
use doorward_model::keys::Digest;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::accounts;
use serde_json::{Map, Value};
use std::time::Instant;

/// True when people move here from elsewhere.
pub(crate) fn is_on(app: &App, caller: &Caller) -> bool {
    app.outside.former_home.is_some() && caller.settings().migration.address().is_some()
}

/// Tries the credentials at the former home and takes over who gets in. Whatever goes wrong there is for the log; the
/// login goes on with whoever is known here by then.
pub(crate) async fn try_there(
    app: &App,
    caller: &Caller,
    named: &Named,
    password: &Secret,
    digest: &Digest,
    now: Timestamp,
) -> Result<()> {
    if !may_ask(app, caller, digest, now).await? {
        wait_as_long(app).await;
        return Ok(());
    }
    let Some(profile) = ask(app, caller, named, password).await else { return Ok(()) };
    if move_in(app, caller, named, profile, password).await? {
        let (tenant, subject) = (caller.tenant.clone(), Subject::Unknown(digest.clone()));
        app.write(move |tx| {
            limits::clear(tx, &tenant, &subject, Counted::Elsewhere)?;
            limits::clear(tx, &tenant, &subject, Counted::Login)
        })
        .await?;
    }
    Ok(())
}

/// Lets a wrong password for somebody known here take as long as one for somebody who is not.
pub(crate) async fn wait_as_long(app: &App) {
    let [chosen] = app.random();
    tokio::time::sleep(app.pace.typical(usize::from(chosen))).await;
}

/// Counts the try; false when the identifier had too many.
async fn may_ask(app: &App, caller: &Caller, digest: &Digest, now: Timestamp) -> Result<bool> {
    let (tenant, subject) = (caller.tenant.clone(), Subject::Unknown(digest.clone()));
    app.write(move |tx| limits::try_once(tx, &tenant, &subject, Counted::Elsewhere, now)).await
}

async fn ask(app: &App, caller: &Caller, named: &Named, password: &Secret) -> Option<Map<String, Value>> {
    let home = app.outside.former_home.as_ref()?;
    let credentials =
        Credentials { kind: named.kind.as_str(), identifier: named.value.clone(), password: password.clone() };
    let begun = Instant::now();
    let answer = home.login(&caller.settings().migration, &credentials).await;
    app.pace.note(begun.elapsed());
    answer.unwrap_or_else(|error| {
        let tenant = caller.tenant_id().as_str();
        tracing::warn!(tenant, error = format!("{error:#}"), "the service that people move from was not reached");
        None
    })
}

/// Makes the account, with the password that was right there; false when it cannot be one of ours, which the log says.
async fn move_in(
    app: &App,
    caller: &Caller,
    named: &Named,
    profile: Map<String, Value>,
    password: &Secret,
) -> Result<bool> {
    let tenant = caller.tenant_id().as_str();
    let uid = profile.iter().find(|(name, _)| name.eq_ignore_ascii_case("Uid")).and_then(|(_, uid)| uid.as_str());
    let Some(uid) = uid.filter(|uid| !uid.is_empty()).map(Uid::new) else {
        tracing::warn!(tenant, "a profile from elsewhere has no Uid and was not taken over");
        return Ok(false);
    };
    let (within, id) = (caller.tenant.clone(), uid.clone());
    if app.read(move |tx| Ok(accounts::has_left(tx, &within.id, &id)?)).await? {
        tracing::info!(tenant, account.uid = uid.as_str(), "an account that was deleted here does not come back");
        return Ok(false);
    }
    match import::take_over(app, &caller.tenant, named, profile, password).await? {
        None => {
            notify::event(caller, "TakeOver", Some(&uid));
            Ok(true)
        }
        Some(refused) => {
            let (uid, code, why) = (uid.as_str(), refused.code, refused.why);
            tracing::warn!(tenant, account.uid = uid, code, why, "a profile from elsewhere was not taken over");
            Ok(false)
        }
    }
}
