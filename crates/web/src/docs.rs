//! The reference of the API for people: its operations, made from the OpenAPI document, and its error codes.

mod catalogue;
mod example;
mod reference;
mod schema;

use crate::frame::asset::{self, made_once};
use crate::frame::page::{HTML, render, with_headers};
use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use reference::Reference;
use serde::Serialize;
use serde_json::Value;
use tower_http::compression::CompressionLayer;

#[cfg(test)]
mod tests;

/// `/docs`, made from the OpenAPI document when somebody asks for it first, `/docs/errors`, and the assets under `/docs/`
/// that all pages use.
///
/// The document is this program's own; one that is no object makes an empty reference.
pub fn docs(openapi: impl FnOnce() -> Value + Send + 'static) -> Router {
    let router = asset::router()
        .route("/docs", made_once(HTML, || page("reference.html", Reference::read(&openapi()))))
        .route("/docs/errors", made_once(HTML, || page("errors.html", catalogue::read())))
        .route("/docs/", get(async || Redirect::permanent("/docs")))
        .route_layer(CompressionLayer::new());
    with_headers(router)
}

fn page(template: &str, values: impl Serialize) -> String {
    render(template, values).expect("the templates know every value that these pages have")
}
