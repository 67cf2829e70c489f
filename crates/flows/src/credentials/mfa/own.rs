//! The factors of an account as its owner, or the back end, sees and removes them.

use super::own_authenticator;
use crate::access::{Admin, Caller, SignedIn};
use crate::factors::mfa::change::Change;
use crate::factors::mfa::{Factor, Shown, Standing, email, questions, require_another, require_enabled};
use crate::profile::account::{self, require_recent};
use crate::{App, Result, notify};
use doorward_model::id::Uid;
use doorward_model::reason::Reason;
use doorward_store::passkeys::{self, Purpose};
use doorward_store::{Tx, accounts, backup_codes, second_factors};

/// What the person proves themselves with, the phone number and addresses in clear, and the key of the app that they may
/// set up; 1097 where the tenant has no second factors.
pub async fn get_mfa_settings(app: &App, signed_in: &SignedIn) -> Result<Shown> {
    let (standing, shown) = read(app, signed_in).await?;
    Ok(Shown { authenticator: own_authenticator::setup(app, signed_in, &standing).await?, ..shown })
}

/// The same without a key: nothing is begun by it.
pub async fn own_factors(app: &App, signed_in: &SignedIn) -> Result<Shown> {
    Ok(read(app, signed_in).await?.1)
}

async fn read(app: &App, signed_in: &SignedIn) -> Result<(Standing, Shown)> {
    let caller = &signed_in.caller;
    require_enabled(caller.settings())?;
    let (tenant, uid) = (caller.tenant.clone(), signed_in.session.uid.clone());
    let (keys, account) = (app.keys.clone(), uid.clone());
    let (standing, mailboxes) = app
        .read(move |tx| {
            let standing = Standing::load(tx, &tenant.id, &account)?;
            Ok((standing, email::mailboxes(tx, &keys, &tenant.id, &account, None)?))
        })
        .await?;
    let phone = standing.phone(&app.keys, caller.tenant_id())?;
    let mailboxes = if Factor::Email.is_offered(caller.settings()) { mailboxes } else { Vec::new() };
    let questions = match standing.verified(Factor::SecurityQuestion) {
        _ if !Factor::SecurityQuestion.is_offered(caller.settings()) => Vec::new(),
        Some(_) => questions::asked_of(app, caller, &uid).await?,
        None => caller.settings().security_questions.list.clone(),
    };
    let shown = Shown {
        verified: standing.usable(caller.settings()),
        phone: phone.map(|phone| phone.as_str().to_owned()),
        sms: None,
        authenticator: None,
        emails: mailboxes.iter().map(|email| email.shown().to_owned()).collect(),
        email: None,
        questions,
    };
    Ok((standing, shown))
}

/// Removes a factor of the signed-in person, and tells them; 90006 when they signed in long ago, 1121 when it is the last
/// one and the tenant requires one, 1099 or 1101 when there is none of this kind.
pub async fn remove_factor(app: &App, signed_in: &SignedIn, factor: Factor) -> Result<()> {
    let (caller, uid) = (&signed_in.caller, signed_in.session.uid.clone());
    require_recent(app, signed_in)?;
    let change = Change::prepare(app, caller, &uid).await?;
    let within = caller.clone();
    app.write(move |tx| {
        account::lock(tx, within.tenant_id(), &uid)?;
        require_another(tx, &within, &uid, factor)?;
        remove(tx, &within, &uid, factor, &change)
    })
    .await?;
    app.wake.notify_one();
    notify::event(caller, "RemoveSecondFactor", Some(&signed_in.session.uid));
    Ok(())
}

/// Removes a factor of an account for the back end, also the last one: that is the way back of who lost it. 984 for an
/// unknown account, 1099 or 1101 when there is none of this kind.
pub async fn remove_factor_by_uid(app: &App, admin: &Admin, uid: &Uid, factor: Factor) -> Result<()> {
    let caller = &admin.caller;
    let change = Change::prepare(app, caller, uid).await?;
    let (within, id) = (caller.clone(), uid.clone());
    app.write(move |tx| {
        accounts::lock(tx, within.tenant_id(), &id)?.ok_or(Reason::AccountIdInvalid)?;
        remove(tx, &within, &id, factor, &change)
    })
    .await?;
    app.wake.notify_one();
    notify::event(caller, "RemoveSecondFactor", Some(uid));
    Ok(())
}

fn remove(tx: &mut Tx, caller: &Caller, uid: &Uid, factor: Factor, change: &Change) -> Result<()> {
    let tenant = caller.tenant_id();
    let removed = match factor {
        Factor::Passkey => passkeys::remove_all(tx, tenant, uid, Purpose::SecondFactor)?,
        _ => second_factors::remove(tx, tenant, uid, factor.as_str())?,
    };
    if !removed {
        return Err(factor.missing().into());
    }
    if Standing::load(tx, caller.tenant_id(), uid)?.is_bare() {
        // They stand in for a factor: where there is none, they would be one.
        backup_codes::remove_all(tx, caller.tenant_id(), uid)?;
    }
    change.follow(tx, caller, uid)
}
