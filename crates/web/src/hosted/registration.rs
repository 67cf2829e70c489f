//! Somebody becomes an account: registering, and proving the address or number that it is registered with.

mod passkey;
mod register;
mod verify;

use axum::Router;
use axum::routing::{get, post};
use doorward_flows::App;

/// The pages of registration.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/register", get(register::by_email).post(register::submit_email))
        .route("/register-by-phone", get(register::by_phone).post(register::submit_phone))
        .route("/register/passkey", post(passkey::finish))
        .route("/register/passkey/begin", post(passkey::begin))
        .route("/verify", get(verify::page).post(verify::submit))
        .route("/verify/again", post(verify::again))
        .route("/verify-link", get(verify::link_page).post(verify::follow_link))
}
