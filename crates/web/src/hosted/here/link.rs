//! What the links in messages open: a question with one button. A program that opens every link in a mail to look at it
//! proves nothing by that, and uses nothing up.

use super::request::Here;
use crate::hosted::sheet::Sheet;
use axum::response::Response;

/// Asks, where the link was whole.
pub(crate) fn question(here: &Here, key: &'static str) -> Response {
    let Some(token) = &here.token else { return here.go("sign-in") };
    let sheet = here.sheet(key).form(key, key).hidden("token", token.expose());
    here.show(sheet.link("back-to-sign-in", "sign-in"))
}

/// The page of a link that opens nothing.
pub(crate) fn dead<'a>(here: &'a Here, key: &'static str) -> Sheet<'a> {
    here.sheet(key).link("back-to-sign-in", "sign-in")
}
