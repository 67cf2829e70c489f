//! Signing in with a passkey: by somebody who says who they are, or by whoever the passkey belongs to.

use crate::access::Caller;
use crate::app::Tenant;
use crate::challenge::{self, Form};
use crate::factors::passkey::relying_party::{Flaw, Proof};
use crate::factors::passkey::{
    self, Descriptor, Drawn, Expected, FIRST_FACTOR, Given, RelyingParty, Request, Shown, require_passkeys,
};
use crate::factors::release::{self, Release};
use crate::limits::{self, Kind as Counted, Released, Subject};
use crate::profile::account::{self, unproved};
use crate::profile::identifiers::{Named, address};
use crate::registration::verification;
use crate::session::{self, Begun, Fresh, Login};
use crate::{App, Result, notify};
use data_encoding::BASE64URL_NOPAD;
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone, Username};
use doorward_model::keys::Digest;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::settings::PasskeySelection;
use doorward_model::time::Timestamp;
use doorward_store::identifiers::{self, Kind as IdentifierKind, Owner};
use doorward_store::passkey_ceremonies::Kind;
use doorward_store::passkeys::{self, Purpose};
use doorward_store::{Tx, accounts};

/// A sign-in as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct PasskeyLogin<'a> {
    /// What the browser sent.
    pub given: &'a Given,
    /// Where the link leads that proves an address which is not proved yet.
    pub verification_url: Option<&'a str>,
    /// What may lift a lock.
    pub release: &'a Release,
}

/// Asks for a signature by a passkey of the account that an address, number or user name belongs to.
///
/// Of an identifier that nobody has, or whose account has no passkey, one is asked for that nobody has: always the same
/// one, after the same work.
pub async fn begin_passkey_login(app: &App, caller: &Caller, identifier: &str) -> Result<Request> {
    require_passkeys(caller)?;
    let relying_party = RelyingParty::of(caller)?;
    let (named, now) = (name(identifier), app.now());
    let subject = challenge::subject(&app.keys, &caller.tenant.id, named.kind, &named.value);
    app.velocity.count_identifier(&subject)?;
    let decoy = decoy(app, caller, &subject);
    let drawn = Drawn::draw(app, caller, Kind::Login, now).naming(&subject);
    let within = caller.clone();
    app.write(move |tx| {
        let tenant = within.tenant_id();
        let owner = identifiers::owner(tx, tenant, named.kind, &named.value)?;
        // An identifier that nobody has asks the same questions, of nobody.
        let uid = owner.map_or_else(|| Uid::new(""), |owner| owner.uid);
        let mut held = passkeys::list(tx, tenant, &uid)?;
        held.retain(|passkey| passkey.purpose == Purpose::Login.as_str());
        let allow: Vec<Descriptor> = held.iter().map(passkey::descriptor).collect();
        let drawn = drawn.clone().about((!allow.is_empty()).then_some(&uid));
        drawn.begin(tx, &within, now)?;
        let allow = if allow.is_empty() { vec![decoy.clone()] } else { allow };
        Ok(relying_party.request(&drawn, Some(allow)))
    })
    .await
}

/// Asks for a signature by whichever passkey the authenticator has; 1326 where the tenant wants a button instead.
pub async fn begin_autofill_passkey_login(app: &App, caller: &Caller) -> Result<Request> {
    require_autofill(caller)?;
    let relying_party = RelyingParty::of(caller)?;
    let now = app.now();
    let drawn = Drawn::draw(app, caller, Kind::Autofill, now);
    let within = caller.clone();
    app.write(move |tx| {
        drawn.begin(tx, &within, now)?;
        Ok(relying_party.request(&drawn, None))
    })
    .await
}

/// Signs in by the signature that was asked for. If the authenticator verified the person, that is two factors; else a
/// second one may be due.
///
/// Refused with 1321 whatever is wrong, which counts like a wrong password; with 1198, 1132 or 1148 while too many
/// failures lock the account; and only with the right signature with what else is in the way (991, 1130, 970, 1324).
pub async fn finish_passkey_login(app: &App, caller: &Caller, login: PasskeyLogin<'_>) -> Result<Login> {
    require_passkeys(caller)?;
    finish(app, caller, Kind::Login, login).await
}

/// The same by a passkey of whoever it belongs to, as its authenticator says.
pub async fn finish_autofill_passkey_login(app: &App, caller: &Caller, login: PasskeyLogin<'_>) -> Result<Login> {
    require_autofill(caller)?;
    finish(app, caller, Kind::Autofill, login).await
}

fn require_autofill(caller: &Caller) -> Result<(), Reason> {
    require_passkeys(caller)?;
    let is_off = caller.settings().passkeys.selection == PasskeySelection::Button;
    if is_off { Err(Reason::PasskeyAutofillDisabled) } else { Ok(()) }
}

/// What somebody names themselves with; what is no address and no number may be a user name.
fn name(text: &str) -> Named {
    if let Ok(email) = Email::parse(text) {
        return Named { kind: IdentifierKind::Email, value: email.as_str().to_owned() };
    }
    if let Ok(phone) = Phone::parse(text) {
        return Named { kind: IdentifierKind::Phone, value: phone.as_str().to_owned() };
    }
    // What is no user name either is looked for all the same: nobody has it.
    let value = Username::parse(text).map_or_else(|_| text.to_owned(), |name| name.as_str().to_owned());
    Named { kind: IdentifierKind::Username, value }
}

/// A passkey that nobody has, the same one each time the same identifier is named.
fn decoy(app: &App, caller: &Caller, subject: &Digest) -> Descriptor {
    let mut id = Vec::new();
    for part in ["first", "second"] {
        let text = format!("passkey-decoy:{part}:{}", subject.oldest().hex());
        let drawn = app.keys.digest(doorward_model::keys::Purpose::Identifier, caller.tenant_id(), &text);
        id.extend_from_slice(drawn.oldest().as_bytes());
    }
    // The lengths that the usual authenticators have.
    let length = [16, 20, 32, 32][usize::from(id[id.len() - 1]) % 4];
    let start = id.len() - 1 - length;
    let transports = vec!["hybrid".to_owned(), "internal".to_owned()];
    Descriptor { id: BASE64URL_NOPAD.encode(&id[start..start + length]), transports }
}

async fn finish(app: &App, caller: &Caller, kind: Kind, login: PasskeyLogin<'_>) -> Result<Login> {
    let form = verification::form(app, caller, login.verification_url)?;
    let now = app.now();
    let shown = Shown::judge(app, caller, kind, login.given, now).await?;
    let whose = Whose::of(&shown);
    let released = match &whose {
        Some(whose) => {
            release::release_of(app, caller, whose.uid.as_ref(), &whose.digest(app, caller), login.release).await?
        }
        None => Released::default(),
    };
    let fresh = Fresh::draw(app, caller, now).after(FIRST_FACTOR, None);
    let subject = whose.as_ref().map(|whose| whose.subject(app, caller));
    let owner = shown.owner().cloned();
    let within = caller.clone();
    let begun = app
        .write(move |tx| {
            let attempt = Attempt { caller: &within, subject: subject.as_ref(), released, fresh: &fresh, now };
            attempt.run(tx, &shown)
        })
        .await?;
    match begun {
        Ok(begun) => {
            if begun.is_complete() {
                notify::event(caller, "Login", Some(begun.uid()));
            }
            let is_elsewhere = login.given.attachment.as_deref() == Some("cross-platform");
            let offers = is_elsewhere && caller.settings().passkeys.local_enrollment;
            let begun = if offers { begun.by_passkey_from_elsewhere() } else { begun };
            begun.finish(app, caller).await
        }
        Err(Refused::Wrong(flaw)) => {
            app.velocity.count_failure(caller.visit.ip)?;
            Err(flaw.refuse(caller, owner.as_ref()).into())
        }
        Err(Refused::Otherwise(refusal)) => {
            if refusal.reason == Reason::EmailNotVerified
                && let Some(uid) = owner
            {
                send_verification(app, caller, uid, &form).await?;
            }
            Err((*refusal).into())
        }
    }
}

/// Whose failures a wrong signature is counted among.
struct Whose {
    uid: Option<Uid>,
    subject: Option<Digest>,
}

impl Whose {
    /// Who was named at the beginning, else whose passkey it is; nobody when neither is known.
    fn of(shown: &Shown) -> Option<Whose> {
        let ceremony = shown.ceremony()?;
        let uid = ceremony.uid.as_ref().or_else(|| shown.owner().filter(|_| ceremony.subject.is_none())).cloned();
        let known = uid.is_some() || ceremony.subject.is_some();
        known.then(|| Whose { uid, subject: ceremony.subject.clone() })
    }

    /// The keyed hash of what was named; of the account where nothing was.
    fn digest(&self, app: &App, caller: &Caller) -> Digest {
        self.subject.clone().unwrap_or_else(|| {
            let uid = self.uid.as_ref().map(Uid::as_str).unwrap_or_default();
            challenge::subject(&app.keys, &caller.tenant.id, IdentifierKind::Username, uid)
        })
    }

    fn subject(&self, app: &App, caller: &Caller) -> Subject {
        Subject::of(self.uid.as_ref(), &self.digest(app, caller))
    }
}

/// Why a sign-in was refused.
enum Refused {
    /// The signature is not right.
    Wrong(Flaw),
    /// It is right, or nobody looked.
    Otherwise(Box<Refusal>),
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        Refused::Otherwise(Box::new(refusal))
    }
}

struct Attempt<'a> {
    caller: &'a Caller,
    subject: Option<&'a Subject>,
    released: Released,
    fresh: &'a Fresh,
    now: Timestamp,
}

impl Attempt<'_> {
    fn run(&self, tx: &mut Tx, shown: &Shown) -> Result<Result<Begun, Refused>> {
        let (tenant, now) = (&self.caller.tenant, self.now);
        if let Some(subject) = self.subject
            && let Some(refusal) = limits::enter(tx, tenant, subject, Counted::Login, self.released, now)?
        {
            return Ok(Err(refusal.into()));
        }
        let expected = Expected { purpose: Purpose::Login, token: None };
        match shown.take(tx, self.caller, expected, now)? {
            Ok((uid, proof)) => Ok(self.admit(tx, &uid, proof)?.map_err(Refused::from)),
            Err(flaw) => {
                if let Some(subject) = self.subject {
                    limits::count(tx, tenant, subject, Counted::Login, now)?;
                }
                Ok(Err(Refused::Wrong(flaw)))
            }
        }
    }

    /// The signature was right: whatever else is in the way is told now, or the session begins.
    fn admit(&self, tx: &mut Tx, uid: &Uid, proof: Proof) -> Result<Result<Begun, Refusal>> {
        let tenant: &Tenant = &self.caller.tenant;
        let state = accounts::state(tx, &tenant.id, uid)?;
        if !state.is_some_and(|state| state.is_active && !state.login_disabled) {
            return Ok(Err(account::refuse_state(state)));
        }
        if let Err(reason) = address(&identifiers::list(tx, &tenant.id, uid)?) {
            return Ok(Err(reason.into()));
        }
        // A passkey proves no address: whoever registered with one has to prove it first, like by a user name.
        let owner = Owner { uid: uid.clone(), verified_at: None };
        if let Some(reason) = unproved(tx, tenant, IdentifierKind::Username, &owner)? {
            return Ok(Err(reason.into()));
        }
        limits::clear_released(tx, tenant, &Subject::Account(uid.clone()), self.released, self.now)?;
        let skips = proof.user_verified && tenant.settings.passkeys.verified_skips_second_factor;
        let fresh = if skips { self.fresh.clone().with_both_factors() } else { self.fresh.clone() };
        session::begin(tx, self.caller, &fresh, uid, self.now)
    }
}

/// Sends the message that proves the account's address again.
async fn send_verification(app: &App, caller: &Caller, uid: Uid, form: &Form) -> Result<()> {
    let tenant = caller.tenant.clone();
    let held = app.read(move |tx| Ok(identifiers::list(tx, &tenant.id, &uid)?)).await?;
    let unproved = held.into_iter().find(|one| one.kind == IdentifierKind::Email.as_str() && one.verified_at.is_none());
    if let Some(address) = unproved {
        let named = Named { kind: IdentifierKind::Email, value: address.value };
        verification::send_again(app, caller, &named, form).await?;
    }
    Ok(())
}
