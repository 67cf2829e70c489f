//! Signing a device in by a link that is opened on another: type the address here, open the mail there.

use super::one_touch;
use super::waiting::{self, Device, WAIT};
use crate::access::Caller;
use crate::challenge::{Form, Link, Sending, link_base};
use crate::factors::claim;
use crate::limits::{self, Kind as Counted, Subject};
use crate::profile::identifiers::Typed;
use crate::profile::mailbox::{self, stands_for_account};
use crate::session::{self, Begun, Fresh, Login};
use crate::{App, Result, notify};
use doorward_model::id::Uid;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::Tx;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::Kind;

/// Sends the link that signs this device in to the address that is named, or to the address of the user name or phone
/// that is; the device waits for it. Answers the same, after the same work, where there is nobody, or nobody who may
/// sign in by mail.
///
/// Refused: 1135 while the tenant has no smart login, 1140 and 1136 by the GUID, 1249 for a page that is not the
/// tenant's, 1122 when the address had its messages for a while, and by what may not sign in (1074, 1077, 1183, 1220).
pub async fn get_smart_login(
    app: &App,
    caller: &Caller,
    typed: &Typed,
    guid: &Secret,
    page: Option<&str>,
) -> Result<()> {
    require_smart_login(caller)?;
    let device = Device::of(app, caller, guid)?;
    let named = typed.name(caller.settings())?;
    let base = link_base(app, caller, page, "/confirm/smartlogin", Reason::VerificationUrlInvalid)?;
    let form = Form::Link { base, vtype: "smartlogin", life: WAIT };
    let now = app.now();
    let mailbox = mailbox::find(app, caller, &named, stands_for_account).await?;
    let to = (mailbox.subject, mailbox.to.as_str());
    let sending = Sending::to_mailbox(app, caller, Purpose::SmartLogin, to, &form, now)?;
    let within = caller.clone();
    app.write(move |tx| {
        device.wait(tx, &within, Purpose::SmartLogin, &sending)?;
        let issued = sending.issue(tx, &within, mailbox.uid.as_ref(), now)?;
        issued.then_some(()).ok_or_else(|| Reason::EmailLimitReached.into())
    })
    .await?;
    app.wake.notify_one();
    Ok(())
}

/// Opens the link: the device that waits for it may come for its session, and the address is proved. 973 for an unknown
/// link, 975 for one that is too old, 1138 when it was opened before and 1137 when the device has its session.
pub async fn verify_auto_login_email_smart_login(app: &App, caller: &Caller, token: &Secret) -> Result<()> {
    require_smart_login(caller)?;
    let now = app.now();
    let link = Link::new(app, caller, Purpose::SmartLogin, token);
    let (prover, within) = (app.clone(), caller.clone());
    let opened = app.write(move |tx| open(&prover, tx, &within, &link, now)).await?;
    match opened {
        Ok(uid) => {
            notify::event(caller, "ConfirmSmartLogin", Some(&uid));
            Ok(())
        }
        Err(reason) => Err(limits::refused(app, caller, reason)),
    }
}

fn open(app: &App, tx: &mut Tx, caller: &Caller, link: &Link, now: Timestamp) -> Result<Result<Uid, Reason>> {
    let (used, confirmed) = (Reason::SmartLoginLinkUsed, Reason::SmartLoginLinkVerified);
    let tenant = caller.tenant_id();
    let found = match waiting::live(tx, caller, link, (used, confirmed), now)? {
        Ok(found) => found,
        Err(reason) => return Ok(Err(reason)),
    };
    let Some(uid) = found.uid else { return Ok(Err(Reason::EmailLinkInvalid)) };
    let held = mailbox::held(app, tx, &caller.tenant, &uid, &found.subject, stands_for_account)?;
    // The account gave the address up since the message was sent; whoever reads it there is not the owner.
    let Some(address) = held else { return Ok(Err(Reason::EmailLinkInvalid)) };
    if !link.spend(tx, tenant, &found.subject, now)? {
        return Ok(Err(used));
    }
    claim::prove(tx, &caller.tenant, &uid, (Kind::Email, &address.value), now)?;
    waiting::let_in(tx, caller, link, (&uid, &found.subject), now)?;
    Ok(Ok(uid))
}

/// Signs the waiting device in once its link was opened, be that a link of smart login or of one touch. Of many who ask
/// at once, exactly one gets the session, and it is made only then.
///
/// Refused: 1139 until the link is opened, 1136 after the session was had, 1140 when no such device waits or another
/// client asks, and by the state of the account (991, 1130, 1198, 1338), which leaves the device waiting.
pub async fn ping_smart_login(app: &App, caller: &Caller, guid: &Secret) -> Result<Login> {
    require_either(caller)?;
    let now = app.now();
    let device = Device::of(app, caller, guid)?;
    let (asked, within) = (device.clone(), caller.clone());
    let looked = app.read(move |tx| asked.look(tx, &within, now)).await?;
    match looked {
        Ok(Purpose::OneTouch) => one_touch::require_one_touch(caller)?,
        Ok(_) => require_smart_login(caller)?,
        Err(Reason::SmartLoginPending) => return Err(Reason::SmartLoginPending.into()),
        Err(reason) => return Err(limits::refused(app, caller, reason)),
    }
    let (within, fresh) = (caller.clone(), Fresh::draw(app, caller, now));
    let begun = app.write(move |tx| sign_in(tx, &within, &device, &fresh, now)).await??;
    if begun.is_complete() {
        notify::event(caller, "Login", Some(begun.uid()));
    }
    begun.finish(app, caller).await
}

/// An error takes everything back, so that a device that is refused goes on waiting.
fn sign_in(
    tx: &mut Tx,
    caller: &Caller,
    device: &Device,
    fresh: &Fresh,
    now: Timestamp,
) -> Result<Result<Begun, Refusal>> {
    let (uid, proved) = device.take(tx, caller, now)?.ok_or(Reason::ClientGuidUsed)?;
    let subject = Subject::Account(uid.clone());
    if let Some(refusal) = limits::locked(tx, &caller.tenant, &subject, Counted::Login, now)? {
        return Err(refusal.into());
    }
    limits::clear(tx, &caller.tenant, &subject, Counted::Login)?;
    let fresh = fresh.clone().after("smart-login", Some(proved));
    session::begin(tx, caller, &fresh, &uid, now)
}

/// 1135 while the tenant has no smart login.
pub fn require_smart_login(caller: &Caller) -> Result<(), Reason> {
    caller.settings().smart_login.then_some(()).ok_or(Reason::SmartLoginDisabled)
}

/// 1135 while the tenant lets no device wait, neither by smart login nor at one touch.
pub fn require_either(caller: &Caller) -> Result<(), Reason> {
    if caller.settings().one_touch_login { Ok(()) } else { require_smart_login(caller) }
}
