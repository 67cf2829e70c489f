//! The factors of an account as its owner, or the back end, sees and removes them.

use super::{Factor, Shown, Standing, require_enabled};
use crate::access::{self, Admin, Caller, SignedIn};
use crate::notify::{Notices, Template};
use crate::{App, Result, notify, own};
use doorward_model::id::Uid;
use doorward_model::reason::Reason;
use doorward_model::time::Timestamp;
use doorward_store::identifiers::{self, Identifier};
use doorward_store::passkeys::{self, Purpose};
use doorward_store::{Tx, accounts, mfa_transactions, second_factors};

/// What the person proves themselves with, the phone number in clear; 1097 where the tenant has no second factors.
pub async fn get_mfa_settings(app: &App, signed_in: &SignedIn) -> Result<Shown> {
    let caller = &signed_in.caller;
    require_enabled(caller.settings())?;
    let (tenant, uid) = (caller.tenant.clone(), signed_in.session.uid.clone());
    let standing = app.read(move |tx| Standing::load(tx, &tenant.id, &uid)).await?;
    let phone = standing.phone(app, caller.tenant_id())?;
    Ok(Shown {
        verified: standing.usable(caller.settings()),
        phone: phone.map(|phone| phone.as_str().to_owned()),
        sms: None,
    })
}

/// 90006 unless the person proved who they are within the last ten minutes.
pub(super) fn require_recent(app: &App, signed_in: &SignedIn) -> Result<(), Reason> {
    let is_recent = access::is_recent(&signed_in.session, app.now());
    is_recent.then_some(()).ok_or(Reason::RecentAuthenticationNeeded)
}

/// Removes a factor of the signed-in person, and tells them; 90006 when they signed in long ago, 1121 when it is the last
/// one and the tenant requires one, 1099 or 1101 when there is none of this kind.
pub async fn remove_factor(app: &App, signed_in: &SignedIn, factor: Factor) -> Result<()> {
    let (caller, uid) = (&signed_in.caller, signed_in.session.uid.clone());
    require_recent(app, signed_in)?;
    let change = Change::prepare(app, caller, &uid).await?;
    let within = caller.clone();
    app.write(move |tx| {
        own::lock(tx, within.tenant_id(), &uid)?;
        let settings = within.settings();
        let usable = Standing::load(tx, within.tenant_id(), &uid)?.usable(settings);
        if settings.second_factor.enabled && settings.second_factor.required && usable == [factor] {
            return Err(Reason::MfaRemovalInvalid.into());
        }
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
    change.follow(tx, caller, uid)
}

/// What follows every change of an account's factors.
pub(super) struct Change {
    notices: Notices,
    now: Timestamp,
}

impl Change {
    /// Composes the notices to the owner.
    pub(super) async fn prepare(app: &App, caller: &Caller, uid: &Uid) -> Result<Change> {
        let (tenant, uid) = (caller.tenant.clone(), uid.clone());
        let held = app.read(move |tx| Ok(identifiers::list(tx, &tenant.id, &uid)?)).await?;
        Change::telling(app, caller, &held)
    }

    /// Composes the notices to who holds these identifiers.
    pub(super) fn telling(app: &App, caller: &Caller, held: &[Identifier]) -> Result<Change> {
        let now = app.now();
        Ok(Change { notices: Notices::prepare(app, caller, Template::SecondFactorChanged, held, now)?, now })
    }

    /// Ends the logins that wait for what was a factor until now, and queues the notices.
    pub(super) fn follow(&self, tx: &mut Tx, caller: &Caller, uid: &Uid) -> Result<()> {
        mfa_transactions::end_all(tx, caller.tenant_id(), uid)?;
        self.notices.queue(tx, caller.tenant_id(), self.now)
    }

    /// Queues the notices alone: the login that waits is the one that made the change.
    pub(super) fn tell(&self, tx: &mut Tx, caller: &Caller) -> Result<()> {
        self.notices.queue(tx, caller.tenant_id(), self.now)
    }
}
