//! What a person proves themselves with: used, set up, lost, looked after, and offered to who has just signed in.

pub(crate) mod passkey;
pub(crate) mod pin;
pub(crate) mod second_factor;

mod forgot;
mod offer;
mod step_up;

use axum::Router;
use axum::routing::{get, post};
use doorward_flows::App;

/// The pages of credentials.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/forgot", get(forgot::page).post(forgot::submit))
        .route("/reset", get(forgot::reset_page).post(forgot::reset))
        .route("/reset/again", post(forgot::again))
        .merge(passkey::routes())
        .merge(pin::routes())
        .merge(offer::routes())
        .merge(second_factor::routes())
        .merge(step_up::routes())
}
