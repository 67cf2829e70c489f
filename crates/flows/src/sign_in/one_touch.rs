//! Signing in or up at one touch: the person names an address or phone, proves it, and is in; an account is made where
//! there is none.

use super::waiting::{self, Device, WAIT};
use crate::access::Caller;
use crate::app::Tenant;
use crate::challenge::{Form, Guess, Link, Posted, Sending, Verdict, Wrongs, link_base};
use crate::limits::{self, Kind as Counted, Subject, captcha};
use crate::notify::{self, Voice};
use crate::profile::identifiers::{Named, Typed, require_phone_login};
use crate::profile::mailbox::{self, stands_for_account};
use crate::registration::newcomer::{Expected, Newcomer};
use crate::session::{self, Fresh, Login};
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone};
use doorward_model::keys::Digest;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{Tx, accounts};
use serde_json::{Value, json};

/// The longest name that is kept of somebody who proved nothing yet, in characters.
const NAME_LENGTH: usize = 200;

/// Sends the link that signs this device in to `email`, whether anybody has it or not; the device waits for it.
///
/// Nothing is sent, and the same answered, to an account that is blocked or holds the address unproved beside something
/// proved, and to nobody while registration is closed. Refused: 1146 while the tenant has no one-touch login, 982 while
/// it takes a captcha and the answer is not right, 1140 and 1136 by the GUID, 1249 for a page that is not the tenant's, 1122
/// when the address had its messages for a while, and by what may not sign in (1077, 1183).
pub async fn one_touch_login_by_email(
    app: &App,
    caller: &Caller,
    email: &Email,
    name: Option<&str>,
    guid: &Secret,
    page: Option<&str>,
    captcha: Option<&captcha::Response>,
) -> Result<()> {
    require_one_touch(caller)?;
    require_captcha(caller, captcha)?;
    let device = Device::of(app, caller, guid)?;
    let named = Typed { email: Some(email.shown().to_owned()), ..Typed::default() }.name(caller.settings())?;
    let base = link_base(app, caller, page, "/confirm/onetouchlogin", Reason::VerificationUrlInvalid)?;
    let form = Form::Link { base, vtype: "onetouchlogin", life: WAIT };
    let now = app.now();
    let sending = Sending::to_email(app, caller, Purpose::OneTouch, email, &form, now)?;
    let address = json!([{ "Type": "Primary", "Value": email.shown() }]);
    let newcomer = newcomer(app, caller, &named, ("Email", address), name)?;
    let within = caller.clone();
    app.write(move |tx| {
        device.wait(tx, &within, Purpose::OneTouch, &sending)?;
        let issued = issue(tx, &within, &sending, &named, newcomer.as_ref(), now)?;
        issued.then_some(()).ok_or_else(|| Reason::EmailLimitReached.into())
    })
    .await?;
    app.wake.notify_one();
    Ok(())
}

/// Sends the code that signs in or up to `phone`, whether anybody has it or not; refused like
/// [`one_touch_login_by_email`], with 1074 while the tenant has no sign-in by phone, by what cannot be sent (1071, 1072,
/// 1096, 1281), and with 1123 when the number had its codes for a while.
pub async fn one_touch_login_by_phone(
    app: &App,
    caller: &Caller,
    phone: &Phone,
    name: Option<&str>,
    voice: Voice,
    captcha: Option<&captcha::Response>,
) -> Result<Posted> {
    require_one_touch(caller)?;
    require_captcha(caller, captcha)?;
    require_phone_login(caller)?;
    let now = app.now();
    let sending = Sending::to_phone(app, caller, Purpose::OneTouch, phone, voice, now)?;
    let posted = sending.posted();
    let named = Named { kind: Kind::Phone, value: phone.as_str().to_owned() };
    let newcomer = newcomer(app, caller, &named, ("PhoneId", json!(phone.as_str())), name)?;
    let within = caller.clone();
    app.write(move |tx| {
        let issued = issue(tx, &within, &sending, &named, newcomer.as_ref(), now)?;
        issued.then_some(()).ok_or_else(|| Reason::SmsLimitReached.into())
    })
    .await?;
    app.wake.notify_one();
    Ok(posted)
}

/// What somebody says of themselves who may have no account yet; none while registration is closed. Names are not taken
/// apart: whatever people call themselves stands in `FirstName`. 1134 for a name that is longer than any is.
fn newcomer(
    app: &App,
    caller: &Caller,
    named: &Named,
    (field, identifier): (&str, Value),
    name: Option<&str>,
) -> Result<Option<Newcomer>> {
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    if name.is_some_and(|name| name.chars().count() > NAME_LENGTH) {
        return Err(Refusal::invalid("name", "The name is too long.").into());
    }
    if !caller.settings().registration {
        return Ok(None);
    }
    let name = name.map(|name| ("FirstName".to_owned(), json!(name)));
    let body = [(field.to_owned(), identifier)].into_iter().chain(name).collect();
    Ok(Some(Newcomer::new(app, caller, Purpose::OneTouch, named, body)?))
}

/// Issues to the account that has what is named, else to the newcomer if nobody has it, else to nobody.
fn issue(
    tx: &mut Tx,
    caller: &Caller,
    sending: &Sending,
    named: &Named,
    newcomer: Option<&Newcomer>,
    now: Timestamp,
) -> Result<bool> {
    let mut receiver = holder(tx, &caller.tenant, named)?;
    if let Some(newcomer) = newcomer
        && let Some(uid) = newcomer.wait(tx, caller, sending.expires_at())?
    {
        receiver = Some(uid.clone());
    }
    sending.issue(tx, caller, receiver.as_ref(), now)
}

/// The account that what is named stands for, if it may sign in.
fn holder(tx: &mut Tx, tenant: &Tenant, named: &Named) -> Result<Option<Uid>> {
    let owner = identifiers::owner(tx, &tenant.id, named.kind, &named.value)?;
    // An identifier that nobody has asks the same questions, of nobody.
    let uid = owner.map_or_else(|| Uid::new(""), |owner| owner.uid);
    let held = identifiers::list(tx, &tenant.id, &uid)?;
    let is_active = accounts::state(tx, &tenant.id, &uid)?.is_some_and(|state| state.is_active);
    let is_meant = |one: &Identifier| one.kind == named.kind.as_str() && one.value == named.value;
    let stands = held.iter().any(|one| is_meant(one) && stands_for_account(one, &held));
    Ok(Some(uid).filter(|_| is_active && stands))
}

/// Opens the link: the address is proved, an account is made if it has none, and the device that waits may come for its
/// session. 973 for an unknown link, 975 for one that is too old, 1145 for one that was opened before.
pub async fn verify_auto_login_email_one_touch(app: &App, caller: &Caller, token: &Secret) -> Result<()> {
    require_one_touch(caller)?;
    let now = app.now();
    let link = Link::new(app, caller, Purpose::OneTouch, token);
    let (wanted, within) = (link.clone(), caller.clone());
    let found = app.read(move |tx| wanted.find(tx, within.tenant_id())).await?;
    let expected = expected(app, caller, found.map(|found| found.subject), now).await?;
    let (prover, within, newcomer) = (app.clone(), caller.clone(), expected.clone());
    let opened = app.write(move |tx| open(&prover, tx, &within, &link, &expected, now)).await?;
    match opened {
        Ok(uid) => {
            newcomer.tell(caller, &uid);
            notify::event(caller, "ConfirmOneTouchLogin", Some(&uid));
            Ok(())
        }
        Err(reason) => Err(limits::refused(app, caller, reason)),
    }
}

/// The newcomer whose proof may be at hand.
async fn expected(app: &App, caller: &Caller, subject: Option<Digest>, now: Timestamp) -> Result<Expected> {
    let subject = subject.filter(|_| caller.settings().registration);
    Expected::find(app, caller, Purpose::OneTouch, subject, now).await
}

fn open(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    link: &Link,
    expected: &Expected,
    now: Timestamp,
) -> Result<Result<Uid, Reason>> {
    let used = Reason::OneTouchLinkUsed;
    let (tenant, unknown) = (&caller.tenant, Reason::EmailLinkInvalid);
    let found = match waiting::live(tx, caller, link, (used, used), now)? {
        Ok(found) => found,
        Err(reason) => return Ok(Err(reason)),
    };
    let Some(uid) = found.uid else { return Ok(Err(unknown)) };
    let address = if expected.uid(tx, caller)?.as_ref() == Some(&uid) {
        String::new()
    } else {
        let held = mailbox::held(app, tx, tenant, &uid, &found.subject, stands_for_account)?;
        // Nobody's address that is somebody's by now, or an account that gave it up: whoever reads it there is not the
        // owner.
        let Some(address) = held else { return Ok(Err(unknown)) };
        address.value
    };
    if !link.spend(tx, &tenant.id, &found.subject, now)? {
        return Ok(Err(used));
    }
    expected.admit(tx, caller, &uid, (Kind::Email, &address), used, now)?;
    waiting::let_in(tx, caller, link, (&uid, &found.subject), now)?;
    Ok(Ok(uid))
}

/// Proves a phone with its code and signs its owner in; an account is made if the number has none. Wrong 1067, used 1068,
/// too old 1069; failures count like those of a login and lock like them (1198).
pub async fn verify_one_touch_otp(app: &App, caller: &Caller, phone: &Phone, otp: &Secret) -> Result<Login> {
    require_one_touch(caller)?;
    require_phone_login(caller)?;
    let now = app.now();
    let guess = Guess::new(app, caller, Purpose::OneTouch, Kind::Phone, phone.as_str(), otp);
    let expected = expected(app, caller, Some(guess.subject().clone()), now).await?;
    let fresh = Fresh::draw(app, caller, now).after("one-touch", Some(guess.subject().clone()));
    let named = Named { kind: Kind::Phone, value: phone.as_str().to_owned() };
    let (within, newcomer) = (caller.clone(), expected.clone());
    let begun = app
        .write(move |tx| match redeem(tx, &within, &guess, &named, &expected, now)? {
            Ok(uid) => session::begin(tx, &within, &fresh, &uid, now),
            Err(refusal) => Ok(Err(refusal)),
        })
        .await?;
    newcomer.finish(app, caller, begun).await
}

fn redeem(
    tx: &mut Tx,
    caller: &Caller,
    guess: &Guess,
    named: &Named,
    expected: &Expected,
    now: Timestamp,
) -> Result<Result<Uid, Refusal>> {
    let tenant = &caller.tenant;
    let holder = holder(tx, tenant, named)?;
    let counted = Subject::of(holder.as_ref(), guess.subject());
    let uid = holder.or(expected.uid(tx, caller)?);
    let code = match guess.judge_against(tx, uid.as_ref(), &counted, Counted::Login)? {
        Verdict::Right(code) => code,
        Verdict::Wrong => return Ok(Err(guess.explain(tx, &Wrongs::OF_PHONE)?.into())),
        Verdict::Locked(refusal) => return Ok(Err(refusal)),
    };
    let uid = uid.ok_or(Reason::OtpInvalid)?;
    if !guess.consume(tx, &code)? {
        return Ok(Err(Reason::OtpUsed.into()));
    }
    expected.admit(tx, caller, &uid, (named.kind, &named.value), Reason::OtpUsed, now)?;
    for counted in [counted, Subject::Account(uid.clone())] {
        limits::clear_released(tx, tenant, &counted, guess.release(), now)?;
    }
    Ok(Ok(uid))
}

/// 1146 while the tenant has no one-touch login.
pub fn require_one_touch(caller: &Caller) -> Result<(), Reason> {
    caller.settings().one_touch_login.then_some(()).ok_or(Reason::OneTouchDisabled)
}

/// 982 while asking takes a captcha, and its answer is not right.
fn require_captcha(caller: &Caller, response: Option<&captcha::Response>) -> Result<(), Reason> {
    if caller.settings().one_touch_captcha { captcha::check(response) } else { Ok(()) }
}
