//! One line in the log for every request to a hosted page.

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use uuid::Uuid;

/// Names one request in the log, in the audit and in the answer; always our own, whatever the client sends.
#[derive(Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// Names the request and logs it, by its route alone: addresses carry what opens something.
pub(crate) async fn watch(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId(Uuid::new_v4().to_string());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(id.clone());

    let mut response = next.run(request).await;

    tracing::info!(
        request.id = id.0,
        http.method = %method,
        http.route = route.as_ref().map_or("none", MatchedPath::as_str),
        http.status = response.status().as_u16(),
        ms = started.elapsed().as_secs_f64() * 1000.0,
        "request"
    );
    if let Ok(id) = HeaderValue::try_from(id.0) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}
