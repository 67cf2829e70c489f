//! The login phone, changed or given up by its owner.

use crate::access::{Caller, SignedIn};
use crate::app::Tenant;
use crate::challenge::{Guess, Posted, Sending, Verdict, Wrongs};
use crate::limits::{self, Kind as Counted, Released};
use crate::notify::{self, Notices, Template, Voice};
use crate::profile::account;
use crate::profile::holdings::{self, give_phone};
use crate::profile::identifiers::require_phone_login;
use crate::profile::mailbox::addresses;
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::Phone;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::settings::EmailVerification;
use doorward_model::time::{Span, Timestamp};
use doorward_store::challenges::{self, Purpose};
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, pending_phones};

/// Who does not prove a new number within this time keeps the old one.
const PENDING_LIFE: Span = Span::days(1);

/// A number that somebody wants to sign in with, and the message with its code.
pub(crate) struct Wish {
    phone: Phone,
    sending: Sending,
}

impl Wish {
    /// Draws the code; refused (1074, 1071, 1072, 1096, 1281) when nothing can be sent there.
    pub(crate) fn draw(app: &App, caller: &Caller, phone: &Phone, voice: Voice, now: Timestamp) -> Result<Wish> {
        require_phone_login(caller)?;
        let sending = Sending::to_phone(app, caller, Purpose::ChangePhone, phone, voice, now)?;
        Ok(Wish { phone: phone.clone(), sending })
    }

    /// Notes the wish and issues the code. 1058 when the number is somebody else's, 1073 when it is the person's proved
    /// one already, 1123 when it had its codes for a while.
    pub(crate) fn note(&self, tx: &mut Tx, caller: &Caller, uid: &Uid, now: Timestamp) -> Result<()> {
        let tenant = caller.tenant_id();
        match identifiers::owner(tx, tenant, Kind::Phone, self.phone.as_str())? {
            Some(owner) if owner.uid != *uid => return Err(Reason::PhoneTaken.into()),
            Some(owner) if owner.verified_at.is_some() => return Err(Reason::PhoneAlreadyVerified.into()),
            _ => {}
        }
        pending_phones::put(tx, tenant, uid, self.phone.as_str(), now)?;
        if !self.sending.issue(tx, caller, Some(uid), now)? {
            return Err(Reason::SmsLimitReached.into());
        }
        Ok(())
    }
}

/// Sends a code to the number that the person wants to sign in with. Until the code comes back the number is nobody's and
/// the old one keeps working; the owner is told. Refused with 90006 when they signed in long ago, and as [`Wish::draw`] and
/// [`Wish::note`] say.
pub async fn change_phone_number(app: &App, signed_in: &SignedIn, phone: &Phone, voice: Voice) -> Result<Posted> {
    let (caller, now) = (&signed_in.caller, app.now());
    account::require_recent(app, signed_in)?;
    let wish = Wish::draw(app, caller, phone, voice, now)?;
    let posted = wish.sending.posted();
    let held = account::identifiers(app, signed_in).await?;
    let notices = Notices::prepare(app, caller, Template::SignInChanged, &held, now)?;
    let (within, uid) = (caller.clone(), signed_in.session.uid.clone());
    app.write(move |tx| {
        account::lock(tx, within.tenant_id(), &uid)?;
        wish.note(tx, &within, &uid, now)?;
        notices.queue(tx, within.tenant_id(), now)
    })
    .await?;
    app.wake.notify_one();
    Ok(posted)
}

/// The number that the person wants and has not proved yet.
pub(super) async fn pending(app: &App, signed_in: &SignedIn) -> Result<Option<Phone>> {
    let (tenant, uid, now) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone(), app.now());
    let pending = app.read(move |tx| Ok(pending_phones::get(tx, &tenant.id, &uid)?)).await?;
    let live = pending.filter(|pending| now.since(pending.asked_at) < PENDING_LIFE);
    Ok(live.map(|pending| Phone::parse(&pending.phone)).transpose()?)
}

/// Sends the code to the number that the person wants again.
pub(super) async fn resend(app: &App, signed_in: &SignedIn, phone: &Phone, voice: Voice) -> Result<Posted> {
    let (caller, now) = (&signed_in.caller, app.now());
    let sending = Sending::to_phone(app, caller, Purpose::ChangePhone, phone, voice, now)?;
    let posted = sending.posted();
    let (within, uid) = (caller.clone(), signed_in.session.uid.clone());
    app.write(move |tx| {
        account::lock(tx, within.tenant_id(), &uid)?;
        let issued = sending.reissue(tx, &within, Some(&uid), now)?;
        Ok(issued.then_some(()).ok_or(Reason::SmsLimitReached)?)
    })
    .await?;
    app.wake.notify_one();
    Ok(posted)
}

/// Makes the number with this code the login phone, proved, in place of the old one, whose codes die. 1058 when
/// somebody else has proved to hold it meanwhile.
pub(super) async fn confirm(
    app: &App,
    signed_in: &SignedIn,
    phone: &Phone,
    otp: &Secret,
    released: Released,
) -> Result<()> {
    let (caller, now) = (&signed_in.caller, app.now());
    let guess = Guess::new(app, caller, Purpose::ChangePhone, Kind::Phone, phone.as_str(), otp).released(released);
    let held = account::identifiers(app, signed_in).await?;
    let notices = Notices::prepare(app, caller, Template::SignInChanged, &held, now)?.about(&signed_in.session.uid);
    let (tenant, uid, phone) = (caller.tenant.clone(), signed_in.session.uid.clone(), phone.clone());
    let confirmed = app
        .write(move |tx| {
            account::lock(tx, &tenant.id, &uid)?;
            let code = match guess.judge(tx, Some(&uid), Counted::Login)? {
                Verdict::Right(code) => code,
                Verdict::Wrong => return Ok(Err(guess.explain(tx, &Wrongs::OF_PHONE)?.into())),
                Verdict::Locked(refusal) => return Ok(Err(refusal)),
            };
            if !guess.consume(tx, &code)? {
                return Ok(Err(Refusal::from(Reason::OtpInvalid)));
            }
            identifiers::remove(tx, &tenant.id, &uid, Kind::Phone)?;
            give_phone(tx, &tenant, &uid, &phone, Some(now))?;
            pending_phones::remove(tx, &tenant.id, &uid)?;
            challenges::void_all(tx, &tenant.id, &uid, now)?;
            notices.queue(tx, &tenant.id, now)?;
            Ok(Ok(()))
        })
        .await?;
    if let Err(refusal) = confirmed {
        return Err(limits::refused(app, caller, refusal));
    }
    app.wake.notify_one();
    notify::event(caller, "ChangePhoneNumber", Some(&signed_in.session.uid));
    Ok(())
}

/// Takes the login phone away, with the wish for another; the owner is told, there too. 90006 when they signed in long ago,
/// 1043 when there is none, 970 when no address would be left to come back by.
pub async fn remove_phone_id_by_token(app: &App, signed_in: &SignedIn) -> Result<()> {
    let (caller, now) = (&signed_in.caller, app.now());
    require_phone_login(caller)?;
    account::require_recent(app, signed_in)?;
    let held = account::identifiers(app, signed_in).await?;
    let notices = Notices::prepare(app, caller, Template::SignInChanged, &held, now)?.about(&signed_in.session.uid);
    let (tenant, uid) = (caller.tenant.clone(), signed_in.session.uid.clone());
    app.write(move |tx| {
        account::lock(tx, &tenant.id, &uid)?;
        give_up(tx, &tenant, &uid, now)?;
        notices.queue(tx, &tenant.id, now)
    })
    .await?;
    app.wake.notify_one();
    notify::event(caller, "RemovePhoneNumber", Some(&signed_in.session.uid));
    Ok(())
}

/// Takes the login phone away, with the wish for another; 1043 when there is none, 970 when no address would be left to
/// come back by.
pub(crate) fn give_up(tx: &mut Tx, tenant: &Tenant, uid: &Uid, now: Timestamp) -> Result<()> {
    let held = identifiers::list(tx, &tenant.id, uid)?;
    if !held.iter().any(|one| one.kind == Kind::Phone.as_str()) {
        return Err(Reason::PhoneInvalidOrUnknown.into());
    }
    let needs_proof = tenant.settings.email_verification != EmailVerification::Disabled;
    if !addresses(&held).any(|one| one.verified_at.is_some() || !needs_proof) {
        return Err(Reason::EmailNotVerified.into());
    }
    holdings::erase_identifier(tx, tenant, uid, Kind::Phone, now)
}
