//! The one form in which JSON leaves, whether it is an answer or a refusal.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// A response with this JSON text as its body.
pub(crate) fn json(body: impl Into<Body>) -> Response {
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], body.into()).into_response()
}
