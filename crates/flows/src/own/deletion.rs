//! An account deleted by its owner, who confirms it with a link or a code.

use crate::access::{Caller, SignedIn};
use crate::challenge::{self, DELETION_LINK_LIFE, Form, Guess, Key, Link, Posted, Sending, Verdict, Wrongs, page_base};
use crate::factors::release::{self, Release};
use crate::limits::{self, Kind as Counted};
use crate::notify::{self, Notices, Person, Template, Voice};
use crate::profile::identifiers::{Named, own_phone};
use crate::profile::mailbox::{self, addresses, stands_for_account};
use crate::profile::{account, erasing};
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::Email;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::Tx;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Identifier, Kind};

/// Sends the person a message that confirms the deletion of their account: with a link to the page that is named, which
/// must be one of the tenant's (1249), else with a code. Nothing of this server is linked to, since programs that look
/// at mail open its links.
///
/// 90006 when they signed in long ago, 1340 when the account has no address that stands for it, 1122 when it had its messages for a while.
pub async fn delete_account_by_access_token(app: &App, signed_in: &SignedIn, page: Option<&str>) -> Result<()> {
    let (caller, now) = (&signed_in.caller, app.now());
    account::require_recent(app, signed_in)?;
    let base = page_base(app, caller, page, Reason::VerificationUrlInvalid)?;
    let form = base.map_or(Form::Code, |base| Form::Link { base, vtype: "deleteuser", life: DELETION_LINK_LIFE });
    let held = account::identifiers(app, signed_in).await?;
    let address = addresses(&held).find(|one| stands_for_account(one, &held)).ok_or(Reason::EmailNotOnProfile)?;
    let to = (challenge::subject(&app.keys, &caller.tenant.id, Kind::Email, &address.value), address.shown.as_str());
    let sending = Sending::to_mailbox(app, caller, Purpose::DeleteAccount, to, &form, now)?;
    let (within, uid) = (caller.clone(), signed_in.session.uid.clone());
    app.write(move |tx| {
        account::lock(tx, within.tenant_id(), &uid)?;
        let issued = sending.issue(tx, &within, Some(&uid), now)?;
        Ok(issued.then_some(()).ok_or(Reason::EmailLimitReached)?)
    })
    .await?;
    app.wake.notify_one();
    Ok(())
}

/// Sends the code that confirms the deletion to the person's own login phone. 90006 when they signed in long ago, 1043
/// when there is none, 1066 when it is not proved, 1123 when it had its codes for a while.
pub async fn send_delete_otp(app: &App, signed_in: &SignedIn, voice: Voice) -> Result<Posted> {
    let (caller, now) = (&signed_in.caller, app.now());
    account::require_recent(app, signed_in)?;
    let phone = own_phone(app, signed_in).await?;
    let sending = Sending::to_phone(app, caller, Purpose::DeleteAccount, &phone, voice, now)?;
    let posted = sending.posted();
    let (within, uid) = (caller.clone(), signed_in.session.uid.clone());
    app.write(move |tx| {
        let tenant = within.tenant_id();
        account::lock(tx, tenant, &uid)?;
        let owner = identifiers::owner(tx, tenant, Kind::Phone, phone.as_str())?;
        if !owner.is_some_and(|owner| owner.uid == uid && owner.verified_at.is_some()) {
            return Err(Reason::PhoneNotVerified.into());
        }
        let issued = sending.issue(tx, &within, Some(&uid), now)?;
        Ok(issued.then_some(()).ok_or(Reason::SmsLimitReached)?)
    })
    .await?;
    app.wake.notify_one();
    Ok(posted)
}

/// What the reader of a deletion message brings.
#[derive(Debug, Clone)]
pub enum Confirmation {
    /// The token in the link.
    Token(Secret),
    /// The code, with the address it was sent to.
    Code(Email, Secret),
}

/// Deletes the account for good. A link is refused with 1119 when it is unknown, 979 when it was used or is too old; a
/// code with 1067, or 979 to whoever has the right digits too late, and with 1198 after too many wrong ones.
pub async fn delete_account(app: &App, caller: &Caller, confirmation: Confirmation) -> Result<()> {
    let now = app.now();
    let judge = app.clone();
    let within = caller.clone();
    let found = app
        .write(move |tx| match &confirmation {
            Confirmation::Token(token) => by_link(&judge, tx, &within, token, now),
            Confirmation::Code(email, otp) => {
                let named = Named { kind: Kind::Email, value: email.as_str().to_owned() };
                let found = mailbox::address(tx, &within.tenant, &named, stands_for_account)?;
                let uid = found.map(|(uid, _)| uid);
                let guess = Guess::new(&judge, &within, Purpose::DeleteAccount, named.kind, &named.value, otp);
                by_code(tx, &within, guess, uid.as_ref(), &MAILED)
            }
        })
        .await?;
    confirm(app, caller, found, Reason::LinkUnavailable, now).await
}

/// Deletes the signed-in person's account by the code that was sent to their login phone. 1067 when it is wrong, 1068
/// when it was used, 1069 when it is too old, 1198, 1132 or 1148 after too many wrong ones; the release lifts a lock of
/// its kind.
pub async fn delete_account_by_phone_otp(
    app: &App,
    signed_in: &SignedIn,
    otp: &Secret,
    release: &Release,
) -> Result<()> {
    let (caller, now) = (&signed_in.caller, app.now());
    let phone = own_phone(app, signed_in).await?;
    let released = release::release_own(app, signed_in, release).await?;
    let guess = Guess::new(app, caller, Purpose::DeleteAccount, Kind::Phone, phone.as_str(), otp).released(released);
    let (within, uid) = (caller.clone(), signed_in.session.uid.clone());
    let found = app.write(move |tx| by_code(tx, &within, guess.clone(), Some(&uid), &TEXTED)).await?;
    confirm(app, caller, found, Reason::OtpInvalid, now).await
}

/// What a wrong code from an email is told.
const MAILED: Wrongs =
    Wrongs { invalid: Reason::OtpInvalid, used: Reason::LinkUnavailable, expired: Reason::LinkUnavailable };

/// What a wrong code from a text message is told.
const TEXTED: Wrongs = Wrongs { invalid: Reason::OtpInvalid, used: Reason::OtpUsed, expired: Reason::OtpExpired };

/// A confirmed wish that is not carried out yet.
struct Found {
    uid: Uid,
    key: Key,
    held: Vec<Identifier>,
    person: Person,
}

impl Found {
    fn new(tx: &mut Tx, caller: &Caller, uid: Uid, key: Key) -> Result<Result<Found, Refusal>> {
        let tenant = caller.tenant_id();
        let state = doorward_store::accounts::state(tx, tenant, &uid)?;
        if !state.is_some_and(|state| state.is_active) {
            return Ok(Err(account::refuse_state(state)));
        }
        let (held, person) = (identifiers::list(tx, tenant, &uid)?, Person::load(tx, tenant, &uid)?);
        Ok(Ok(Found { uid, key, held, person }))
    }
}

fn by_link(app: &App, tx: &mut Tx, caller: &Caller, token: &Secret, now: Timestamp) -> Result<Result<Found, Refusal>> {
    let link = Link::new(app, caller, Purpose::DeleteAccount, token);
    let found = match link.look(tx, caller.tenant_id(), now)? {
        Ok(found) => found,
        Err(Reason::EmailLinkInvalid) => return Ok(Err(Reason::DeleteTokenInvalid.into())),
        Err(_) => return Ok(Err(Reason::LinkUnavailable.into())),
    };
    if mailbox::held(app, tx, &caller.tenant, &found.uid, &found.subject, stands_for_account)?.is_none() {
        // The account gave the address up since the message was sent; whoever reads it there is not the owner.
        return Ok(Err(Reason::DeleteTokenInvalid.into()));
    }
    Found::new(tx, caller, found.uid.clone(), Key::Link(link, found))
}

fn by_code(
    tx: &mut Tx,
    caller: &Caller,
    guess: Guess,
    uid: Option<&Uid>,
    wrongs: &Wrongs,
) -> Result<Result<Found, Refusal>> {
    let code = match guess.judge(tx, uid, Counted::Login)? {
        Verdict::Right(code) => code,
        Verdict::Wrong => return Ok(Err(guess.explain(tx, wrongs)?.into())),
        Verdict::Locked(refusal) => return Ok(Err(refusal)),
    };
    let uid = uid.cloned().ok_or(wrongs.invalid)?;
    Found::new(tx, caller, uid, Key::Code(guess, code))
}

/// Uses the key up, deletes the account and tells its owner; of many who hold the key exactly one does.
async fn confirm(
    app: &App,
    caller: &Caller,
    found: Result<Found, Refusal>,
    lost: Reason,
    now: Timestamp,
) -> Result<()> {
    let found = match found {
        Ok(found) => found,
        Err(refusal) => return Err(limits::refused(app, caller, refusal)),
    };
    let person = Some(&found.person);
    let notices = Notices::to_person(app, caller, Template::AccountDeleted, &found.held, person, now)?;
    let (tenant, uid) = (caller.tenant.clone(), found.uid.clone());
    app.write(move |tx| {
        if !found.key.consume(tx, &tenant.id, now)? {
            return Err(lost.into());
        }
        erasing::erase(tx, &tenant, &found.uid)?;
        notices.queue(tx, &tenant.id, now)
    })
    .await?;
    app.wake.notify_one();
    notify::event(caller, "DeleteAccount", Some(&uid));
    Ok(())
}
