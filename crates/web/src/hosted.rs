//! The pages on which a tenant's people register, sign in and look after their account, under an address of its own.
//!
//! Every page runs through the flows that the API runs through, works without a script (but for passkeys), and answers a
//! form with the next page (or with the same one and what was wrong). A handler of a form takes [`here::Posted`], which is there only for
//! forms that one of our own pages sent.

mod here;
mod sheet;

mod credentials;
mod own;
mod registration;
mod sign_in;

use crate::frame::page::with_headers;
use crate::frame::watch::watch;
use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use doorward_flows::App;
use here::{Here, theme};

/// Everything under `/hosted/TENANT`. [`docs`](crate::docs) brings style sheet and script.
pub fn hosted(app: App) -> Router {
    let pages = Router::new()
        .route("/", get(async |here: Here| here.go("sign-in")))
        .route("/theme.css", get(theme::sheet))
        .merge(credentials::routes())
        .merge(registration::routes())
        .merge(sign_in::routes())
        .merge(own::routes())
        .with_state(app);
    with_headers(Router::new().nest("/hosted/{tenant}", pages)).layer(from_fn(watch))
}
