//! A forgotten password, reset by a code sent to the proved phone.

use crate::access::{Caller, Tenant};
use crate::code::{Guess, Verdict, Wrongs};
use crate::limits::{self, Kind as Counted, Subject};
use crate::notify::{self, Delivery, Prepared, Receiver, Template};
use crate::outside::Channel;
use crate::phone::require_phone_login;
use crate::sending::{Posted, Sending, Voice};
use crate::session::{self, Begun, Fresh, Login};
use crate::{App, Result, profile};
use doorward_model::id::Uid;
use doorward_model::identifier::Phone;
use doorward_model::keys::Digest;
use doorward_model::password::Password;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{Tx, accounts, passwords};

/// Sends the code that resets the password to `phone`, if it is somebody's proved phone and the account is not
/// blocked. Answers the same, after the same work, if it is not; 1123 when the number had its codes for a while.
pub async fn request_otp_for_password_reset(app: &App, caller: &Caller, phone: &Phone, voice: Voice) -> Result<Posted> {
    require_phone_login(caller)?;
    let now = app.now();
    let sending = Sending::to_phone(app, caller, Purpose::ResetPassword, phone, voice, now)?;
    let posted = sending.posted();
    let (within, phone) = (caller.clone(), phone.clone());
    app.write(move |tx| {
        let tenant = within.tenant_id();
        let owner = identifiers::owner(tx, tenant, Kind::Phone, phone.as_str())?;
        let uid = owner.as_ref().map_or_else(|| Uid::new(""), |owner| owner.uid.clone());
        let state = accounts::state(tx, tenant, &uid)?;
        let may = owner.is_some_and(|owner| owner.verified_at.is_some()) && state.is_some_and(|state| state.is_active);
        let issued = sending.issue(tx, &within, may.then_some(&uid), now)?;
        Ok(issued.then_some(()).ok_or(Reason::SmsLimitReached))
    })
    .await??;
    app.wake.notify_one();
    Ok(posted)
}

/// What the owner of a phone sends to reset a password.
#[derive(Debug, Clone)]
pub struct Reset {
    /// The phone that the code was sent to.
    pub phone: Phone,
    /// The code.
    pub otp: Secret,
    /// The new password.
    pub password: Secret,
}

/// What a new password of an account is held against.
pub(crate) struct Known {
    hashes: Vec<String>,
    values: Vec<String>,
}

impl Known {
    /// Reads it for `uid`.
    pub(crate) fn of(tx: &mut Tx, tenant: &Tenant, uid: &Uid) -> Result<Known> {
        let history = i64::from(tenant.settings.password.history);
        let hashes = passwords::known(tx, &tenant.id, uid, history)?;
        Ok(Known { hashes, values: profile::values(tx, &tenant.id, uid)? })
    }
}

/// The hash of an account's new password, whose form was checked before; refused when it holds a value of the profile
/// (1216) or was used before (1134).
pub(crate) async fn hash_new(app: &App, settings: &Settings, password: Password, known: &Known) -> Result<String> {
    password.check_profile(&settings.password, known.values.iter().map(String::as_str))?;
    if app.is_known_password(&password, known.hashes.clone()).await? {
        return Err(Refusal::invalid("password", "This password was used before; choose one that is new.").into());
    }
    app.hash_password(password).await
}

/// Sets an account's password and ends what the one before it opened.
pub(crate) fn set(tx: &mut Tx, tenant: &Tenant, uid: &Uid, hash: &str, now: Timestamp) -> Result<()> {
    passwords::set(tx, &tenant.id, uid, hash, i64::from(tenant.settings.password.history), now)?;
    profile::forget_password_facts(tx, &tenant.id, uid, now)?;
    session::end_others(tx, &tenant.settings, &tenant.id, uid, now)
}

/// What a right code holds in hand until the new password is accepted. The code itself stays live: a password that is
/// refused costs nothing.
struct Held {
    uid: Uid,
    guess: Guess,
    code: Digest,
    known: Known,
    identifiers: Vec<Identifier>,
}

/// Resets the password by phone and code, ends what the old password opened, and signs the owner in if the tenant
/// says so.
///
/// Every unacceptable pair of phone and code is 1409, be the phone unknown or the code wrong, used, void, too old, or
/// tried too often. A password that is refused (1134, 1216) leaves the code as it was.
pub async fn reset_password_by_phone_otp(app: &App, caller: &Caller, reset: Reset) -> Result<Option<Login>> {
    require_phone_login(caller)?;
    let policy = &caller.settings().password;
    let password = Password::new(&reset.password);
    password.check_form(policy)?;

    let now = app.now();
    let held = match take_in_hand(app, caller, &reset).await? {
        Ok(held) => held,
        Err(refusal) => {
            app.velocity.count_failure(caller.visit.ip)?;
            return Err(refusal.into());
        }
    };
    let hash = hash_new(app, caller.settings(), password, &held.known).await?;

    let uid = held.uid.clone();
    let begun = commit(app, caller, &reset.phone, held, hash, now).await??;
    app.wake.notify_one();
    notify::event(caller, "ResetPassword", Some(&uid));
    begun
        .map(|begun| {
            notify::event(caller, "Login", Some(&uid));
            begun.finish()
        })
        .transpose()
}

/// Tries the code once. A wrong try is counted against the code and against the account before anything else is done;
/// a right one is taken back.
async fn take_in_hand(app: &App, caller: &Caller, reset: &Reset) -> Result<Result<Held, Refusal>> {
    let guess = Guess::new(app, caller, Purpose::ResetPassword, Kind::Phone, reset.phone.as_str(), &reset.otp);
    let (tenant, phone) = (caller.tenant.clone(), reset.phone.clone());
    app.write(move |tx| {
        let refused = Reason::AuthenticationFailed;
        let owner = identifiers::owner(tx, &tenant.id, Kind::Phone, phone.as_str())?;
        let uid = owner.map(|owner| owner.uid);
        let code = match guess.judge(tx, uid.as_ref(), Counted::Reset)? {
            Verdict::Right(code) => code,
            Verdict::Wrong if tenant.settings.legacy_otp_codes => return Ok(Err(guess.explain(tx, &WRONGS)?.into())),
            Verdict::Wrong | Verdict::Locked(_) => return Ok(Err(refused.into())),
        };
        let uid = uid.ok_or(refused)?;
        if !accounts::state(tx, &tenant.id, &uid)?.is_some_and(|state| state.is_active) {
            return Ok(Err(refused.into()));
        }
        Ok(Ok(Held {
            known: Known::of(tx, &tenant, &uid)?,
            identifiers: identifiers::list(tx, &tenant.id, &uid)?,
            guess: guess.clone(),
            code,
            uid,
        }))
    })
    .await
}

/// What a wrong code is told at tenants that ask for the older codes.
const WRONGS: Wrongs = Wrongs { invalid: Reason::OtpInvalid, used: Reason::OtpUsed, expired: Reason::OtpExpired };

/// Uses the code up and changes everything that follows from it, in one transaction. Of many who hold the right code,
/// exactly one gets here.
async fn commit(
    app: &App,
    caller: &Caller,
    phone: &Phone,
    held: Held,
    hash: String,
    now: Timestamp,
) -> Result<Result<Option<Begun>, Refusal>> {
    let fresh = caller.settings().login_on_password_reset.then(|| Fresh::draw(app, caller, now));
    let notices = notices(app, caller, &held.identifiers, now)?;
    let (caller, phone) = (caller.clone(), phone.clone());
    app.write(move |tx| {
        let (tenant, uid) = (&caller.tenant, &held.uid);
        if !held.guess.consume(tx, &held.code)? {
            return Ok(Err(Reason::AuthenticationFailed.into()));
        }
        set(tx, tenant, uid, &hash, now)?;
        identifiers::verify(tx, &tenant.id, uid, Kind::Phone, phone.as_str(), now)?;
        let subject = Subject::Account(uid.clone());
        limits::clear(tx, tenant, &subject, Counted::Reset)?;
        limits::clear(tx, tenant, &subject, Counted::Login)?;
        for notice in &notices {
            notice.queue(tx, &tenant.id, Delivery::Send, now)?;
        }
        sign_in(tx, &caller, fresh.as_ref(), uid, now).map(Ok)
    })
    .await
}

/// Signs in after the reset. An account that may not sign in keeps its new password and gets no session.
fn sign_in(tx: &mut Tx, caller: &Caller, fresh: Option<&Fresh>, uid: &Uid, now: Timestamp) -> Result<Option<Begun>> {
    let Some(fresh) = fresh else { return Ok(None) };
    Ok(session::begin(tx, caller, fresh, uid, now)?.ok())
}

/// Tells the owner by every proved channel that the password was changed.
fn notices(app: &App, caller: &Caller, identifiers: &[Identifier], now: Timestamp) -> Result<Vec<Prepared>> {
    if !caller.settings().security_notices {
        return Ok(Vec::new());
    }
    let proved = identifiers.iter().filter(|identifier| identifier.verified_at.is_some());
    let receivers = proved.filter_map(|identifier| {
        let channel = match identifier.kind.as_str() {
            "email" if app.outside.mail.is_some() => Channel::Email,
            "phone" if app.outside.sms.is_some() => Channel::Sms,
            _ => return None,
        };
        Some(Receiver { channel, to: identifier.value.clone() })
    });
    receivers.map(|receiver| Prepared::notice(app, &caller.tenant, Template::PasswordChanged, &receiver, now)).collect()
}
