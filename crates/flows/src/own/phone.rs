//! Proving that a person holds their login phone.

use crate::access::{Caller, SignedIn};
use crate::challenge::{self, Guess, Posted, Sending, Verdict, Wrongs};
use crate::factors::release::{self, Release};
use crate::limits::{self, Kind as Counted, Released, Subject};
use crate::notify::{self, Voice};
use crate::profile::identifiers::{Named, own_phone, require_phone_login};
use crate::profile::{account, availability};
use crate::session::{self, Fresh, Login};
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::Phone;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, accounts};

mod change;

pub(crate) use change::{Wish, give_up};
pub use change::{change_phone_number, remove_phone_id_by_token};

/// Whether somebody has this login phone; 1411 where that is not told.
pub async fn get_phone_number_availability(app: &App, caller: &Caller, phone: &Phone) -> Result<bool> {
    availability::is_taken(app, caller, Kind::Phone, phone.as_str()).await
}

/// Sends the code that proves `phone` again. Always answers posted, be the number unknown, proved already, or its
/// latest code less than thirty seconds old; 1123 when it had its codes for a while.
pub async fn resend_phone_otp(app: &App, caller: &Caller, phone: &Phone, voice: Voice) -> Result<Posted> {
    require_phone_login(caller)?;
    let now = app.now();
    let sending = Sending::to_phone(app, caller, Purpose::VerifyPhone, phone, voice, now)?;
    let posted = sending.posted();
    let (within, phone) = (caller.clone(), phone.clone());
    app.write(move |tx| {
        let tenant = within.tenant_id();
        let owner = identifiers::owner(tx, tenant, Kind::Phone, phone.as_str())?;
        let state = match &owner {
            Some(owner) => accounts::state(tx, tenant, &owner.uid)?,
            None => accounts::state(tx, tenant, &Uid::new(""))?,
        };
        let unproved = owner.filter(|owner| owner.verified_at.is_none() && state.is_some_and(|state| state.is_active));
        let issued = sending.reissue(tx, &within, unproved.as_ref().map(|owner| &owner.uid), now)?;
        Ok(issued.then_some(()).ok_or(Reason::SmsLimitReached))
    })
    .await??;
    app.wake.notify_one();
    Ok(posted)
}

/// Sends the code to the number that the signed-in person wants, else to their own login phone; 1043 when there is
/// neither.
pub async fn resend_own_phone_otp(app: &App, signed_in: &SignedIn, voice: Voice) -> Result<Posted> {
    require_phone_login(&signed_in.caller)?;
    if let Some(phone) = change::pending(app, signed_in).await? {
        return change::resend(app, signed_in, &phone, voice).await;
    }
    let phone = own_phone(app, signed_in).await?;
    resend_phone_otp(app, &signed_in.caller, &phone, voice).await
}

/// Proves a phone with its code and signs its owner in. Wrong 1067, used 1068, too old 1069; failures count like those
/// of a login and lock like them; the release lifts a lock of its kind.
pub async fn verify_phone_otp(
    app: &App,
    caller: &Caller,
    phone: &Phone,
    otp: &Secret,
    release: &Release,
) -> Result<Login> {
    require_phone_login(caller)?;
    let now = app.now();
    let named = Named { kind: Kind::Phone, value: phone.as_str().to_owned() };
    let subject = challenge::subject(&app.keys, &caller.tenant.id, named.kind, &named.value);
    app.velocity.count_identifier(&subject)?;
    let fresh = Fresh::draw(app, caller, now).after("phone-verification", Some(subject));
    let released = release::release(app, caller, &named, release).await?;
    let attempt = Attempt::new(app, caller, phone, otp, released);
    let within = caller.clone();
    let begun = app
        .write(move |tx| match attempt.prove(tx)? {
            Ok(uid) => session::try_begin(tx, &within, &fresh, &uid, now),
            Err(refusal) => Ok(Err(refusal)),
        })
        .await?;
    match begun {
        Ok(begun) => {
            notify::event(caller, "VerifyPhoneNumber", Some(begun.uid()));
            begun.finish(app, caller).await
        }
        Err(refusal) => Err(limits::refused(app, caller, refusal)),
    }
}

/// Proves the number that the signed-in person wants with its code and makes it theirs, or else proves their own login
/// phone.
pub async fn verify_own_phone_otp(app: &App, signed_in: &SignedIn, otp: &Secret, release: &Release) -> Result<()> {
    let caller = &signed_in.caller;
    require_phone_login(caller)?;
    let released = release::release_own(app, signed_in, release).await?;
    if let Some(phone) = change::pending(app, signed_in).await? {
        return change::confirm(app, signed_in, &phone, otp, released).await;
    }
    let phone = own_phone(app, signed_in).await?;
    let attempt = Attempt::new(app, caller, &phone, otp, released);
    match app.write(move |tx| attempt.prove(tx)).await? {
        Ok(uid) => {
            notify::event(caller, "VerifyPhoneNumber", Some(&uid));
            Ok(())
        }
        Err(refusal) => Err(limits::refused(app, caller, refusal)),
    }
}

/// One try to prove a phone number.
struct Attempt {
    caller: Caller,
    phone: Phone,
    guess: Guess,
    now: Timestamp,
}

impl Attempt {
    fn new(app: &App, caller: &Caller, phone: &Phone, otp: &Secret, released: Released) -> Attempt {
        let guess = Guess::new(app, caller, Purpose::VerifyPhone, Kind::Phone, phone.as_str(), otp).released(released);
        Attempt { caller: caller.clone(), phone: phone.clone(), guess, now: app.now() }
    }

    /// The account whose phone is proved from here on; every wrong try is counted.
    fn prove(&self, tx: &mut Tx) -> Result<Result<Uid, Refusal>> {
        let (tenant, now) = (&self.caller.tenant, self.now);
        let owner = identifiers::owner(tx, &tenant.id, Kind::Phone, self.phone.as_str())?;
        let uid = owner.map(|owner| owner.uid);
        let code = match self.guess.judge(tx, uid.as_ref(), Counted::Login)? {
            Verdict::Right(code) => code,
            Verdict::Wrong => return Ok(Err(self.guess.explain(tx, &Wrongs::OF_PHONE)?.into())),
            Verdict::Locked(refusal) => return Ok(Err(refusal)),
        };
        let uid = uid.ok_or(Reason::OtpInvalid)?;
        let state = accounts::state(tx, &tenant.id, &uid)?;
        if !state.is_some_and(|state| state.is_active) {
            return Ok(Err(account::refuse_state(state)));
        }
        if !self.guess.consume(tx, &code)? {
            return Ok(Err(Reason::OtpInvalid.into()));
        }
        identifiers::verify(tx, &tenant.id, &uid, Kind::Phone, self.phone.as_str(), now)?;
        limits::clear_released(tx, tenant, &Subject::Account(uid.clone()), self.guess.release(), now)?;
        Ok(Ok(uid))
    }
}
