//! Which web pages may read the answers: those whose origin is on the tenant's list, never all.

use crate::caller::credentials;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use doorward_flows::{App, access};

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, DELETE");
const HEADERS: HeaderValue =
    HeaderValue::from_static("Authorization, Content-Type, X-LoginRadius-ApiKey, X-LoginRadius-Sott, X-PreventWebhook");
const EXPOSED: HeaderValue = HeaderValue::from_static("Retry-After, X-Request-Id");
/// Seconds for which a browser may keep the answer to its preflight.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Answers preflights, and adds to other answers what lets a listed origin read them.
///
/// Refusing the request of an origin that is not listed is the business of `flows::access`.
pub(crate) async fn cors(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_preflight =
        request.method() == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let origin = headers.get(header::ORIGIN).cloned();
    let api_key = origin.as_ref().and_then(|_| credentials::api_key_if_any(headers, request.uri().query()));
    let mut response = if is_preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    response.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin
        && let Ok(text) = origin.to_str()
        && access::cors(&app, api_key.as_deref(), text).await
    {
        allow(response.headers_mut(), origin);
        if is_preflight {
            describe(response.headers_mut());
        }
    }
    response
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}

fn describe(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
}
