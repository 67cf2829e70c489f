//! The JSON API, compatible with the LoginRadius Identity API v2.
//!
//! What belongs here: routes, extractors, wire types, and the habits of the wire (case-blind names, the envelope of a
//! refusal, `fields=`). A handler reads its arguments, calls one flow and shapes the answer.
//! What does not: rules, writes, SQL. A handler may read through the store; only flows decide.
//!
//! [`ops`] is the table of contents; every other file is plumbing, one habit of the wire each.

mod caller;
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
