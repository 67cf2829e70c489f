//! RFC 9112, 3.2: a request that names two hosts is answered 400, before anything looks at either.

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Turns a request away that has more than one `Host`: whoever stands in front may have gone by the other one.
pub(crate) async fn require(request: Request, next: Next) -> Response {
    if request.headers().get_all(header::HOST).iter().count() > 1 {
        let close = [(header::CONNECTION, "close")];
        return (StatusCode::BAD_REQUEST, close, "more than one Host").into_response();
    }
    next.run(request).await
}
