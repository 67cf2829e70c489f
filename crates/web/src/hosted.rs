//! The pages on which a tenant's people register, sign in and look after their account, under an address of its own.
//!
//! Every page runs through the flows that the API runs through, works without a script (but for passkeys), and answers a
//! form with the next page (or with the same one and what was wrong). A handler of a form takes [`here::Posted`], which is there only for
//! forms that one of our own pages sent.

mod account;
mod forgot;
mod here;
mod offer;
mod passkey;
mod pin;
mod register;
mod second_factor;
mod sheet;
mod sign_in;
mod sign_in_code;
mod step_up;
mod verify;

use crate::frame::page::with_headers;
use crate::frame::watch::watch;
use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use doorward_flows::App;
use here::{Here, theme};

/// Everything under `/hosted/TENANT`. [`docs`](crate::docs) brings style sheet and script.
pub fn hosted(app: App) -> Router {
    let pages = Router::new()
        .route("/", get(async |here: Here| here.go("sign-in")))
        .route("/theme.css", get(theme::sheet))
        .route("/sign-in", get(sign_in::page).post(sign_in::submit))
        .route("/sign-in/password", get(sign_in::password_page))
        .route("/continue", post(sign_in::go_on))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/sign-in-code", get(sign_in_code::page).post(sign_in_code::submit))
        .route("/sign-in-code/enter", get(sign_in_code::enter_page).post(sign_in_code::enter))
        .route("/sign-in-code/again", post(sign_in_code::again))
        .route("/sign-in-link", get(sign_in_code::link_page).post(sign_in_code::follow_link))
        .route("/register", get(register::by_email).post(register::submit_email))
        .route("/register-by-phone", get(register::by_phone).post(register::submit_phone))
        .route("/verify", get(verify::page).post(verify::submit))
        .route("/verify/again", post(verify::again))
        .route("/verify-link", get(verify::link_page).post(verify::follow_link))
        .route("/forgot", get(forgot::page).post(forgot::submit))
        .route("/reset", get(forgot::reset_page).post(forgot::reset))
        .route("/reset/again", post(forgot::again))
        .route("/account", get(account::page))
        .route("/account/profile", post(account::change_profile))
        .route("/account/password", get(account::password_page).post(account::change_password))
        .route("/account/sessions/end", post(account::end_session))
        .route("/account/delete", get(account::delete::page).post(account::delete::send))
        .route("/account/delete/confirm", post(account::delete::confirm))
        .merge(passkey::routes())
        .merge(pin::routes())
        .merge(offer::routes())
        .merge(second_factor::routes())
        .merge(step_up::routes())
        .with_state(app);
    with_headers(Router::new().nest("/hosted/{tenant}", pages)).layer(from_fn(watch))
}
