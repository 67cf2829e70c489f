//! The passkeys of an account: added and removed by its owner, seen and removed by the back end.

use crate::access::{Admin, Caller, SignedIn};
use crate::factors::passkey::relying_party::Flaw;
use crate::factors::passkey::{Creation, Drawn, Given, Listed, Made, RelyingParty, require_passkeys};
use crate::notify::{self, Notices, Template};
use crate::profile::account;
use crate::profile::identifiers::address;
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::reason::Reason;
use doorward_model::time::Timestamp;
use doorward_store::passkey_ceremonies::Kind;
use doorward_store::passkeys::{self, Purpose};
use doorward_store::{Tx, accounts, identifiers, mfa_transactions};

/// Asks the signed-in person's authenticator for a passkey. 90006 when they signed in long ago, 1324 for an account
/// without an address.
pub async fn account_register_passkey_begin(app: &App, signed_in: &SignedIn) -> Result<Creation> {
    let (caller, now) = (&signed_in.caller, app.now());
    require_passkeys(caller)?;
    let relying_party = RelyingParty::of(caller)?;
    account::require_recent(app, signed_in)?;
    let uid = signed_in.session.uid.clone();
    let drawn = Drawn::draw(app, caller, Kind::Add, now).about(Some(&uid));
    let within = caller.clone();
    app.write(move |tx| {
        let tenant = within.tenant_id();
        account::lock(tx, tenant, &uid)?;
        let name = address(&identifiers::list(tx, tenant, &uid)?)?;
        drawn.begin(tx, &within, now)?;
        Ok(relying_party.creation(&drawn, &uid, &name, &passkeys::list(tx, tenant, &uid)?))
    })
    .await
}

/// Gives the signed-in person the passkey that their authenticator made, and tells them; all passkeys that sign them in.
/// 1321 when it is not what was asked for, 90006 when they signed in long ago.
pub async fn account_register_passkey_finish(app: &App, signed_in: &SignedIn, given: &Given) -> Result<Vec<Listed>> {
    let (caller, now) = (&signed_in.caller, app.now());
    require_passkeys(caller)?;
    account::require_recent(app, signed_in)?;
    let made = Made::judge(app, caller, Kind::Add, given)?;
    let notices = notices(app, caller, &signed_in.session.uid, now).await?;
    let (within, uid) = (caller.clone(), signed_in.session.uid.clone());
    let added: Result<_, Flaw> = app
        .write(move |tx| {
            let tenant = within.tenant_id();
            account::lock(tx, tenant, &uid)?;
            if let Err(flaw) = made.take(tx, &within, &uid, None, now)? {
                return Ok(Err(flaw));
            }
            let name = address(&identifiers::list(tx, tenant, &uid)?)?;
            if let Err(flaw) = made.give(tx, &within, (&uid, Purpose::Login), &name, now)? {
                return Ok(Err(flaw));
            }
            notices.queue(tx, tenant, now)?;
            Ok(Ok(list(tx, &within, &uid)?))
        })
        .await?;
    match added {
        Ok(listed) => {
            app.wake.notify_one();
            notify::event(caller, "AddPasskey", Some(&signed_in.session.uid));
            Ok(listed)
        }
        Err(flaw) => Err(flaw.refuse(caller, Some(&signed_in.session.uid)).into()),
    }
}

/// The passkeys that sign the person in; 1323 when there is none.
pub async fn account_list_passkey(app: &App, signed_in: &SignedIn) -> Result<Vec<Listed>> {
    listed(app, &signed_in.caller, &signed_in.session.uid).await
}

/// The same of any account, for the back end; 984 for an unknown one.
pub async fn list_passkey_user(app: &App, admin: &Admin, uid: &Uid) -> Result<Vec<Listed>> {
    require_account(app, &admin.caller, uid).await?;
    listed(app, &admin.caller, uid).await
}

/// Removes one of the person's passkeys, and tells them: 90006 when they signed in long ago, 1323 when they have none,
/// 1325 when it is none of theirs.
pub async fn account_remove_passkey(app: &App, signed_in: &SignedIn, id: &str) -> Result<()> {
    require_passkeys(&signed_in.caller)?;
    account::require_recent(app, signed_in)?;
    remove(app, &signed_in.caller, &signed_in.session.uid, id).await
}

/// The same of any account, for the back end; 984 for an unknown one.
pub async fn delete_passkey_by_uid(app: &App, admin: &Admin, uid: &Uid, id: &str) -> Result<()> {
    require_passkeys(&admin.caller)?;
    require_account(app, &admin.caller, uid).await?;
    remove(app, &admin.caller, uid, id).await
}

async fn require_account(app: &App, caller: &Caller, uid: &Uid) -> Result<()> {
    let (tenant, uid) = (caller.tenant.clone(), uid.clone());
    let state = app.read(move |tx| Ok(accounts::state(tx, &tenant.id, &uid)?)).await?;
    state.map(|_| ()).ok_or_else(|| Reason::AccountIdInvalid.into())
}

async fn listed(app: &App, caller: &Caller, uid: &Uid) -> Result<Vec<Listed>> {
    require_passkeys(caller)?;
    let (within, uid) = (caller.clone(), uid.clone());
    let listed = app.read(move |tx| list(tx, &within, &uid)).await?;
    if listed.is_empty() {
        return Err(Reason::PasskeyNotOnProfile.into());
    }
    Ok(listed)
}

fn list(tx: &mut Tx, caller: &Caller, uid: &Uid) -> Result<Vec<Listed>> {
    let held = passkeys::list(tx, caller.tenant_id(), uid)?;
    Ok(held.iter().filter(|passkey| passkey.purpose == Purpose::Login.as_str()).map(Listed::of).collect())
}

async fn remove(app: &App, caller: &Caller, uid: &Uid, id: &str) -> Result<()> {
    let now = app.now();
    let notices = notices(app, caller, uid, now).await?;
    let (within, whose, id) = (caller.clone(), uid.clone(), id.to_owned());
    app.write(move |tx| {
        let tenant = within.tenant_id();
        accounts::lock(tx, tenant, &whose)?.ok_or(Reason::AccountIdInvalid)?;
        let held = list(tx, &within, &whose)?;
        if held.is_empty() {
            return Err(Reason::PasskeyNotOnProfile.into());
        }
        if !held.iter().any(|passkey| passkey.id == id) || passkeys::remove(tx, tenant, &whose, &id)?.is_none() {
            return Err(Reason::PasskeyIdInvalid.into());
        }
        // A login that it began is nobody's any more.
        mfa_transactions::end_all(tx, tenant, &whose)?;
        notices.queue(tx, tenant, now)
    })
    .await?;
    app.wake.notify_one();
    notify::event(caller, "RemovePasskey", Some(uid));
    Ok(())
}

/// What the owner is told when the passkeys that sign in change.
pub(super) async fn notices(app: &App, caller: &Caller, uid: &Uid, now: Timestamp) -> Result<Notices> {
    let (tenant, uid) = (caller.tenant.clone(), uid.clone());
    let held = app.read(move |tx| Ok(identifiers::list(tx, &tenant.id, &uid)?)).await?;
    Notices::prepare(app, caller, Template::SignInChanged, &held, now)
}
