//! Who may speak to a server that is only for this machine.

use crate::frame::page::sentence;
use axum::Router;
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use std::net::IpAddr;

#[cfg(test)]
mod tests;

/// Lets only requests through that were addressed to this machine by a name of its own, with any port; others get 403.
///
/// Listening on loopback keeps other machines out, but not a web page in the browser here: its author can let the name
/// of the page's host point to 127.0.0.1, and then page and server are of one origin. The `Host` header gives it away.
pub fn loopback_only(router: Router) -> Router {
    router.layer(from_fn(require_loopback))
}

async fn require_loopback(request: Request, next: Next) -> Response {
    if is_for_this_machine(&request) {
        return next.run(request).await;
    }
    sentence(
        StatusCode::FORBIDDEN,
        "This server answers only requests to this machine: open it as http://localhost or http://127.0.0.1 with its port.",
    )
}

/// Every host that the request names has to be one of ours, and it has to name one.
fn is_for_this_machine(request: &Request) -> bool {
    let mut named = request.headers().get_all(header::HOST).iter().peekable();
    let in_target = request.uri().authority();
    let is_named = named.peek().is_some() || in_target.is_some();
    let headers_fit =
        named.all(|host| Authority::try_from(host.as_bytes()).is_ok_and(|authority| is_loopback(&authority)));
    is_named && headers_fit && in_target.is_none_or(is_loopback)
}

fn is_loopback(authority: &Authority) -> bool {
    let host = authority.host();
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let is_address = address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let is_bare = !authority.as_str().contains('@');
    is_bare && (is_address || host.eq_ignore_ascii_case("localhost"))
}
