//! What is true of every request, whichever operation it is for.

use crate::caller::credentials;
use crate::caller::visit::RequestId;
use crate::cors::cors;
use crate::wire::error::{self, Failure};
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use doorward_flows::{App, access};
use std::any::Any;
use std::time::Instant;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

/// The smallest answer that is worth compressing, in bytes.
const COMPRESSED_FROM: u64 = 1024;

/// Wraps the routes; the first layer named is the outermost.
pub(crate) fn wrap(routes: Router, app: &App) -> Router {
    let layers = ServiceBuilder::new()
        .layer(from_fn(watch))
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(COMPRESSED_FROM)))
        .layer(from_fn_with_state(app.clone(), cors))
        .layer(from_fn_with_state(app.clone(), tell_legacy_fields))
        .layer(CatchPanicLayer::custom(panicked));
    routes.layer(layers)
}

/// Adds to refusals what older clients expect in them, where the tenant wants that.
async fn tell_legacy_fields(State(app): State<App>, request: Request, next: Next) -> Response {
    let api_key = credentials::api_key_if_any(request.headers(), request.uri().query());
    let response = next.run(request).await;
    let is_wanted = response.status().is_client_error() || response.status().is_server_error();
    if is_wanted && access::tells_legacy_fields(&app, api_key.as_deref()) {
        return error::with_legacy_fields(response);
    }
    response
}

/// Names the request, logs it in one line (never its query or body) and completes the answer's headers.
async fn watch(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::new();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(id.clone());

    let mut response = next.run(request).await;

    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    if let Some(Failure(cause)) = response.extensions_mut().remove() {
        tracing::error!(request.id = %id, http.route = route, cause = format!("{cause:#}"), "a request failed");
    }
    tracing::info!(
        request.id = %id,
        http.method = %method,
        http.route = route,
        http.status = response.status().as_u16(),
        ms = started.elapsed().as_secs_f64() * 1000.0,
        "request"
    );
    complete(response.headers_mut(), &id);
    response
}

fn complete(headers: &mut HeaderMap, id: &RequestId) {
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::try_from(id.as_str()) {
        headers.insert("x-request-id", id);
    }
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    error::Error::from(anyhow::anyhow!("panicked: {}", text.unwrap_or("without a text"))).into_response()
}
