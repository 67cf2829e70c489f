//! A person and their account: looked at, changed and deleted by its owner.

mod account;
mod delete;

use axum::Router;
use axum::routing::{get, post};
use doorward_flows::App;

/// The pages of the account.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/account", get(account::page))
        .route("/account/profile", post(account::change_profile))
        .route("/account/password", get(account::password_page).post(account::change_password))
        .route("/account/sessions/end", post(account::end_session))
        .route("/account/delete", get(delete::page).post(delete::send))
        .route("/account/delete/confirm", post(delete::confirm))
}
