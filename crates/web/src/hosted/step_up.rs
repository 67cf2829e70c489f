//! Proving once more who one is, signed in, before a change that a stolen session must not make; then back to the page
//! that asked for it.

mod by_factor;
mod stepping;

use crate::hosted::here::Here;
use crate::hosted::posted::Own;
use crate::hosted::second_factor::way::{self, Way};
use crate::hosted::sheet::{Kind, Sheet};
use crate::hosted::trouble::Trouble;
use crate::hosted::visitor::Step;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use doorward_flows::access::{SignedIn, is_recent};
use doorward_flows::pin::reauth_pin;
use doorward_flows::step_up::reauth_password;
use doorward_flows::unlock::Release;
use doorward_flows::{App, Error};
use doorward_model::pin::Pin;
use doorward_model::reason::Reason;
use stepping::{Stepping, SteppingPosted};

/// The pages below `account/prove`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/account/prove", get(page))
        .route("/account/prove/choose", get(choose))
        .route("/account/prove/password", get(password_page).post(password))
        .route("/account/prove/pin", get(pin_page).post(pin))
        .route("/account/prove/authenticator", get(by_factor::app_page).post(by_factor::app))
        .route("/account/prove/phone", get(by_factor::phone_page).post(by_factor::phone))
        .route("/account/prove/phone/send", post(by_factor::send_to_phone))
        .route("/account/prove/email", get(by_factor::email_page).post(by_factor::email))
        .route("/account/prove/email/send", post(by_factor::send_by_email))
        .route("/account/prove/questions", get(by_factor::questions_page).post(by_factor::questions))
        .route("/account/prove/backup-code", get(by_factor::backup_code_page).post(by_factor::backup_code))
}

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

/// The best way there is; where there is none, the person signs in again.
async fn page(at: Stepping) -> Response {
    if is_recent(&at.signed_in.session, at.here.app.now()) {
        return at.done();
    }
    if let Some(best) = at.ways().first() {
        return at.here.go(&way::STEP_UP.page(best.page()));
    }
    let sheet = at.here.sheet("prove-none").form("prove-none", "sign-out");
    at.here.show(sheet.link("back-to-account", "account"))
}

async fn choose(at: Stepping) -> Response {
    let here = &at.here;
    let sheet = at.ways().into_iter().fold(here.sheet("choose"), |sheet, way| {
        sheet.choice(way.title(here), way.text(here), &way::STEP_UP.page(way.page()))
    });
    here.show(sheet.link("back-to-account", "account"))
}

fn password_form(at: &Stepping) -> Sheet<'_> {
    let sheet = at.here.sheet("prove-password").form("prove-password", &way::STEP_UP.page(Way::Password.page()));
    at.close(sheet.field("password", Kind::Password, ""))
}

async fn password_page(at: Stepping) -> Response {
    at.here.show(password_form(&at))
}

async fn password(sent: SteppingPosted) -> Response {
    let (password, at) = (sent.posted.secret("password"), sent.stepping());
    let proof = reauth_password(&at.here.app, &at.signed_in, &password, &Release::default()).await;
    at.follow(proof, password_form)
}

fn pin_form(at: &Stepping) -> Sheet<'_> {
    let sheet = at.here.sheet("prove-pin").form("prove-pin", &way::STEP_UP.page(Way::Pin.page()));
    at.close(sheet.field("pin", Kind::Pin, ""))
}

async fn pin_page(at: Stepping) -> Response {
    at.here.show(pin_form(&at))
}

async fn pin(sent: SteppingPosted) -> Response {
    let (pin, at) = (Pin::new(sent.posted.secret("pin")), sent.stepping());
    let proof = reauth_pin(&at.here.app, &at.signed_in, &pin, &Release::default()).await;
    at.follow(proof, pin_form)
}
