//! What a request says of itself before anybody is known.

use crate::wire::error::Result;
use crate::wire::query::Parameters;
use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use doorward_flows::App;
use doorward_flows::access::Wished;
use doorward_flows::access::client;

use doorward_flows::access::{Visit, Webhooks};
use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use uuid::Uuid;

#[cfg(test)]
mod tests;

/// Names one request in the log, in the audit and in the answer; always our own, whatever the client sends.
#[derive(Clone)]
pub(crate) struct RequestId(Arc<str>);

impl RequestId {
    /// A name that no other request has.
    pub(crate) fn new() -> RequestId {
        RequestId(Uuid::new_v4().to_string().into())
    }

    /// The name as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads the visit off the request; 1090 for a query that cannot be read.
pub(crate) fn visit(parts: &mut Parts, app: &App) -> Result<Visit> {
    let query = Parameters::of(parts)?;
    let headers = &parts.headers;
    let request_id = parts.extensions.get::<RequestId>().map(ToString::to_string);
    Ok(Visit {
        ip: client_ip(peer(parts), headers, &app.trusted_proxies),
        user_agent: text(headers, "user-agent").unwrap_or_default().to_owned(),
        origin: text(headers, "origin").map(str::to_owned),
        referer: text(headers, "referer").map(str::to_owned),
        request_id: request_id.unwrap_or_default(),
        webhooks: webhooks(text(headers, "x-preventwebhook"), query.get("prevent_webhook")),
        templates: Wished::read(|name| query.get(name).map(str::to_owned)),
    })
}

/// The address of the person for whom a back end asks, as `X-Origin-IP` gives it; to be believed only of a back end.
pub(crate) fn origin_ip(headers: &HeaderMap) -> Option<IpAddr> {
    client::parse(text(headers, "x-origin-ip")?)
}

/// The transport's peer; the unspecified address where there is no transport.
fn peer(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0.ip().to_canonical())
}

/// The peer, or what a chain of trusted proxies says.
fn client_ip(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let forwarded = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    client::address(peer, forwarded, trusted)
}

/// The header decides when it is there.
fn webhooks(header: Option<&str>, query: Option<&str>) -> Webhooks {
    match header.or(query) {
        Some(value) if value.trim().eq_ignore_ascii_case("true") => Webhooks::Prevent,
        _ => Webhooks::Fire,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
