//! A change that a stolen session must not make asks for a recent proof: who gave none is sent to prove who they are, and
//! comes back.

use super::posted::Own;
use super::request::Here;
use super::visitor::Step;
use crate::hosted::sheet::{Sheet, Trouble};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use doorward_flows::access::{SignedIn, is_recent};
use doorward_flows::{App, Error};
use doorward_model::reason::Reason;

/// Who looks at a page of a change that asks for a recent proof: there only for whoever gave one; others are asked for it
/// and come back.
pub(crate) struct Recent {
    pub(crate) here: Here,
    pub(crate) signed_in: SignedIn,
}

impl FromRequestParts<App> for Recent {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Recent, Response> {
        let page = parts.uri.path().trim_start_matches('/').to_owned();
        let Own { here, signed_in } = Own::from_request_parts(parts, app).await?;
        if is_recent(&signed_in.session, app.now()) { Ok(Recent { here, signed_in }) } else { Err(ask(here, &page)) }
    }
}

/// Has the person prove who they are, and come back to this page.
fn ask(here: Here, page: &str) -> Response {
    here.begin(Step::Proving { page: page.to_owned(), sent: None }, "account/prove")
}

/// What kept a change from being made is told on its form; where it is that the proof is too old, it is asked for, and
/// `page` comes after it.
pub(crate) fn refuse(
    here: Here,
    error: Error,
    page: &str,
    form: impl for<'a> FnOnce(&'a Here) -> Sheet<'a>,
) -> Response {
    match error {
        Error::Refused(refusal) if refusal.reason == Reason::RecentAuthenticationNeeded => ask(here, page),
        error => here.show(form(&here).trouble(&Trouble::of(error))),
    }
}
