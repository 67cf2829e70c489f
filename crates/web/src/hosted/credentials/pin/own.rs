//! A person's own PIN: set, changed, and forgotten by the device.

use crate::hosted::here::owner::{profile, update};
use crate::hosted::here::{Here, Own, OwnPosted, has_pin, refuse};
use crate::hosted::sheet::{Kind, Sheet, Trouble};
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::access::{SignedIn, is_recent};
use doorward_flows::credentials::pin::change_pin;
use doorward_flows::factors::pin::require_pin;
use doorward_model::pin::Pin;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use serde::Serialize;
use serde_json::{Value, json};

/// What the account's page shows of the PIN.
#[derive(Serialize)]
pub(crate) struct Shown {
    is_set: bool,
    is_known_here: bool,
}

/// What there is to show; `None` where the tenant has no PINs.
pub(crate) fn shown(here: &Here, profile: &Value) -> Option<Shown> {
    require_pin(&here.caller).ok()?;
    let is_known_here = here.device.as_ref().is_some_and(|device| device.is_of(profile));
    Some(Shown { is_set: has_pin(profile), is_known_here })
}

pub(super) async fn page(Own { here, signed_in }: Own) -> Response {
    match profile(&here, &signed_in).await {
        // The first PIN is another way to sign in: only who proved themselves not long ago gives themselves one.
        Ok(profile) if !has_pin(&profile) && !is_recent(&signed_in.session, here.app.now()) => {
            refuse(here, Reason::RecentAuthenticationNeeded.into(), "account/pin", |here| form(here, false))
        }
        Ok(profile) => here.show(form(&here, has_pin(&profile))),
        Err(error) => here.show(here.sheet("broken").trouble(&Trouble::of(error))),
    }
}

fn form(here: &Here, is_set: bool) -> Sheet<'_> {
    let key = if is_set { "pin-change" } else { "pin-set" };
    let mut sheet = here.sheet(key).form(key, "account/pin");
    if is_set {
        sheet = sheet.field("old-pin", Kind::Pin, "").link("to-forgot-pin", "forgot-pin");
    }
    sheet.field("new-pin", Kind::NewPin, "").link("back-to-account", "account")
}

/// Sets the first PIN, or changes the one there is.
pub(super) async fn submit(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let (old, new) = (posted.secret("old-pin"), posted.secret("new-pin"));
    let here = posted.here;
    let profile = match profile(&here, &signed_in).await {
        Ok(profile) => profile,
        Err(error) => return here.show(here.sheet("broken").trouble(&Trouble::of(error))),
    };
    let is_set = has_pin(&profile);
    let done = if is_set {
        change_pin(&here.app, &signed_in, &Pin::new(old), &Pin::new(new)).await
    } else {
        set(&here, &signed_in, &new).await
    };
    match done {
        Ok(()) if is_set => changed(here, &profile).await,
        Ok(()) => settled(here, "notice-pin-set").await.go("account"),
        Err(error) => refuse(here, error, "account/pin", |here| form(here, is_set)),
    }
}

/// Gives the person their first PIN.
pub(crate) async fn set(here: &Here, signed_in: &SignedIn, pin: &Secret) -> Result<()> {
    if pin.is_blank() {
        return Err(Reason::PinMissing.into());
    }
    wish(here, signed_in, json!({ "PIN": pin.expose() })).await
}

/// Says of the person's PIN what they wish.
pub(crate) async fn wish(here: &Here, signed_in: &SignedIn, info: Value) -> Result<()> {
    update(here, signed_in, [("PINInfo".to_owned(), info)].into_iter().collect()).await
}

/// Has the device know the person from now on, who has a PIN now.
pub(crate) async fn settled(mut here: Here, notice: &str) -> Here {
    if let Some(device) = here.visitor.take_device() {
        here.keep(device).await;
    }
    here.visitor.leave(notice);
    here
}

/// What the former PIN opened is over, on this device too.
async fn changed(mut here: Here, profile: &Value) -> Response {
    if here.device.as_ref().is_some_and(|device| device.is_of(profile)) {
        here.forget_device().await;
    }
    here.visitor.leave("notice-pin-changed");
    here.go("account")
}

/// Has the device forget the person.
pub(super) async fn forget_device(OwnPosted { posted, .. }: OwnPosted) -> Response {
    let mut here = posted.here;
    here.forget_device().await;
    here.visitor.leave("notice-device-forgotten");
    here.go("account")
}
