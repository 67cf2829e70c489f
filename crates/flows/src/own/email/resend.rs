//! The verification message, once more.

use crate::access::Caller;
use crate::profile::identifiers::Typed;
use crate::registration::verification::{form, require_verification, send_again};
use crate::{App, Result};
use doorward_model::reason::Reason;

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
