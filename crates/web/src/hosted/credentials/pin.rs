//! PINs on the pages: set on the way in, signed in with, forgotten, and looked after by their owner.

mod forgot;
mod owed;
pub(crate) mod own;
pub(crate) mod sign_in;

use axum::Router;
use axum::routing::{get, post};
use doorward_flows::App;

/// The pages of PINs.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/pin", get(owed::page).post(owed::submit))
        .route("/sign-in/pin", post(sign_in::submit))
        .route("/sign-in/forget-device", post(sign_in::forget))
        .route("/forgot-pin", get(forgot::page).post(forgot::submit))
        .route("/reset-pin", get(forgot::reset_page).post(forgot::reset))
        .route("/reset-pin/again", post(forgot::again))
        .route("/account/pin", get(own::page).post(own::submit))
        .route("/account/pin/forget-device", post(own::forget_device))
}
