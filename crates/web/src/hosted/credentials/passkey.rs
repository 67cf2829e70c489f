//! Passkeys that sign in: signed in with, lost, and looked after by their owner.

mod lost;
pub(crate) mod own;
mod sign_in;

use axum::Router;
use axum::routing::{get, post};
use doorward_flows::App;

/// The pages of passkeys that sign in.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in/passkey", post(sign_in::finish))
        .route("/sign-in/passkey/begin", post(sign_in::begin))
        .route("/sign-in/passkey/any", post(sign_in::finish_any))
        .route("/sign-in/passkey/any/begin", post(sign_in::suggest))
        .route("/lost-passkey", get(lost::page).post(lost::submit))
        .route("/lost-passkey/sent", get(lost::sent_page))
        .route("/lost-passkey/again", post(lost::again))
        .route("/reset-passkey", get(lost::reset_page).post(lost::finish))
        .route("/reset-passkey/begin", post(lost::begin))
        .route("/account/passkeys", get(own::page).post(own::finish))
        .route("/account/passkeys/begin", post(own::begin))
        .route("/account/passkeys/{id}/remove", get(own::removal_page).post(own::remove))
}
