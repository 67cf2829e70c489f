//! A forgotten PIN: the code or link that resets it.

use crate::access::Caller;
use crate::challenge::{Form, Posted, Sending, page_base};
use crate::factors::pin::require_pin;
use crate::notify::Voice;
use crate::profile::identifiers::{Named, Typed, require_phone_login};
use crate::profile::mailbox::{self, stands_for_account};
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::Phone;
use doorward_model::reason::Reason;
use doorward_model::time::Span;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{accounts, pins};

/// How long the link in a reset message works.
const LINK_LIFE: Span = Span::minutes(60);

/// Sends the link or code that resets the PIN to the address that is named, or to the address of the user name that is.
/// The page for the link must be one of the tenant's (1248); without a page the message carries a code.
///
/// Answers the same, after the same work, if nobody is meant, if the account has no PIN, or if the address does not stand
/// for it. 1233 and 1238 by the tenant's settings, 1122 when the address had its messages for a while.
pub async fn forgot_pin_by_email(app: &App, caller: &Caller, typed: &Typed, page: Option<&str>) -> Result<()> {
    require_pin(caller)?;
    let base = page_base(app, caller, page, Reason::ResetPinUrlInvalid)?;
    let form = base.map_or(Form::Code, |base| Form::Link { base, vtype: "resetpin", life: LINK_LIFE });
    let (named, now) = (name(caller, typed)?, app.now());
    let mailbox = mailbox::find(app, caller, &named, stands_for_account).await?;
    let to = (mailbox.subject, mailbox.to.as_str());
    let sending = Sending::to_mailbox(app, caller, Purpose::ResetPin, to, &form, now)?;
    let within = caller.clone();
    app.write(move |tx| {
        let uid = mailbox.uid.clone().unwrap_or_else(|| Uid::new(""));
        let has_pin = pins::find(tx, within.tenant_id(), &uid)?.is_some();
        let issued = sending.issue(tx, &within, has_pin.then_some(&uid), now)?;
        Ok(issued.then_some(()).ok_or(Reason::EmailLimitReached))
    })
    .await??;
    app.wake.notify_one();
    Ok(())
}

/// The address, else the user name; 1238 for the latter where user names do not sign in.
pub(super) fn name(caller: &Caller, typed: &Typed) -> Result<Named> {
    let named = typed.name_for_mail()?;
    if named.kind == Kind::Username && !caller.settings().user_name_login {
        return Err(Reason::UsernameLoginDisabled.into());
    }
    Ok(named)
}

/// Sends the code that resets the PIN to `phone`, if it is the proved phone of somebody with a PIN whose account is not
/// blocked. Answers the same, after the same work, if it is not; 1123 when the number had its codes for a while.
pub async fn forgot_pin_by_phone(app: &App, caller: &Caller, phone: &Phone, voice: Voice) -> Result<Posted> {
    require_pin(caller)?;
    require_phone_login(caller)?;
    let now = app.now();
    let sending = Sending::to_phone(app, caller, Purpose::ResetPin, phone, voice, now)?;
    let posted = sending.posted();
    let (within, phone) = (caller.clone(), phone.clone());
    app.write(move |tx| {
        let tenant = within.tenant_id();
        let owner = identifiers::owner(tx, tenant, Kind::Phone, phone.as_str())?;
        let uid = owner.as_ref().map_or_else(|| Uid::new(""), |owner| owner.uid.clone());
        let is_active = accounts::state(tx, tenant, &uid)?.is_some_and(|state| state.is_active);
        let has_pin = pins::find(tx, tenant, &uid)?.is_some();
        let may = is_active && has_pin && owner.is_some_and(|owner| owner.verified_at.is_some());
        let issued = sending.issue(tx, &within, may.then_some(&uid), now)?;
        Ok(issued.then_some(()).ok_or(Reason::SmsLimitReached))
    })
    .await??;
    app.wake.notify_one();
    Ok(posted)
}
