//! The PIN that a login waits for.

use crate::hosted::here::{Here, Posted, Step};
use crate::hosted::sheet::{Kind, Sheet};
use axum::response::Response;
use doorward_flows::credentials::pin::set_pin_by_pin_auth_token;
use doorward_model::pin::Pin;
use doorward_model::secret::Secret;

pub(super) async fn page(here: Here) -> Response {
    let Some(Step::Pin { .. }) = here.step() else { return here.go("sign-in") };
    here.show(form(&here))
}

fn form(here: &Here) -> Sheet<'_> {
    here.sheet("pin").form("pin", "pin").field("pin", Kind::NewPin, "").link("back-to-sign-in", "sign-in")
}

pub(super) async fn submit(posted: Posted) -> Response {
    let Some(Step::Pin { token }) = posted.here.step() else { return posted.here.go("sign-in") };
    let (pin, here) = (Pin::new(posted.secret("pin")), posted.here);
    let login = set_pin_by_pin_auth_token(&here.app, &here.caller, &Secret::new(token), &pin).await;
    match here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => here.show(form(&here).trouble(&trouble)),
    }
}
