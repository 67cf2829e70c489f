//! Resetting a forgotten password by phone and code, by address or user name and code, or by a link.

use crate::access::Caller;
use crate::challenge::{self, Guess, Key, Link, Verdict, Wrongs};
use crate::factors::claim;
use crate::factors::password::{Accepted, Former};
use crate::limits::{self, Kind as Counted, captcha};
use crate::profile::identifiers::{Named, Typed, require_phone_login};
use crate::profile::mailbox::{self, stands_for_account};
use crate::session::{self, Begun, Fresh, Login};
use crate::{App, Result, notify};
use doorward_model::id::Uid;
use doorward_model::identifier::Phone;
use doorward_model::password::Password;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, accounts};

/// What the owner of a phone sends to reset a password.
#[derive(Debug, Clone)]
pub struct Reset {
    /// The phone that the code was sent to.
    pub phone: Phone,
    /// The code.
    pub otp: Secret,
    /// The new password.
    pub password: Secret,
    /// The answer to a captcha, if there is one.
    pub captcha: Option<captcha::Response>,
}

/// What the reader of a reset message brings.
#[derive(Debug, Clone)]
pub enum Mailed {
    /// The token in the link.
    Token(Secret),
    /// The code, with the address or user name it was asked for.
    Code(Typed, Secret),
}

/// Resets the password by phone and code, ends what the old password opened, and signs the owner in if the tenant
/// says so.
///
/// Every unacceptable pair of phone and code is 1409, be the phone unknown or the code wrong, used, void, too old, or
/// tried too often. A password that is refused (1134, 1216) leaves the code as it was. 982 where it takes a captcha and the
/// answer is not right.
pub async fn reset_password_by_phone_otp(app: &App, caller: &Caller, reset: Reset) -> Result<Option<Login>> {
    require_phone_login(caller)?;
    captcha::require(caller, |apis| apis.put_reset_password_by_phone_otp, reset.captcha.as_ref())?;
    app.velocity.count_identifier(&challenge::subject(
        &app.keys,
        &caller.tenant.id,
        Kind::Phone,
        reset.phone.as_str(),
    ))?;
    run(app, caller, &Opener::Phone(reset.phone, reset.otp), &reset.password).await
}

/// Resets the password by what an email carried, with the same consequences; it also proves the address.
///
/// A link is refused with 1063 when it is unknown, 974 when it was used, 975 when it is too old; every unacceptable code
/// with 1185, and with 1198 after too many wrong ones, be there such an account or not.
pub async fn reset_password(app: &App, caller: &Caller, mailed: Mailed, password: &Secret) -> Result<Option<Login>> {
    let opener = match mailed {
        Mailed::Token(token) => Opener::Link(Link::new(app, caller, Purpose::ResetPassword, &token)),
        Mailed::Code(typed, otp) => {
            let named = typed.name_for_mail()?;
            app.velocity.count_identifier(&challenge::subject(
                &app.keys,
                &caller.tenant.id,
                named.kind,
                &named.value,
            ))?;
            Opener::Mail(named, otp)
        }
    };
    run(app, caller, &opener, password).await
}

async fn run(app: &App, caller: &Caller, opener: &Opener, password: &Secret) -> Result<Option<Login>> {
    let password = Password::new(password);
    password.check_form(&caller.settings().password)?;

    let now = app.now();
    let held = match take_in_hand(app, caller, opener, now).await? {
        Ok(held) => held,
        Err(refusal) => return Err(limits::refused(app, caller, refusal)),
    };
    let hash = held.former.accept(app, caller, password).await?;
    let accepted = held.former.accepted(app, caller, hash, now)?;

    let uid = held.open.uid.clone();
    let begun = commit(app, caller, held.open, accepted, now).await??;
    app.wake.notify_one();
    notify::event(caller, "ResetPassword", Some(&uid));
    let Some(begun) = begun else { return Ok(None) };
    if begun.is_complete() {
        notify::event(caller, "Login", Some(&uid));
    }
    Ok(Some(begun.finish(app, caller).await?))
}

/// What a right key holds in hand until the new password is accepted. The key itself stays live: a password that is
/// refused costs nothing.
struct Held {
    open: Open,
    former: Former,
}

/// Whose password it is, and what was proved to open it.
#[derive(Clone)]
struct Open {
    uid: Uid,
    key: Key,
    kind: Kind,
    value: String,
    /// What somebody is told who comes second with the same key.
    lost: Reason,
}

/// Tries the key once. A wrong code is counted against itself and against the account before anything else is done; a
/// right one is taken back.
async fn take_in_hand(app: &App, caller: &Caller, opener: &Opener, now: Timestamp) -> Result<Result<Held, Refusal>> {
    let (judge, caller, opener) = (app.clone(), caller.clone(), opener.clone());
    app.write(move |tx| {
        let open = match opener.open(&judge, tx, &caller, now)? {
            Ok(open) => open,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if !accounts::state(tx, caller.tenant_id(), &open.uid)?.is_some_and(|state| state.is_active) {
            return Ok(Err(open.lost.into()));
        }
        Ok(Ok(Held { former: Former::load(tx, &caller, &open.uid)?, open }))
    })
    .await
}

/// The ways to show that one may choose a new password.
#[derive(Clone)]
enum Opener {
    Phone(Phone, Secret),
    Mail(Named, Secret),
    Link(Link),
}

impl Opener {
    fn open(&self, app: &App, tx: &mut Tx, caller: &Caller, now: Timestamp) -> Result<Result<Open, Refusal>> {
        match self {
            Opener::Phone(phone, otp) => by_phone(app, tx, caller, phone, otp),
            Opener::Mail(named, otp) => by_mail(app, tx, caller, named, otp),
            Opener::Link(link) => by_link(app, tx, caller, link, now),
        }
    }
}

fn by_phone(app: &App, tx: &mut Tx, caller: &Caller, phone: &Phone, otp: &Secret) -> Result<Result<Open, Refusal>> {
    let lost = Reason::AuthenticationFailed;
    let tenant = &caller.tenant;
    let guess = Guess::new(app, caller, Purpose::ResetPassword, Kind::Phone, phone.as_str(), otp);
    let owner = identifiers::owner(tx, &tenant.id, Kind::Phone, phone.as_str())?;
    let uid = owner.map(|owner| owner.uid);
    let code = match guess.judge(tx, uid.as_ref(), Counted::Reset)? {
        Verdict::Right(code) => code,
        Verdict::Wrong if tenant.settings.legacy_otp_codes => {
            return Ok(Err(guess.explain(tx, &Wrongs::OF_PHONE)?.into()));
        }
        Verdict::Wrong | Verdict::Locked(_) => return Ok(Err(lost.into())),
    };
    let (uid, key) = (uid.ok_or(lost)?, Key::Code(guess, code));
    Ok(Ok(Open { uid, key, kind: Kind::Phone, value: phone.as_str().to_owned(), lost }))
}

fn by_mail(app: &App, tx: &mut Tx, caller: &Caller, named: &Named, otp: &Secret) -> Result<Result<Open, Refusal>> {
    let lost = Reason::VerificationOtpInvalid;
    let (uid, Named { kind, value }) = mailbox::addressee(tx, &caller.tenant, named)?;
    let guess = Guess::new(app, caller, Purpose::ResetPassword, kind, &value, otp);
    let code = match guess.judge(tx, uid.as_ref(), Counted::Reset)? {
        Verdict::Right(code) => code,
        Verdict::Wrong => return Ok(Err(lost.into())),
        Verdict::Locked(refusal) => return Ok(Err(refusal)),
    };
    Ok(Ok(Open { uid: uid.ok_or(lost)?, key: Key::Code(guess, code), kind, value, lost }))
}

fn by_link(app: &App, tx: &mut Tx, caller: &Caller, link: &Link, now: Timestamp) -> Result<Result<Open, Refusal>> {
    let unknown = Reason::VerificationTokenInvalid;
    let found = match link.look(tx, caller.tenant_id(), now)? {
        Ok(found) => found,
        Err(Reason::EmailLinkInvalid) => return Ok(Err(unknown.into())),
        Err(reason) => return Ok(Err(reason.into())),
    };
    let held = mailbox::held(app, tx, &caller.tenant, &found.uid, &found.subject, stands_for_account)?;
    // The account gave the address up since the message was sent; whoever reads it there is not the owner.
    let Some(address) = held else { return Ok(Err(unknown.into())) };
    let (uid, key) = (found.uid.clone(), Key::Link(link.clone(), found));
    Ok(Ok(Open { uid, key, kind: Kind::Email, value: address.value, lost: Reason::EmailLinkUsed }))
}

/// Uses the key up and changes everything that follows from it, in one transaction. Of many who hold the right key,
/// exactly one gets here.
async fn commit(
    app: &App,
    caller: &Caller,
    open: Open,
    accepted: Accepted,
    now: Timestamp,
) -> Result<Result<Option<Begun>, Refusal>> {
    let spent = challenge::subject(&app.keys, &caller.tenant.id, open.kind, &open.value);
    let fresh =
        caller.settings().login_on_password_reset.then(|| Fresh::draw(app, caller, now).after("reset", Some(spent)));
    let caller = caller.clone();
    app.write(move |tx| {
        let (tenant, uid) = (caller.tenant_id(), &open.uid);
        if !open.key.consume(tx, tenant, now)? {
            return Ok(Err(open.lost.into()));
        }
        accepted.set(tx, &caller, uid, now)?;
        session::end_others(tx, caller.settings(), tenant, uid, now)?;
        let is_new = identifiers::verify(tx, tenant, uid, open.kind, &open.value, now)?;
        // Nothing of the account was proved until now: whoever registered it need not be the owner of the mailbox.
        if is_new && open.kind == Kind::Email {
            claim::turn_out(tx, &caller.tenant, uid, now)?;
        }
        sign_in(tx, &caller, fresh.as_ref(), uid, now).map(Ok)
    })
    .await
}

/// Signs in after the reset. An account that may not sign in keeps its new password and gets no session.
pub(super) fn sign_in(
    tx: &mut Tx,
    caller: &Caller,
    fresh: Option<&Fresh>,
    uid: &Uid,
    now: Timestamp,
) -> Result<Option<Begun>> {
    let Some(fresh) = fresh else { return Ok(None) };
    Ok(session::try_begin(tx, caller, fresh, uid, now)?.ok())
}
