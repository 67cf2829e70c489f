//! The profile as its owner reads and changes it.

use super::phone::{self, Wish};
use crate::access::{Caller, SignedIn};
use crate::challenge::Sending;
use crate::factors::mfa::{self, Factor};
use crate::factors::pin_wish::Choice;
use crate::factors::security_answers::Given;
use crate::limits::captcha;
use crate::notify::{self, Notices, Template, Voice};
use crate::profile::holdings::{self, Holdings};
use crate::profile::mailbox::addresses;
use crate::profile::{account, facts, load, passkey_offer, render};
use crate::registration::verification;
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Username};
use doorward_model::profile::{AccountChange, Nulls, Writer};
use doorward_model::reason::Reason;
use doorward_model::settings::EmailVerification;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{Tx, accounts};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// A change as it was sent.
#[derive(Debug)]
pub struct Updated<'a> {
    /// What is to be different.
    pub body: &'a Map<String, Value>,
    /// What a null in it means.
    pub nulls: Nulls,
    /// Where the link in a verification message leads.
    pub verification_url: Option<&'a str>,
    /// How the code of a new phone is told.
    pub voice: Voice,
    /// The answer to a captcha, if there is one.
    pub captcha: Option<captcha::Response>,
}

/// Changes what is the person's own to change; everything else in the body is left out without a word. Another phone
/// waits for its code while the old one keeps working; first addresses are added unproved.
///
/// A phone or user name that is erased is given up as it is by itself, where an address is left to come back by (970), or
/// anything to sign in with (1134).
///
/// Refused: 1121 when answers are erased that are the last second factor where one is required, 1174 when the addresses
/// would become others, 1017, 1058 or 936 when an identifier is taken, and by the rules of the fields, for PINs with 1134
/// or 1234. Another way to sign in or to come back, be it an identifier, a PIN or answers to security questions, is
/// refused without a recent sign-in (90006): with it a thief of the token could have the account. Nothing stays of a
/// refused change.
pub async fn update_account_by_access_token(
    app: &App,
    signed_in: &SignedIn,
    updated: Updated<'_>,
) -> Result<Box<RawValue>> {
    let (caller, now) = (&signed_in.caller, app.now());
    captcha::require(caller, |apis| apis.put_update_profile, updated.captcha.as_ref())?;
    let change = AccountChange::from_wire(updated.body, Writer::User)?;
    let answers = Given::read(updated.body, caller.settings(), updated.nulls)?;
    let held = account::identifiers(app, signed_in).await?;
    let moves = Moves::prepare(app, caller, &held, Holdings::read(&change)?, &updated, &answers, now)?;
    if moves.is_any() {
        account::require_recent(app, signed_in)?;
    }
    let pin = Choice::prepare(app, signed_in, updated.body, now).await?;
    let skips_passkey = passkey_offer::is_skipped(&caller.tenant, updated.body);
    let answers = answers.seal(app, &caller.tenant).await?;
    let (within, uid) = (caller.clone(), signed_in.session.uid.clone());
    let (body, nulls) = (updated.body.clone(), updated.nulls);
    let loaded = app
        .write(move |tx| {
            let tenant = &within.tenant;
            let mut account = account::lock(tx, &tenant.id, &uid)?;
            facts::merge(&mut account, &body, &change, (Writer::User, nulls), now)?;
            pin.carry_out(tx, tenant, &mut account, now)?;
            if skips_passkey {
                passkey_offer::skip(tenant, &mut account, now)?;
            }
            accounts::update(tx, &tenant.id, &account)?;
            moves.carry_out(tx, &within, &uid, now)?;
            if answers.erases() {
                mfa::require_another(tx, &within, &uid, Factor::SecurityQuestion)?;
            }
            answers.keep(tx, tenant, &uid, now)?;
            load(tx, tenant, &uid, now)
        })
        .await?;
    app.wake.notify_one();
    notify::event(caller, "UpdateProfile", Some(&signed_in.session.uid));
    render(&loaded.ok_or(Reason::AccountIdInvalid)?)
}

/// The identifiers that a change moves, with the messages that follow.
struct Moves {
    emails: Vec<(String, Email)>,
    mails: Vec<Sending>,
    phone: Option<Wish>,
    username: Option<Username>,
    /// The phone, the user name, where they are erased.
    given_up: Vec<Kind>,
    notices: Option<Notices>,
}

impl Moves {
    fn prepare(
        app: &App,
        caller: &Caller,
        held: &[Identifier],
        wanted: Holdings,
        updated: &Updated<'_>,
        answers: &Given,
        now: Timestamp,
    ) -> Result<Moves> {
        let holds = |kind: Kind, shown: &str| held.iter().any(|one| one.kind == kind.as_str() && one.shown == shown);
        let emails = first_emails(held, wanted.emails.unwrap_or_default())?;
        let phone = wanted.phone.filter(|phone| !holds(Kind::Phone, phone.as_str()));
        let username = wanted.username.filter(|username| !holds(Kind::Username, username.shown()));
        let mut given_up = holdings::erased_in(updated.body, updated.nulls);
        given_up.retain(|kind| held.iter().any(|one| one.kind == kind.as_str()));
        if given_up.contains(&Kind::Email) {
            return Err(Reason::EmailUpdateNotAllowed.into());
        }
        let mut mails = Vec::new();
        if !emails.is_empty() && caller.settings().email_verification != EmailVerification::Disabled {
            let form = verification::form(app, caller, updated.verification_url)?;
            for (_, address) in &emails {
                mails.push(Sending::to_email(app, caller, Purpose::VerifyEmail, address, &form, now)?);
            }
        }
        let moves_any = !emails.is_empty()
            || phone.is_some()
            || username.is_some()
            || !given_up.is_empty()
            || !answers.is_nothing();
        let notice = || Notices::prepare(app, caller, Template::SignInChanged, held, now);
        Ok(Moves {
            emails,
            mails,
            phone: phone.map(|phone| Wish::draw(app, caller, &phone, updated.voice, now)).transpose()?,
            username,
            given_up,
            notices: moves_any.then(notice).transpose()?,
        })
    }

    /// True when the person will sign in, or come back, otherwise than before.
    fn is_any(&self) -> bool {
        self.notices.is_some()
    }

    fn carry_out(&self, tx: &mut Tx, caller: &Caller, uid: &Uid, now: Timestamp) -> Result<()> {
        let tenant = &caller.tenant;
        if !self.emails.is_empty() && addresses(&identifiers::list(tx, &tenant.id, uid)?).next().is_some() {
            return Err(Reason::EmailUpdateNotAllowed.into());
        }
        for (position, (label, email)) in (0..).zip(&self.emails) {
            holdings::give_email(tx, tenant, uid, label, email, position, None)?;
        }
        for mail in &self.mails {
            if !mail.issue(tx, caller, Some(uid), now)? {
                return Err(Reason::EmailLimitReached.into());
            }
        }
        if let Some(username) = &self.username {
            identifiers::remove(tx, &tenant.id, uid, Kind::Username)?;
            holdings::give_username(tx, tenant, uid, username)?;
        }
        if let Some(phone) = &self.phone {
            phone.note(tx, caller, uid, now)?;
        }
        for kind in &self.given_up {
            match kind {
                Kind::Phone => phone::give_up(tx, tenant, uid, now)?,
                _ => holdings::erase_identifier(tx, tenant, uid, *kind, now)?,
            }
        }
        self.notices.as_ref().map_or(Ok(()), |notices| notices.queue(tx, &tenant.id, now))
    }
}

/// The addresses of an account that has none yet. Clients send a whole profile back, so naming the addresses that are
/// there is no change.
fn first_emails(held: &[Identifier], wanted: Vec<(String, Email)>) -> Result<Vec<(String, Email)>, Reason> {
    if addresses(held).next().is_none() {
        return Ok(wanted);
    }
    let is_held = |email: &Email| addresses(held).any(|one| one.value == email.as_str());
    if wanted.iter().all(|(_, email)| is_held(email)) { Ok(Vec::new()) } else { Err(Reason::EmailUpdateNotAllowed) }
}

/// The signed-in person's own profile; 991 or 1130 when the account was closed meanwhile.
pub async fn read_own(app: &App, signed_in: &SignedIn) -> Result<Box<RawValue>> {
    let (tenant, uid, now) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone(), app.now());
    let loaded = app
        .read(move |tx| {
            let Some(loaded) = load(tx, &tenant, &uid, now)? else { return Ok(Err(account::refuse_state(None))) };
            if !loaded.is_active() {
                return Ok(Err(account::refuse_state(accounts::state(tx, &tenant.id, &uid)?)));
            }
            Ok(Ok(loaded))
        })
        .await??;
    render(&loaded)
}
