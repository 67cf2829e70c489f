//! Lost passkeys: the message, and the new passkey.

use crate::hosted::here::ceremony::{create, given};
use crate::hosted::here::{Here, Posted, Step};
use crate::hosted::sheet::{Kind, Sheet, Trouble};
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::credentials::passkeys::{RESET_PAGE, begin_passkey_reset, finish_passkey_reset, passkey_forgot};

pub(super) async fn page(here: Here) -> Response {
    here.show(form(&here, ""))
}

fn form<'a>(here: &'a Here, email: &str) -> Sheet<'a> {
    let sheet = here.sheet("lost-passkey").form("lost-passkey", "lost-passkey").field("email", Kind::Email, email);
    sheet.link("back-to-sign-in", "sign-in")
}

pub(super) async fn submit(posted: Posted) -> Response {
    let email = posted.text("email").to_owned();
    let here = posted.here;
    match send(&here, &email).await {
        Ok(()) => here.begin(Step::LostPasskey(email), "lost-passkey/sent"),
        Err(error) => here.show(form(&here, &email).trouble(&Trouble::of(error))),
    }
}

async fn send(here: &Here, email: &str) -> Result<()> {
    let page = here.passkey_link(RESET_PAGE);
    passkey_forgot(&here.app, &here.caller, email, Some(&page), None).await
}

pub(super) async fn sent_page(here: Here) -> Response {
    let Some(Step::LostPasskey(email)) = here.step() else { return here.go("lost-passkey") };
    here.show(sent(&here, &email))
}

fn sent<'a>(here: &'a Here, email: &str) -> Sheet<'a> {
    let sheet = here.sheet("lost-passkey-sent").lead("lost-passkey-sent", &[("to", email)]);
    sheet.other("send-again", "lost-passkey/again").link("back-to-sign-in", "sign-in")
}

pub(super) async fn again(Posted { mut here, .. }: Posted) -> Response {
    let Some(Step::LostPasskey(email)) = here.step() else { return here.go("lost-passkey") };
    match send(&here, &email).await {
        Ok(()) => {
            here.visitor.leave("notice-sent");
            here.go("lost-passkey/sent")
        }
        Err(error) => here.show(sent(&here, &email).trouble(&Trouble::of(error))),
    }
}

/// The page that the link opens; it uses nothing up.
pub(super) async fn reset_page(here: Here) -> Response {
    match &here.token {
        Some(token) => here.show(reset(&here, token.expose())),
        None => here.go("lost-passkey"),
    }
}

fn reset<'a>(here: &'a Here, token: &str) -> Sheet<'a> {
    let sheet = here.sheet("reset-passkey").hidden("token", token);
    let sheet = sheet.passkey("passkey-add-button", "reset-passkey/begin");
    sheet.link("to-lost-passkey-again", "lost-passkey")
}

/// Asks for the new passkey.
pub(super) async fn begin(posted: Posted) -> Response {
    let (token, here) = (posted.secret("token"), posted.here);
    create(&here, begin_passkey_reset(&here.app, &here.caller, &token).await, RESET_PAGE)
}

/// Puts it in place of the lost ones.
pub(super) async fn finish(posted: Posted) -> Response {
    let token = posted.secret("token");
    let done = match given(&posted) {
        Ok(given) => finish_passkey_reset(&posted.here.app, &posted.here.caller, &token, &given).await,
        Err(error) => Err(error),
    };
    let mut here = posted.here;
    match done {
        Ok(()) => {
            here.visitor.end_step();
            here.visitor.leave("notice-passkey-reset");
            here.go("sign-in")
        }
        Err(error) => here.show(reset(&here, token.expose()).trouble(&Trouble::of(error))),
    }
}
