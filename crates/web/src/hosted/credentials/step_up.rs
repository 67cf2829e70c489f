//! Proving once more who one is, signed in, before a change that a stolen session must not make; then back to the page
//! that asked for it.

mod by_factor;
mod stepping;

use crate::hosted::credentials::second_factor::way::{self, Way};
use crate::hosted::sheet::{Kind, Sheet};
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use doorward_flows::App;
use doorward_flows::access::is_recent;
use doorward_flows::credentials::step_up::reauth_password;
use doorward_flows::credentials::step_up::reauth_pin;
use doorward_flows::factors::release::Release;
use doorward_model::pin::Pin;
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
