//! Signing in with a PIN, on a device that knows the person.

use crate::hosted::here::{Device, Here, Posted, sign_in_form};
use crate::hosted::sheet::{Kind, Sheet};
use axum::response::Response;
use doorward_flows::credentials::pin::{login_by_pin, require_pin_session};
use doorward_flows::{Error, Result};
use doorward_model::pin::Pin;
use doorward_model::reason::Reason;

/// The page of somebody who is not signed in: their PIN is asked for where the device knows them, else their password.
pub(crate) async fn page(mut here: Here) -> Response {
    let Some(device) = here.device.clone() else { return here.show(sign_in_form(&here, "")) };
    match require_pin_session(&here.app, &here.caller, &device.token()).await {
        Ok(()) => here.show(form(&here, &device)),
        Err(error) => {
            if is_over(&error) {
                over(&mut here).await;
            }
            here.show(sign_in_form(&here, ""))
        }
    }
}

fn form<'a>(here: &'a Here, device: &Device) -> Sheet<'a> {
    let sheet = here.sheet("pin-sign-in").lead("pin-sign-in", &[("name", device.name())]);
    let sheet = sheet.form("pin-sign-in", "sign-in/pin").field("pin", Kind::Pin, "");
    let sheet = sheet.link("to-password", "sign-in/password").link("to-forgot-pin", "forgot-pin");
    sheet.other("not-you", "sign-in/forget-device")
}

/// True when no PIN signs in on this device any more.
fn is_over(error: &Error) -> bool {
    const OVER: [Reason; 3] = [Reason::PinSessionTokenInvalid, Reason::PinSessionTokenExpired, Reason::PinNotSet];
    matches!(error, Error::Refused(refusal) if OVER.contains(&refusal.reason))
}

/// Forgets whom the device knew, and says so to whoever was not told something else.
async fn over(here: &mut Here) {
    here.forget_device().await;
    if !here.visitor.has_notice() {
        here.visitor.leave("notice-pin-over");
    }
}

pub(super) async fn submit(posted: Posted) -> Response {
    let (pin, mut here) = (posted.secret("pin"), posted.here);
    let Some(device) = here.device.clone() else { return here.go("sign-in") };
    // A field that was left empty is no wrong PIN.
    let pin = (!pin.is_blank()).then(|| Pin::new(pin));
    let login = login_by_pin(&here.app, &here.caller, &device.token(), pin, None).await;
    if is_spent(&here, &device, &login).await {
        over(&mut here).await;
        return here.go("sign-in");
    }
    match here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => here.show(form(&here, &device).trouble(&trouble)),
    }
}

/// True when the device signs nobody in any more, be it for this very wrong PIN.
async fn is_spent<T>(here: &Here, device: &Device, login: &Result<T>) -> bool {
    match login {
        Ok(_) => false,
        Err(Error::Refused(refusal)) if refusal.reason == Reason::PinInvalid => {
            let look = require_pin_session(&here.app, &here.caller, &device.token()).await;
            look.is_err_and(|error| is_over(&error))
        }
        Err(error) => is_over(error),
    }
}

/// Forgets whom the device knew, for somebody else.
pub(super) async fn forget(Posted { mut here, .. }: Posted) -> Response {
    here.forget_device().await;
    here.go("sign-in")
}
