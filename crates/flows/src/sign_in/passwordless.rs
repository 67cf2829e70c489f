//! Signing in without a password: by the link or code in an email, or the code in a text message.

use crate::access::Caller;
use crate::challenge::{Form, Posted, Sending, link_base};
use crate::limits::captcha;
use crate::notify::Voice;
use crate::profile::identifiers::{Named, Typed, require_email, require_phone};
use crate::profile::mailbox::{self, stands_for_account};
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone};
use doorward_model::reason::Reason;
use doorward_model::time::{Span, Timestamp};
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, accounts};
use profile::Registration;

mod arrival;
mod profile;

pub use arrival::{
    passwordless_email_verification, passwordless_login_by_email_and_otp, passwordless_login_by_username_and_otp,
    passwordless_login_phone_verification,
};
pub use profile::Profile;

/// How long the link in a message works. Long enough for mail that is slow, and for nobody who reads it the next day.
const LINK_LIFE: Span = Span::minutes(15);

/// Where the link leads when the request names no page.
const OWN_PAGE: &str = "/identity/v2/auth/login/passwordlesslogin/email/verify";

/// Sends the link or code that signs in, to the address that is named or to that of the user name. The page for the link
/// must be one of the tenant's (1249).
///
/// An address gets it if it is proved, or if nothing of its account is. Answers the same, after the same work, if not, if
/// nobody is meant, or if the account may not sign in. 1059 while the tenant has this switched off, 1122 when the address
/// had its messages for a while.
pub async fn passwordless_login_by_email(
    app: &App,
    caller: &Caller,
    typed: &Typed,
    page: Option<&str>,
    captcha: Option<&captcha::Response>,
) -> Result<()> {
    require_email(caller)?;
    let named = typed.name(caller.settings())?;
    require_captcha(caller, captcha)?;
    let form = form(app, caller, page)?;
    send_mail(app, caller, &named, "", &form, None).await
}

/// The same for the address in a profile. Where the tenant registers people this way, whoever is not registered yet is,
/// as soon as the link or code comes back; a registration token is asked for then (908, 1049), of everybody.
pub async fn passwordless_login_by_email_with_profile(
    app: &App,
    caller: &Caller,
    profile: &Profile<'_>,
    page: Option<&str>,
    captcha: Option<&captcha::Response>,
) -> Result<()> {
    require_email(caller)?;
    let email: Email = profile.email()?;
    require_captcha(caller, captcha)?;
    let named = Typed { email: Some(email.as_str().to_owned()), ..Typed::default() }.name(caller.settings())?;
    let form = form(app, caller, page)?;
    let registration = Registration::of(app, caller, profile, &named).await?;
    send_mail(app, caller, &named, email.shown(), &form, registration).await
}

/// Sends the code that signs in to `phone`, if it is somebody's proved phone and the account may sign in. Answers the
/// same, after the same work, if not. 1059 while the tenant has this switched off, 1123 when the number had its codes for
/// a while.
pub async fn passwordless_login_by_phone(
    app: &App,
    caller: &Caller,
    phone: &Phone,
    voice: Voice,
    captcha: Option<&captcha::Response>,
) -> Result<Posted> {
    require_phone(caller)?;
    require_captcha(caller, captcha)?;
    send_sms(app, caller, phone, voice, None).await
}

/// The same for the phone in a profile, and whoever is not registered yet; see
/// [`passwordless_login_by_email_with_profile`].
pub async fn passwordless_login_by_phone_with_profile(
    app: &App,
    caller: &Caller,
    profile: &Profile<'_>,
    voice: Voice,
    captcha: Option<&captcha::Response>,
) -> Result<Posted> {
    require_phone(caller)?;
    let phone = profile.phone()?;
    require_captcha(caller, captcha)?;
    let named = Named { kind: Kind::Phone, value: phone.as_str().to_owned() };
    let registration = Registration::of(app, caller, profile, &named).await?;
    send_sms(app, caller, &phone, voice, registration).await
}

/// 982 where asking takes a captcha, and its answer is not right.
fn require_captcha(caller: &Caller, response: Option<&captcha::Response>) -> Result<(), Reason> {
    captcha::require(caller, |apis| apis.passwordless_login, response)
}

fn form(app: &App, caller: &Caller, page: Option<&str>) -> Result<Form> {
    let base = link_base(app, caller, page, OWN_PAGE, Reason::VerificationUrlInvalid)?;
    if caller.settings().otp_passwordless {
        return Ok(Form::Code);
    }
    Ok(Form::Link { base, vtype: "oneclicksignin", life: LINK_LIFE })
}

/// Sends to the mailbox behind `named`, or to `shown` if that is a newcomer's.
async fn send_mail(
    app: &App,
    caller: &Caller,
    named: &Named,
    shown: &str,
    form: &Form,
    registration: Option<Registration>,
) -> Result<()> {
    let now = app.now();
    let mailbox = mailbox::find(app, caller, named, stands_for_account).await?;
    let to = if mailbox.uid.is_some() { mailbox.to.as_str() } else { shown };
    let sending = Sending::to_mailbox(app, caller, Purpose::Passwordless, (mailbox.subject, to), form, now)?;
    let within = caller.clone();
    app.write(move |tx| {
        let issued = issue(tx, &within, &sending, mailbox.uid.as_ref(), registration.as_ref(), now)?;
        // Rolled back, so that the code of an earlier request still fits its profile.
        issued.then_some(()).ok_or_else(|| Reason::EmailLimitReached.into())
    })
    .await?;
    app.wake.notify_one();
    Ok(())
}

async fn send_sms(
    app: &App,
    caller: &Caller,
    phone: &Phone,
    voice: Voice,
    registration: Option<Registration>,
) -> Result<Posted> {
    let now = app.now();
    let sending = Sending::to_phone(app, caller, Purpose::Passwordless, phone, voice, now)?;
    let posted = sending.posted();
    let (within, phone) = (caller.clone(), phone.clone());
    app.write(move |tx| {
        let owner = identifiers::owner(tx, within.tenant_id(), Kind::Phone, phone.as_str())?;
        let proved = owner.filter(|owner| owner.verified_at.is_some()).map(|owner| owner.uid);
        let issued = issue(tx, &within, &sending, proved.as_ref(), registration.as_ref(), now)?;
        issued.then_some(()).ok_or_else(|| Reason::SmsLimitReached.into())
    })
    .await?;
    app.wake.notify_one();
    Ok(posted)
}

/// Issues to the account if it may sign in, else to the newcomer if nobody has what they are named by, else to nobody.
fn issue(
    tx: &mut Tx,
    caller: &Caller,
    sending: &Sending,
    uid: Option<&Uid>,
    registration: Option<&Registration>,
    now: Timestamp,
) -> Result<bool> {
    let asked = uid.cloned().unwrap_or_else(|| Uid::new(""));
    let state = accounts::state(tx, caller.tenant_id(), &asked)?;
    let mut receiver = uid.filter(|_| state.is_some_and(|state| state.is_active && !state.login_disabled));
    if let Some(registration) = registration
        && let Some(uid) = registration.wait(tx, caller, sending.expires_at())?
    {
        receiver = Some(uid);
    }
    sending.issue(tx, caller, receiver, now)
}
