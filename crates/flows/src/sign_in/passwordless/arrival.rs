//! The code or link that came back.

use crate::access::Caller;
use crate::challenge::{self, Guess, Key, Link, Verdict, Wrongs};
use crate::limits::{self, Kind as Counted, Subject};
use crate::profile::account;
use crate::profile::identifiers::{Named, Typed, require_email, require_phone};
use crate::profile::mailbox::{self, stands_for_account};
use crate::registration::newcomer::Expected;
use crate::session::{self, Begun, Fresh, Login, Remember};
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::Phone;
use doorward_model::keys::Digest;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, accounts};

/// Signs in by the link in a message: 1063 when it is unknown, 1062 when it was used, 975 when it is too old. Proves the
/// address, and takes an account of which nothing was proved away from whoever made it.
pub async fn passwordless_email_verification(
    app: &App,
    caller: &Caller,
    token: &Secret,
    remember: Remember,
) -> Result<Login> {
    require_email(caller)?;
    let link = Link::new(app, caller, Purpose::Passwordless, token);
    enter(app, caller, Ticket::Link(link), remember).await
}

/// Signs in by the code in an email, with the same consequences. Every unacceptable one is 1185, and 1198 after too many,
/// be there such an account or not; 1077 or 1183 where addresses do not sign in.
pub async fn passwordless_login_by_email_and_otp(
    app: &App,
    caller: &Caller,
    email: &str,
    otp: &Secret,
    remember: Remember,
) -> Result<Login> {
    let typed = Typed { email: Some(email.to_owned()), ..Typed::default() };
    enter_by_mail(app, caller, &typed, otp, remember).await
}

/// The same by user name; 1220 where user names do not sign in.
pub async fn passwordless_login_by_username_and_otp(
    app: &App,
    caller: &Caller,
    username: &str,
    otp: &Secret,
    remember: Remember,
) -> Result<Login> {
    let typed = Typed { username: Some(username.to_owned()), ..Typed::default() };
    enter_by_mail(app, caller, &typed, otp, remember).await
}

async fn enter_by_mail(app: &App, caller: &Caller, typed: &Typed, otp: &Secret, remember: Remember) -> Result<Login> {
    require_email(caller)?;
    let named = typed.name(caller.settings())?;
    enter(app, caller, Ticket::Mail(named, otp.clone()), remember).await
}

/// Signs in by the code in a text message: 1067 when it is wrong, 1068 when it was used, 1069 when it is too old, 1198
/// after too many wrong ones.
pub async fn passwordless_login_phone_verification(
    app: &App,
    caller: &Caller,
    phone: &Phone,
    otp: &Secret,
    remember: Remember,
) -> Result<Login> {
    require_phone(caller)?;
    enter(app, caller, Ticket::Sms(phone.clone(), otp.clone()), remember).await
}

async fn enter(app: &App, caller: &Caller, ticket: Ticket, remember: Remember) -> Result<Login> {
    let now = app.now();
    let expected = expected(app, caller, &ticket, now).await?;
    let fresh = Fresh::draw(app, caller, now);
    let fresh = if remember == Remember::Yes { fresh.remembered(caller.settings(), now) } else { fresh };
    let (judge, within, newcomer) = (app.clone(), caller.clone(), expected.clone());
    let begun = app
        .write(move |tx| match ticket.open(&judge, tx, &within, &expected, now)? {
            Ok(open) => open.admit(tx, &within, &expected, &fresh, now),
            Err(refusal) => Ok(Err(refusal)),
        })
        .await?;
    newcomer.finish(app, caller, begun).await
}

/// The newcomer whose proof this may be.
async fn expected(app: &App, caller: &Caller, ticket: &Ticket, now: Timestamp) -> Result<Expected> {
    let (tenant, is_open) = (&caller.tenant, caller.settings().registers_without_password());
    let subject = match ticket {
        Ticket::Link(link) => {
            let (tenant, link) = (tenant.id.clone(), link.clone());
            app.read(move |tx| link.find(tx, &tenant)).await?.map(|found| found.subject)
        }
        Ticket::Mail(named, _) => Some(challenge::subject(&app.keys, &tenant.id, named.kind, &named.value)),
        Ticket::Sms(phone, _) => Some(challenge::subject(&app.keys, &tenant.id, Kind::Phone, phone.as_str())),
    };
    Expected::find(app, caller, Purpose::Passwordless, subject.filter(|_| is_open), now).await
}

/// What somebody brings to be let in.
#[derive(Clone)]
enum Ticket {
    Link(Link),
    Mail(Named, Secret),
    Sms(Phone, Secret),
}

/// A ticket that is right, and as live as before.
struct Open {
    uid: Uid,
    /// Against whom wrong ones were counted.
    counted: Subject,
    key: Key,
    /// What it proves; of a newcomer by link the keyed hash alone.
    kind: Kind,
    value: String,
    subject: Digest,
    /// What somebody is told who comes second with the same key.
    lost: Reason,
}

impl Ticket {
    fn open(
        &self,
        app: &App,
        tx: &mut Tx,
        caller: &Caller,
        expected: &Expected,
        now: Timestamp,
    ) -> Result<Result<Open, Refusal>> {
        match self {
            Ticket::Link(link) => by_link(app, tx, caller, link, expected, now),
            Ticket::Mail(named, otp) => by_mail(app, tx, caller, (named, otp), expected),
            Ticket::Sms(phone, otp) => by_sms(app, tx, caller, (phone, otp), expected),
        }
    }
}

fn by_link(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    link: &Link,
    expected: &Expected,
    now: Timestamp,
) -> Result<Result<Open, Refusal>> {
    let (tenant, unknown, lost) = (&caller.tenant, Reason::VerificationTokenInvalid, Reason::PasswordlessLinkUsed);
    let found = match link.look(tx, &tenant.id, now)? {
        Ok(found) => found,
        Err(Reason::EmailLinkInvalid) => return Ok(Err(unknown.into())),
        Err(Reason::EmailLinkUsed) => return Ok(Err(lost.into())),
        Err(reason) => return Ok(Err(reason.into())),
    };
    let (uid, subject) = (found.uid.clone(), found.subject.clone());
    let key = Key::Link(link.clone(), found);
    if expected.uid(tx, caller)?.as_ref() == Some(&uid) {
        let counted = Subject::Unknown(subject.clone());
        return Ok(Ok(Open { uid, counted, key, kind: Kind::Email, value: String::new(), subject, lost }));
    }
    let held = mailbox::held(app, tx, tenant, &uid, &subject, stands_for_account)?;
    // The account gave the address up since the message was sent; whoever reads it there is not the owner.
    let Some(address) = held else { return Ok(Err(unknown.into())) };
    let counted = Subject::Account(uid.clone());
    if let Some(refusal) = limits::locked(tx, tenant, &counted, Counted::Login, now)? {
        return Ok(Err(refusal));
    }
    Ok(Ok(Open { uid, counted, key, kind: Kind::Email, value: address.value, subject, lost }))
}

fn by_mail(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    (named, otp): (&Named, &Secret),
    expected: &Expected,
) -> Result<Result<Open, Refusal>> {
    let lost = Reason::VerificationOtpInvalid;
    let (account, Named { kind, value }) = mailbox::addressee(tx, &caller.tenant, named)?;
    let guess = Guess::new(app, caller, Purpose::Passwordless, kind, &value, otp);
    let counted = Subject::of(account.as_ref(), guess.subject());
    let uid = account.or(expected.uid(tx, caller)?);
    let code = match guess.judge_against(tx, uid.as_ref(), &counted, Counted::Login)? {
        Verdict::Right(code) => code,
        Verdict::Wrong => return Ok(Err(lost.into())),
        Verdict::Locked(refusal) => return Ok(Err(refusal)),
    };
    let (uid, subject, key) = (uid.ok_or(lost)?, guess.subject().clone(), Key::Code(guess, code));
    Ok(Ok(Open { uid, counted, key, kind, value, subject, lost }))
}

fn by_sms(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    (phone, otp): (&Phone, &Secret),
    expected: &Expected,
) -> Result<Result<Open, Refusal>> {
    let lost = Reason::OtpInvalid;
    let owner = identifiers::owner(tx, caller.tenant_id(), Kind::Phone, phone.as_str())?;
    let account = owner.filter(|owner| owner.verified_at.is_some()).map(|owner| owner.uid);
    let guess = Guess::new(app, caller, Purpose::Passwordless, Kind::Phone, phone.as_str(), otp);
    let counted = Subject::of(account.as_ref(), guess.subject());
    let uid = account.or(expected.uid(tx, caller)?);
    let code = match guess.judge_against(tx, uid.as_ref(), &counted, Counted::Login)? {
        Verdict::Right(code) => code,
        Verdict::Wrong => return Ok(Err(guess.explain(tx, &Wrongs::OF_PHONE)?.into())),
        Verdict::Locked(refusal) => return Ok(Err(refusal)),
    };
    let (uid, subject, key) = (uid.ok_or(lost)?, guess.subject().clone(), Key::Code(guess, code));
    Ok(Ok(Open { uid, counted, key, kind: Kind::Phone, value: phone.as_str().to_owned(), subject, lost }))
}

impl Open {
    /// Uses the key up, makes the account if it is a newcomer's, and begins the session. Of many who hold the right key,
    /// exactly one gets here.
    fn admit(
        self,
        tx: &mut Tx,
        caller: &Caller,
        expected: &Expected,
        fresh: &Fresh,
        now: Timestamp,
    ) -> Result<Result<Begun, Refusal>> {
        let (tenant, uid) = (&caller.tenant, &self.uid);
        if !expected.becomes(uid) {
            let state = accounts::state(tx, &tenant.id, uid)?;
            if !state.is_some_and(|state| state.is_active && !state.login_disabled) {
                return Ok(Err(account::refuse_state(state)));
            }
        }
        if !self.key.consume(tx, &tenant.id, now)? {
            return Ok(Err(self.lost.into()));
        }
        expected.admit(tx, caller, uid, (self.kind, &self.value), self.lost, now)?;
        limits::clear(tx, tenant, &self.counted, Counted::Login)?;
        let fresh = fresh.clone().after("passwordless", Some(self.subject.clone()));
        session::begin(tx, caller, &fresh, uid, now)
    }
}
