//! The way in: the first page, with a password, or without one by what a message carries. What a PIN or a passkey does
//! for it stands with those, in `credentials/`.

mod login;
mod passwordless;

use axum::Router;
use axum::routing::{get, post};
use doorward_flows::App;

/// The pages of signing in.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(login::page).post(login::submit))
        .route("/sign-in/password", get(login::password_page))
        .route("/continue", post(login::go_on))
        .route("/sign-out", post(login::sign_out))
        .route("/sign-in-code", get(passwordless::page).post(passwordless::submit))
        .route("/sign-in-code/enter", get(passwordless::enter_page).post(passwordless::enter))
        .route("/sign-in-code/again", post(passwordless::again))
        .route("/sign-in-link", get(passwordless::link_page).post(passwordless::follow_link))
}
