//! What the links in messages open: a question with one button. A program that opens every link in a mail to look at it
//! proves nothing by that, and uses nothing up.

use crate::hosted::here::Here;
use crate::hosted::posted::Posted;
use crate::hosted::sheet::Sheet;
use axum::response::Response;
use doorward_flows::email::verify_email_by_link;
use doorward_flows::login::Remember;
use doorward_flows::passwordless::passwordless_email_verification;

/// The link that proves an address.
pub(crate) async fn verify_page(here: Here) -> Response {
    question(&here, "verify-link")
}

/// The link that signs in.
pub(crate) async fn sign_in_page(here: Here) -> Response {
    question(&here, "sign-in-link")
}

pub(crate) async fn verify(posted: Posted) -> Response {
    let (token, here) = (posted.secret("token"), posted.here);
    let login = verify_email_by_link(&here.app, &here.caller, &token).await;
    match here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => here.show(dead(&here, "verify-link").trouble(&trouble)),
    }
}

pub(crate) async fn sign_in(posted: Posted) -> Response {
    let (token, here) = (posted.secret("token"), posted.here);
    let login = passwordless_email_verification(&here.app, &here.caller, &token, Remember::No).await;
    match here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => here.show(dead(&here, "sign-in-link").trouble(&trouble)),
    }
}

fn question(here: &Here, key: &'static str) -> Response {
    let Some(token) = &here.token else { return here.go("sign-in") };
    let sheet = here.sheet(key).form(key, key).hidden("token", token.expose());
    here.show(sheet.link("back-to-sign-in", "sign-in"))
}

fn dead<'a>(here: &'a Here, key: &'static str) -> Sheet<'a> {
    here.sheet(key).link("back-to-sign-in", "sign-in")
}
