//! The message that proves an address: what it carries, and once more.

use crate::access::Caller;
use crate::challenge::{Form, Sending, link_base};
use crate::profile::identifiers::Named;
use crate::profile::mailbox::{self, is_unproved};
use crate::{App, Result};
use doorward_model::reason::Reason;
use doorward_model::settings::EmailVerification;
use doorward_model::time::Span;
use doorward_store::challenges::Purpose;

/// How long the link in a verification message works.
const LINK_LIFE: Span = Span::days(3);

/// What a verification message of this request carries: a code where the tenant wants codes, else a link to the page
/// the request names (1249 when that is not the tenant's) or to this server.
pub(crate) fn form(app: &App, caller: &Caller, verification_url: Option<&str>) -> Result<Form> {
    let base = link_base(app, caller, verification_url, "/identity/v2/auth/email", Reason::VerificationUrlInvalid)?;
    if caller.settings().otp_email_verification {
        return Ok(Form::Code);
    }
    Ok(Form::Link { base, vtype: "emailverification", life: LINK_LIFE })
}

/// 1034 where addresses are not proved.
pub(crate) fn require_verification(caller: &Caller) -> Result<(), Reason> {
    let is_on = caller.settings().email_verification != EmailVerification::Disabled;
    is_on.then_some(()).ok_or(Reason::EmailVerificationDisabled)
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
