//! Signing in or up at one touch: the person names an address or phone, proves it, and is in; an account is made where
//! there is none.

use crate::access::{Caller, Tenant};
use crate::accounts::draft::Draft;
use crate::code::{Guess, Verdict, Wrongs};
use crate::identifiers::Typed;
use crate::limits::{self, Kind as Counted, Subject};
use crate::mailbox::{self, stands_for_account};
use crate::notify::Delivery;
use crate::phone::require_phone_login;
use crate::sending::{Form, Link, Posted, Sending, Voice, link_base};
use crate::session::{self, Begun, Fresh, Login};
use crate::waiting::{self, Device, WAIT};
use crate::{App, Result, claim, notify};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone};
use doorward_model::keys::Digest;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, accounts};

mod newcomer;
use newcomer::Newcomer;

/// Sends the link that signs this device in to `email`, whether anybody has it or not; the device waits for it.
///
/// Nothing is sent, and the same answered, to an account that is blocked or holds the address unproved beside something
/// proved, and to nobody while registration is closed. Refused: 1146 while the tenant has no one-touch login, 982 while
/// it takes a captcha and none can be judged, 1140 and 1136 by the GUID, 1249 for a page that is not the tenant's, 1122
/// when the address had its messages for a while, and by what may not sign in (1077, 1183).
pub async fn one_touch_login_by_email(
    app: &App,
    caller: &Caller,
    email: &Email,
    name: Option<&str>,
    guid: &Secret,
    page: Option<&str>,
) -> Result<()> {
    require_one_touch(caller)?;
    require_captcha(caller)?;
    let device = Device::of(app, caller, guid)?;
    Typed { email: Some(email.shown().to_owned()), ..Typed::default() }.name(caller.settings())?;
    let base = link_base(app, caller, page, "/confirm/onetouchlogin", Reason::VerificationUrlInvalid)?;
    let form = Form::Link { base, vtype: "onetouchlogin", life: WAIT };
    let now = app.now();
    let sending = Sending::to_email(app, caller, Purpose::OneTouch, email, &form, now)?;
    let newcomer = Newcomer::with_email(email, name).sealed(app, caller, sending.subject(), now)?;
    let (within, email) = (caller.clone(), email.clone());
    app.write(move |tx| {
        device.wait(tx, &within, Purpose::OneTouch, &sending)?;
        newcomer.keep(tx, &within, &sending)?;
        let receiver = Receiver::find(tx, &within.tenant, Kind::Email, email.as_str())?;
        let issued = receiver.send(tx, &within, &sending, now)?;
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
) -> Result<Posted> {
    require_one_touch(caller)?;
    require_captcha(caller)?;
    require_phone_login(caller)?;
    let now = app.now();
    let sending = Sending::to_phone(app, caller, Purpose::OneTouch, phone, voice, now)?;
    let posted = sending.posted();
    let newcomer = Newcomer::with_phone(phone, name).sealed(app, caller, sending.subject(), now)?;
    let (within, phone) = (caller.clone(), phone.clone());
    app.write(move |tx| {
        newcomer.keep(tx, &within, &sending)?;
        let receiver = Receiver::find(tx, &within.tenant, Kind::Phone, phone.as_str())?;
        let issued = receiver.send(tx, &within, &sending, now)?;
        issued.then_some(()).ok_or_else(|| Reason::SmsLimitReached.into())
    })
    .await?;
    app.wake.notify_one();
    Ok(posted)
}

/// Opens the link: the address is proved, an account is made if it has none, and the device that waits may come for its
/// session. 973 for an unknown link, 975 for one that is too old, 1145 for one that was opened before.
pub async fn verify_auto_login_email_one_touch(app: &App, caller: &Caller, token: &Secret) -> Result<()> {
    require_one_touch(caller)?;
    let now = app.now();
    let link = Link::new(app, caller, Purpose::OneTouch, token);
    let (wanted, within) = (link.clone(), caller.clone());
    let found = app.read(move |tx| wanted.find(tx, within.tenant_id())).await?;
    let draft = match found {
        Some(found) => Newcomer::draft(app, caller, &found.subject, now).await?,
        None => None,
    };
    let (prover, within) = (app.clone(), caller.clone());
    let opened = app.write(move |tx| open(&prover, tx, &within, &link, draft.as_ref(), now)).await?;
    match opened {
        Ok(entry) => {
            entry.audit(caller);
            notify::event(caller, "ConfirmOneTouchLogin", Some(entry.uid()));
            Ok(())
        }
        Err(reason) => {
            app.velocity.count_failure(caller.visit.ip)?;
            Err(reason.into())
        }
    }
}

fn open(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    link: &Link,
    draft: Option<&Draft>,
    now: Timestamp,
) -> Result<Result<Entry, Reason>> {
    let used = Reason::OneTouchLinkUsed;
    let (tenant, unknown) = (&caller.tenant, Reason::EmailLinkInvalid);
    let found = match waiting::live(tx, caller, link, (used, used), now)? {
        Ok(found) => found,
        Err(reason) => return Ok(Err(reason)),
    };
    let address = match &found.uid {
        Some(uid) => mailbox::held(app, tx, tenant, uid, &found.subject, stands_for_account)?,
        None => None,
    };
    // Nobody's address that is somebody's by now, or an account that gave it up: whoever reads it there is not the owner.
    let entry = match (found.uid, address) {
        (Some(uid), Some(address)) => Entry::Known(uid, address.value),
        (None, _) => match Entry::new(tx, tenant, draft)? {
            Some(entry) => entry,
            None => return Ok(Err(unknown)),
        },
        (Some(_), None) => return Ok(Err(unknown)),
    };
    if !link.spend(tx, &tenant.id, &found.subject, now)? {
        return Ok(Err(used));
    }
    entry.enter(tx, caller, Kind::Email, &found.subject, now)?;
    waiting::let_in(tx, caller, link, (entry.uid(), &found.subject), now)?;
    Ok(Ok(entry))
}

/// Proves a phone with its code and signs its owner in; an account is made if the number has none. Wrong 1067, used 1068,
/// too old 1069; failures count like those of a login and lock like them (1198).
pub async fn verify_one_touch_otp(app: &App, caller: &Caller, phone: &Phone, otp: &Secret) -> Result<Login> {
    require_one_touch(caller)?;
    require_phone_login(caller)?;
    let now = app.now();
    let guess = Guess::new(app, caller, Purpose::OneTouch, Kind::Phone, phone.as_str(), otp);
    let draft = Newcomer::draft(app, caller, guess.subject(), now).await?;
    let fresh = Fresh::draw(app, caller, now).after("one-touch", Some(guess.subject().clone()));
    let (within, phone) = (caller.clone(), phone.clone());
    let begun = app
        .write(move |tx| match redeem(tx, &within, &guess, &phone, draft.as_ref(), now)? {
            Ok(entry) => {
                let begun = session::begin(tx, &within, &fresh, entry.uid(), now)?;
                Ok(begun.map(|begun| (entry, begun)))
            }
            Err(refusal) => Ok(Err(refusal)),
        })
        .await?;
    finish(app, caller, begun).await
}

/// What a wrong code is told here.
const WRONGS: Wrongs = Wrongs { invalid: Reason::OtpInvalid, used: Reason::OtpUsed, expired: Reason::OtpExpired };

fn redeem(
    tx: &mut Tx,
    caller: &Caller,
    guess: &Guess,
    phone: &Phone,
    draft: Option<&Draft>,
    now: Timestamp,
) -> Result<Result<Entry, Refusal>> {
    let tenant = &caller.tenant;
    let owner = identifiers::owner(tx, &tenant.id, Kind::Phone, phone.as_str())?.map(|owner| owner.uid);
    let code = match guess.judge_anybody(tx, owner.as_ref(), Counted::Login)? {
        Verdict::Right(code) => code,
        Verdict::Wrong => return Ok(Err(guess.explain(tx, &WRONGS)?.into())),
        Verdict::Locked(refusal) => return Ok(Err(refusal)),
    };
    let entry = match owner {
        None => Entry::new(tx, tenant, draft)?,
        Some(_) => match Receiver::find(tx, tenant, Kind::Phone, phone.as_str())? {
            Receiver::Owner(uid) => Some(Entry::Known(uid, phone.as_str().to_owned())),
            Receiver::Newcomer | Receiver::Nobody => None,
        },
    };
    let Some(entry) = entry else { return Ok(Err(Reason::OtpInvalid.into())) };
    if !guess.consume(tx, &code)? {
        return Ok(Err(Reason::OtpUsed.into()));
    }
    entry.enter(tx, caller, Kind::Phone, guess.subject(), now)?;
    limits::clear(tx, tenant, &Subject::of(None, guess.subject()), Counted::Login)?;
    limits::clear(tx, tenant, &Subject::Account(entry.uid().clone()), Counted::Login)?;
    Ok(Ok(entry))
}

async fn finish(app: &App, caller: &Caller, begun: Result<(Entry, Begun), Refusal>) -> Result<Login> {
    match begun {
        Ok((entry, begun)) => {
            entry.audit(caller);
            if begun.is_complete() {
                notify::event(caller, "Login", Some(begun.uid()));
            }
            begun.finish(app, caller).await
        }
        Err(refusal) => {
            app.velocity.count_failure(caller.visit.ip)?;
            Err(refusal.into())
        }
    }
}

/// Who comes in by what was proved.
enum Entry {
    /// The account that holds this address or number.
    Known(Uid, String),
    /// Somebody whose account is made now.
    New(Box<Draft>),
}

impl Entry {
    /// Somebody new, if registration is open and nobody has got what they proved meanwhile.
    fn new(tx: &mut Tx, tenant: &Tenant, draft: Option<&Draft>) -> Result<Option<Entry>> {
        let Some(draft) = draft.filter(|_| tenant.settings.registration) else { return Ok(None) };
        let holdings = &draft.holdings;
        let emails = holdings.emails.iter().flatten().map(|(_, email)| (Kind::Email, email.as_str()));
        let phone = holdings.phone.iter().map(|phone| (Kind::Phone, phone.as_str()));
        for (kind, value) in emails.chain(phone) {
            if identifiers::owner(tx, &tenant.id, kind, value)?.is_some() {
                return Ok(None);
            }
        }
        Ok(Some(Entry::New(Box::new(draft.clone()))))
    }

    fn uid(&self) -> &Uid {
        match self {
            Entry::Known(uid, _) => uid,
            Entry::New(draft) => &draft.account.uid,
        }
    }

    /// Writes the proof, or the account with it.
    fn enter(&self, tx: &mut Tx, caller: &Caller, kind: Kind, subject: &Digest, now: Timestamp) -> Result<()> {
        let tenant = &caller.tenant;
        match self {
            Entry::Known(uid, value) => claim::prove(tx, tenant, uid, (kind, value), now)?,
            Entry::New(draft) => draft.insert(tx, tenant, now)?,
        }
        Newcomer::forget(tx, caller, subject)
    }

    fn audit(&self, caller: &Caller) {
        if let Entry::New(draft) = self {
            notify::event(caller, "Register", Some(&draft.account.uid));
        }
    }
}

/// Whether a link or code goes out, and to whom.
enum Receiver {
    /// To the account that holds the address or number.
    Owner(Uid),
    /// To somebody who has no account and may make one.
    Newcomer,
    /// To nobody, which costs the same.
    Nobody,
}

impl Receiver {
    fn find(tx: &mut Tx, tenant: &Tenant, kind: Kind, value: &str) -> Result<Receiver> {
        let owner = identifiers::owner(tx, &tenant.id, kind, value)?.map(|owner| owner.uid);
        // An identifier that nobody has asks the same questions, of nobody.
        let uid = owner.clone().unwrap_or_else(|| Uid::new(""));
        let held = identifiers::list(tx, &tenant.id, &uid)?;
        let is_active = accounts::state(tx, &tenant.id, &uid)?.is_some_and(|state| state.is_active);
        let stands =
            held.iter().any(|one| one.kind == kind.as_str() && one.value == value && stands_for_account(one, &held));
        Ok(match owner {
            Some(uid) if is_active && stands => Receiver::Owner(uid),
            None if tenant.settings.registration => Receiver::Newcomer,
            Some(_) | None => Receiver::Nobody,
        })
    }

    #[must_use = "false means that nothing was issued"]
    fn send(&self, tx: &mut Tx, caller: &Caller, sending: &Sending, now: Timestamp) -> Result<bool> {
        match self {
            Receiver::Owner(uid) => sending.issue_with(tx, caller, Some(uid), Delivery::Send, now),
            Receiver::Newcomer => sending.issue_with(tx, caller, None, Delivery::Send, now),
            Receiver::Nobody => sending.issue_with(tx, caller, None, Delivery::Withhold, now),
        }
    }
}

/// 1146 while the tenant has no one-touch login.
pub fn require_one_touch(caller: &Caller) -> Result<(), Reason> {
    caller.settings().one_touch_login.then_some(()).ok_or(Reason::OneTouchDisabled)
}

/// 982 while asking takes a captcha: no captcha provider is set up, so that no answer is right.
fn require_captcha(caller: &Caller) -> Result<(), Reason> {
    if caller.settings().one_touch_captcha { Err(Reason::CaptchaInvalid) } else { Ok(()) }
}
