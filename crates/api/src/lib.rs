//! The JSON API, compatible with the LoginRadius Identity API v2.
//!
//! What belongs here: routes, extractors, wire types, and the habits of the wire (case-blind names, the envelope of a
//! refusal, `fields=`). A handler reads its arguments, calls one flow and shapes the answer.
//! What does not: rules, writes, SQL. A handler may read through the store; only flows decide.
//!
//! [`ops`] is the table of contents; every other file is plumbing, one habit of the wire each.

mod caller {
    //! Who asks, and what a request brings to be believed, let in or let off a lock.
    //!
    //! What belongs here: credentials read off a request, and the proofs that `flows::access` makes of them.
    //! What does not: what an operation asks beside them (`ops`).

    pub(crate) mod captcha;
    pub(crate) mod credentials;
    pub(crate) mod proof;
    pub(crate) mod releasing;
    pub(crate) mod visit;

    pub(crate) use captcha::Captcha;
    pub(crate) use proof::{
        AccessToken, ApiKey, ApiSecret, MaybeAccessToken, MaybeSott, MfaToken, PasskeyToken, PinAuthToken, SecretAlone,
        SecretAndToken, SessionToken, Sott,
    };
    pub(crate) use releasing::{Releasing, SecurityAnswers};
}
mod cors;
#[cfg(any(test, feature = "testing"))]
pub mod fuzz;
mod layers;
mod openapi;
mod ops;
mod routes;
mod wire;

pub use routes::Operation;

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use doorward_flows::App;
use routes::Routes;
use serde_json::Value;
use std::sync::{Arc, LazyLock};
use tower::ServiceExt;

#[cfg(test)]
mod tests;

/// The whole API, to be merged with other doors; it answers whatever path they leave over.
pub fn router(app: App) -> Router {
    serve(ops::routes(), app)
}

/// Every operation that is served, in the order of the table of contents.
pub fn operations() -> Vec<Operation> {
    ops::routes().lines().iter().map(|line| line.operation.clone()).collect()
}

/// The OpenAPI 3.1 document of the API.
pub fn openapi() -> Value {
    openapi::document(&ops::routes())
}

fn serve(routes: Routes, app: App) -> Router {
    let served = routes.router();
    // Written for the first who asks: most processes are never asked, and it takes as long as all else that they begin with.
    let document = Arc::new(LazyLock::new(move || Bytes::from(openapi::document(&routes).to_string())));
    let show = move || async move { wire::response::json(Bytes::clone(&document)) };
    let served = served.route("/openapi.json", get(show)).with_state(app.clone());
    // Routes are matched before any layer of theirs runs, so the path is put right outside of the router.
    Router::new().fallback_service(layers::wrap(served, &app).map_request(wire::path::normalise))
}
