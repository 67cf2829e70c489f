//! Passkeys as second factor: set up and proved while a login waits, and set up by who is signed in.

use crate::access::{Caller, SignedIn};
use crate::factors::mfa::Factor;
use crate::factors::mfa::change::Change;
use crate::factors::mfa::held::{Held, Tried, find, hold};
use crate::factors::mfa::passkey::require_offered;
use crate::factors::passkey::{
    Creation, Drawn, Expected, Given, Listed, Made, RelyingParty, Request, Shown, descriptor,
};
use crate::profile::account::{self, require_recent};
use crate::profile::identifiers::address;
use crate::session::second_factor::prove;
use crate::session::{Login, limit};
use crate::{App, Result, notify};
use doorward_model::id::SessionId;
use doorward_model::keys::Keys;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_store::passkey_ceremonies::Kind;
use doorward_store::passkeys::{self, Purpose};
use doorward_store::{Json, identifiers, sessions};

/// Asks for a signature by a passkey of the account whose login waits, in place of one that was asked for before.
///
/// Refused: 1097, 1327 and 1322 by the tenant's settings, 1103 and 1104 by the token, 1328 when the account has none, or
/// none beside the one it signed in with, 1338 when it has as many sessions as it may.
pub async fn begin_passkey_mfa_verification(app: &App, caller: &Caller, token: &Secret) -> Result<Request> {
    require_offered(caller.settings())?;
    let relying_party = RelyingParty::of(caller)?;
    let now = app.now();
    let drawn = Drawn::draw(app, caller, Kind::SecondFactor, now);
    let (finder, within, token) = (app.clone(), caller.clone(), token.clone());
    app.write(move |tx| {
        let held = hold(&finder, tx, &within, &token, now)?;
        require_usable(&finder.keys, &held, &within)?;
        let uid = &held.transaction().uid;
        // Told before anybody is asked for a touch that would open nothing. No session is the login's own yet.
        if let Some(reason) = limit::reached(tx, &within.tenant, uid, &SessionId::new(""), now)? {
            return Err(reason.into());
        }
        let mut owned = passkeys::list(tx, within.tenant_id(), uid)?;
        owned.retain(|passkey| passkey.purpose == Purpose::SecondFactor.as_str());
        let drawn = drawn.clone().about(Some(uid)).bound_to(&held.transaction().token);
        drawn.begin(tx, &within, now)?;
        let allow = owned.iter().map(descriptor).collect();
        Ok(relying_party.request(&drawn, Some(allow)))
    })
    .await
}

/// Completes the login by the signature that was asked for. `templates` are the names of the messages that risk checks
/// send.
///
/// Refused beside what [`begin_passkey_mfa_verification`] is refused with: 1321 for every signature that is not right,
/// which is counted; 1264 when the account is locked by it.
pub async fn finish_mfa_passkey_login(
    app: &App,
    caller: &Caller,
    token: &Secret,
    given: &Given,
    templates: &serde_json::Value,
) -> Result<Login> {
    require_offered(caller.settings())?;
    let now = app.now();
    let shown = Shown::judge(app, caller, Kind::SecondFactor, given, now).await?;
    let (keys, within) = (app.keys.clone(), caller.clone());
    prove(app, caller, token, Json::of(templates)?, move |tx, held, now| {
        require_usable(&keys, held, &within)?;
        let login = held.transaction();
        let expected = Expected { purpose: Purpose::SecondFactor, token: Some(&login.token) };
        Ok(match shown.take(tx, &within, expected, now)? {
            Ok((uid, _)) if uid == login.uid => Tried::Right,
            Ok(_) => Tried::Wrong(Reason::PasskeyVerificationFailed),
            Err(flaw) => Tried::Wrong(flaw.refuse(&within, Some(&login.uid))),
        })
    })
    .await
}

/// 1328 when the account of a login that waits has no passkey to complete it with.
fn require_usable(keys: &Keys, held: &Held, caller: &Caller) -> Result<()> {
    let login = held.transaction();
    let usable = held.standing().usable_after(keys, caller, (&login.first_factor, login.spent.as_ref()))?;
    usable.contains(&Factor::Passkey).then_some(()).ok_or_else(|| Reason::PasskeyMfaNotConfigured.into())
}

/// Asks for the passkey that is to become the second factor of an account that has none. 1250 when one is proved already,
/// 1324 for an account without an address.
pub async fn begin_mfa_passkey_registration(app: &App, caller: &Caller, token: &Secret) -> Result<Creation> {
    require_offered(caller.settings())?;
    let relying_party = RelyingParty::of(caller)?;
    let now = app.now();
    let drawn = Drawn::draw(app, caller, Kind::Enrol, now);
    let (finder, within, token) = (app.clone(), caller.clone(), token.clone());
    app.write(move |tx| {
        let held = hold(&finder, tx, &within, &token, now)?;
        require_newcomer(&held, within.settings())?;
        let (tenant, uid) = (within.tenant_id(), &held.transaction().uid);
        let name = address(&identifiers::list(tx, tenant, uid)?)?;
        let drawn = drawn.clone().about(Some(uid)).bound_to(&held.transaction().token);
        drawn.begin(tx, &within, now)?;
        Ok(relying_party.creation(&drawn, uid, &name, &passkeys::list(tx, tenant, uid)?))
    })
    .await
}

/// Makes the passkey that was asked for the second factor of the account, completes the login by it, and tells the owner.
/// 1321 when it is not what was asked for, which is counted.
pub async fn finish_mfa_passkey_registration(
    app: &App,
    caller: &Caller,
    token: &Secret,
    given: &Given,
    templates: &serde_json::Value,
) -> Result<Login> {
    require_offered(caller.settings())?;
    let made = Made::judge(app, caller, Kind::Enrol, given)?;
    let now = app.now();
    let (finder, within, wanted) = (app.clone(), caller.clone(), token.clone());
    let login = app.read(move |tx| Ok(find(&finder, tx, &within, &wanted, now)?.transaction().clone())).await?;
    let change = Change::prepare(app, caller, &login.uid).await?;
    let within = caller.clone();
    prove(app, caller, token, Json::of(templates)?, move |tx, held, now| {
        require_newcomer(held, within.settings())?;
        let (tenant, login) = (within.tenant_id(), held.transaction());
        let uid = &login.uid;
        if let Err(flaw) = made.take(tx, &within, uid, Some(&login.token), now)? {
            return Ok(Tried::Wrong(flaw.refuse(&within, Some(uid))));
        }
        let name = address(&identifiers::list(tx, tenant, uid)?)?;
        if let Err(flaw) = made.give(tx, &within, (uid, Purpose::SecondFactor), &name, now)? {
            return Ok(Tried::Wrong(flaw.refuse(&within, Some(uid))));
        }
        change.tell(tx, &within)?;
        Ok(Tried::Right)
    })
    .await
}

/// 1250 when the account has a factor: whoever knows only the password must not add one of their own.
fn require_newcomer(held: &Held, settings: &Settings) -> Result<(), Reason> {
    held.standing().usable(settings).is_empty().then_some(()).ok_or(Reason::MfaPhoneUpdateNotAllowed)
}

/// Asks the signed-in person's authenticator for a passkey that is to complete their logins. 90006 when they signed in
/// long ago, 1324 for an account without an address.
pub async fn account_register_mfa_passkey_begin(app: &App, signed_in: &SignedIn) -> Result<Creation> {
    let (caller, now) = (&signed_in.caller, app.now());
    require_offered(caller.settings())?;
    let relying_party = RelyingParty::of(caller)?;
    require_recent(app, signed_in)?;
    let uid = signed_in.session.uid.clone();
    let drawn = Drawn::draw(app, caller, Kind::EnrolOwn, now).about(Some(&uid));
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

/// Makes the passkey that was asked for a second factor of the signed-in person, and tells them; who holds the session
/// has proved a factor by it. 1321 when it is not what was asked for.
pub async fn account_register_mfa_passkey_finish(app: &App, signed_in: &SignedIn, given: &Given) -> Result<Listed> {
    let (caller, now) = (&signed_in.caller, app.now());
    require_offered(caller.settings())?;
    require_recent(app, signed_in)?;
    let made = Made::judge(app, caller, Kind::EnrolOwn, given)?;
    let change = Change::prepare(app, caller, &signed_in.session.uid).await?;
    let (within, uid) = (caller.clone(), signed_in.session.uid.clone());
    let session = signed_in.session.id.clone();
    let enrolled = app
        .write(move |tx| {
            let tenant = within.tenant_id();
            account::lock(tx, tenant, &uid)?;
            if let Err(flaw) = made.take(tx, &within, &uid, None, now)? {
                return Ok(Err(flaw));
            }
            let name = address(&identifiers::list(tx, tenant, &uid)?)?;
            let listed = match made.give(tx, &within, (&uid, Purpose::SecondFactor), &name, now)? {
                Ok(listed) => listed,
                Err(flaw) => return Ok(Err(flaw)),
            };
            sessions::authenticate(tx, tenant, &session, now)?;
            change.follow(tx, &within, &uid)?;
            Ok(Ok(listed))
        })
        .await?;
    match enrolled {
        Ok(listed) => {
            app.wake.notify_one();
            notify::event(caller, "AddSecondFactor", Some(&signed_in.session.uid));
            Ok(listed)
        }
        Err(flaw) => Err(flaw.refuse(caller, Some(&signed_in.session.uid)).into()),
    }
}
