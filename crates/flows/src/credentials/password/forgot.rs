//! A forgotten password: the code or link that resets it.

use crate::access::Caller;
use crate::challenge::{Form, PASSWORD_LINK_LIFE, Posted, Sending, page_base};
use crate::limits::captcha;
use crate::notify::Voice;
use crate::profile::identifiers::{Typed, require_phone_login};
use crate::profile::mailbox::{self, stands_for_account};
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::Phone;
use doorward_model::reason::Reason;
use doorward_store::accounts;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};

/// Sends the code that resets the password to `phone`, if it is somebody's proved phone and the account is not
/// blocked. Answers the same, after the same work, if it is not; 1123 when the number had its codes for a while, 982
/// where it takes a captcha and the answer is not right.
pub async fn request_otp_for_password_reset(
    app: &App,
    caller: &Caller,
    phone: &Phone,
    voice: Voice,
    captcha: Option<&captcha::Response>,
) -> Result<Posted> {
    require_phone_login(caller)?;
    captcha::require(caller, |apis| apis.post_forgot_password_by_phone, captcha)?;
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

/// Sends the link or code that resets the password to the address that is named, or to the address of the user name
/// that is. The page for the link must be one of the tenant's (1252); without a page, and where the tenant wants codes,
/// the message carries a code.
///
/// An address gets it if it is proved, or if nothing of its account is; answers the same, after the same work, if not,
/// or if nobody is meant. 908 when nobody is named, 1122 when the address had its messages for a while, 982 where it takes a
/// captcha and the answer is not right.
pub async fn forgot_password(
    app: &App,
    caller: &Caller,
    typed: &Typed,
    page: Option<&str>,
    captcha: Option<&captcha::Response>,
) -> Result<()> {
    let base = page_base(app, caller, page, Reason::ResetPasswordUrlInvalid)?;
    let form = match base.filter(|_| !caller.settings().otp_password_reset) {
        Some(base) => Form::Link { base, vtype: "reset", life: PASSWORD_LINK_LIFE },
        None => Form::Code,
    };
    let (named, now) = (typed.name_for_mail()?, app.now());
    captcha::require(caller, |apis| apis.post_forgot_password_by_email, captcha)?;
    let mailbox = mailbox::find(app, caller, &named, stands_for_account).await?;
    let to = (mailbox.subject, mailbox.to.as_str());
    let sending = Sending::to_mailbox(app, caller, Purpose::ResetPassword, to, &form, now)?;
    let within = caller.clone();
    app.write(move |tx| {
        let issued = sending.issue(tx, &within, mailbox.uid.as_ref(), now)?;
        Ok(issued.then_some(()).ok_or(Reason::EmailLimitReached))
    })
    .await??;
    app.wake.notify_one();
    Ok(())
}
