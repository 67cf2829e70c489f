//! A new account whose first credential is a passkey.

use crate::access::Caller;
use crate::factors::passkey::relying_party::Flaw;
use crate::factors::passkey::{self, Creation, Drawn, Given, Made, RelyingParty, require_passkeys, shown};
use crate::profile::holdings::Holdings;
use crate::registration::draft::Draft;
use crate::registration::{Messages, Wishes, signs_in_at_once, source};
use crate::session::{self, Fresh, Login};
use crate::{App, Result, challenge, notify};
use doorward_model::id::Uid;
use doorward_model::identifier::Email;
use doorward_model::profile::Writer;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_store::identifiers::{self, Kind as IdentifierKind};
use doorward_store::passkey_ceremonies::Kind;
use doorward_store::passkeys::Purpose;
use serde_json::{Map, Value};

/// A registration as it was sent.
#[derive(Debug)]
pub struct Joining<'a> {
    /// The passkey.
    pub given: &'a Given,
    /// The profile, without the passkey.
    pub body: &'a Map<String, Value>,
    /// What the caller wants of the messages.
    pub wishes: Wishes<'a>,
}

/// Asks for the passkey of somebody who wants an account with this address. 1190 while registration is closed, 936 when
/// the address is taken, as any registration says.
pub async fn begin_passkey_registration(app: &App, caller: &Caller, email: &Email) -> Result<Creation> {
    require_registration(caller)?;
    let relying_party = RelyingParty::of(caller)?;
    let now = app.now();
    let subject = challenge::subject(&app.keys, &caller.tenant.id, IdentifierKind::Email, email.as_str());
    app.velocity.count_identifier(&subject)?;
    // The authenticator keeps the uid with the passkey: the account that is made at the end will have it.
    let uid = Uid::new(app.guid());
    let drawn = Drawn::draw(app, caller, Kind::Register, now).about(Some(&uid)).naming(&subject);
    let (within, email) = (caller.clone(), email.clone());
    app.write(move |tx| {
        if identifiers::owner(tx, within.tenant_id(), IdentifierKind::Email, email.as_str())?.is_some() {
            return Err(Reason::EmailAlreadyRegistered.into());
        }
        drawn.begin(tx, &within, now)?;
        Ok(relying_party.creation(&drawn, &uid, &shown(&email), &[]))
    })
    .await
}

/// Registers an account with the passkey that was asked for. A password may come with it, but need not. Its address gets
/// the message that proves it; a login comes with the answer only when nothing is left to prove.
///
/// Refused with 1321 when the passkey is not what was asked for, or was asked for another address; else as
/// [`crate::registration::register_by_sott`] refuses.
pub async fn finish_passkey_registration(app: &App, caller: &Caller, joining: Joining<'_>) -> Result<Option<Login>> {
    require_registration(caller)?;
    let (tenant, now) = (caller.tenant.clone(), app.now());
    let made = Made::judge(app, caller, Kind::Register, joining.given)?;
    let sketch = Draft::sketch(app, &tenant, joining.body, Writer::User, now)?.came_from(&source(caller));
    let email = primary(sketch.holdings()).ok_or_else(|| Refusal::missing("email"))?;
    let subject = challenge::subject(&app.keys, &tenant.id, IdentifierKind::Email, email.as_str());
    if tenant.settings.pin.is_owed_at_registration() && !sketch.has_pin() {
        return Err(Reason::PinMissing.into());
    }
    sketch.refuse_breached(app, &tenant).await?;
    let messages = Messages::prepare(app, caller, &joining.wishes, sketch.holdings(), now)?;
    let signs_in = signs_in_at_once(&tenant.settings, sketch.holdings());
    let (asker, looked) = (caller.clone(), made.clone());
    let ceremony = app.read(move |tx| looked.look(tx, &asker, now)).await?;
    let reserved = ceremony
        .filter(|ceremony| ceremony.subject.as_ref().is_some_and(|named| named.matches(&subject)))
        .and_then(|found| found.uid);
    let Some(uid) = reserved else {
        let flaw = Flaw::from("the challenge is none that this address can answer");
        return Err(flaw.refuse(caller, None).into());
    };
    let draft = sketch.with_uid(uid.clone()).finish(app, &tenant).await?;
    let fresh = signs_in.then(|| Fresh::draw(app, caller, now).after(passkey::FIRST_FACTOR, None));
    let within = caller.clone();
    let begun = app
        .write(move |tx| {
            let (tenant, uid) = (&within.tenant, &draft.account.uid);
            if let Err(flaw) = made.take(tx, &within, uid, None, now)? {
                return Ok(Err(flaw));
            }
            draft.insert(tx, tenant, now)?;
            if let Err(flaw) = made.give(tx, &within, (uid, Purpose::Login), &shown(&email), now)? {
                // Nothing of the account stays either.
                return Err(flaw.refuse(&within, None).into());
            }
            messages.issue(tx, &within, uid, now)?;
            match &fresh {
                Some(fresh) => Ok(Ok(Some(session::try_begin(tx, &within, fresh, uid, now)?))),
                None => Ok(Ok(None)),
            }
        })
        .await?;
    let begun = begun.map_err(|flaw| flaw.refuse(caller, None))?;
    app.wake.notify_one();
    notify::event(caller, "Register", Some(&uid));
    match begun {
        Some(begun) => Ok(Some(begun?.finish(app, caller).await?)),
        None => Ok(None),
    }
}

fn require_registration(caller: &Caller) -> Result<(), Reason> {
    require_passkeys(caller)?;
    caller.settings().registration.then_some(()).ok_or(Reason::RegistrationDisabled)
}

/// The first address of the profile.
fn primary(holdings: &Holdings) -> Option<Email> {
    holdings.emails.iter().flatten().map(|(_, email)| email.clone()).next()
}
