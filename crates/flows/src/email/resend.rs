//! The verification message, once more.

use super::form;
use crate::access::Caller;
use crate::identifiers::{Named, Typed};
use crate::mailbox::{self, is_unproved};
use crate::sending::{Form, Sending};
use crate::{App, Result};
use doorward_model::reason::Reason;
use doorward_model::settings::EmailVerification;
use doorward_store::challenges::Purpose;

/// 1034 where addresses are not proved.
pub(crate) fn require_verification(caller: &Caller) -> Result<(), Reason> {
    let is_on = caller.settings().email_verification != EmailVerification::Disabled;
    is_on.then_some(()).ok_or(Reason::EmailVerificationDisabled)
}

/// Sends the link or code that proves the address that is named, or the first unproved one of the user name that is,
/// again. Always answers posted, be the identifier unknown, proved already, or its latest message less than thirty
/// seconds old; 1122 when it had its messages for a while.
pub async fn resend_email_verification(
    app: &App,
    caller: &Caller,
    typed: &Typed,
    verification_url: Option<&str>,
) -> Result<()> {
    require_verification(caller)?;
    let form = form(app, caller, verification_url)?;
    let named = typed.name_for_mail()?;
    send_again(app, caller, &named, &form).await?.then_some(()).ok_or(Reason::EmailLimitReached)?;
    Ok(())
}

/// Sends the message again, if it is wanted; false when the address had as many for a while as the tenant allows.
pub(crate) async fn send_again(app: &App, caller: &Caller, named: &Named, form: &Form) -> Result<bool> {
    let now = app.now();
    let mailbox = mailbox::find(app, caller, named, is_unproved).await?;
    let to = (mailbox.subject, mailbox.to.as_str());
    let sending = Sending::to_mailbox(app, caller, Purpose::VerifyEmail, to, form, now)?;
    let within = caller.clone();
    let sent = app.write(move |tx| sending.reissue(tx, &within, mailbox.uid.as_ref(), now)).await?;
    app.wake.notify_one();
    Ok(sent)
}
