//! One request, and what came back.

use super::Tenant;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::Value;
use std::net::SocketAddr;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// A request in the making. Nothing is sent along that was not asked for: no key, no body, no content type.
#[derive(Clone)]
pub(crate) struct Call {
    router: Router,
    acme: Tenant,
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Bytes,
    peer: SocketAddr,
}

impl Call {
    pub(super) fn new(router: Router, acme: Tenant, method: Method, path: &str) -> Call {
        let peer = SocketAddr::from(([192, 0, 2, 1], 40_000));
        let (target, headers, body) = (path.to_owned(), HeaderMap::new(), Bytes::new());
        Call { router, acme, method, target, headers, body, peer }
    }

    /// The API key of "acme", in the query.
    pub(crate) fn key(self) -> Call {
        let api_key = self.acme.api_key.clone();
        self.query("apikey", &api_key)
    }

    /// The API secret of "acme" in its header; the key goes by [`Call::key`].
    pub(crate) fn secret(self) -> Call {
        let api_secret = self.acme.api_secret.clone();
        self.header("x-loginradius-apisecret", &api_secret)
    }

    /// Key and secret of "acme": the back end.
    pub(crate) fn back_end(self) -> Call {
        self.key().secret()
    }

    /// Key and secret of another tenant.
    pub(crate) fn back_end_of(self, tenant: &Tenant) -> Call {
        self.query("apikey", &tenant.api_key).header("x-loginradius-apisecret", &tenant.api_secret)
    }

    /// An access token as bearer.
    pub(crate) fn token(self, token: &str) -> Call {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Adds a header beside those of the same name.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Call {
        self.headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        self
    }

    /// Adds a query parameter, percent-encoded.
    pub(crate) fn query(self, name: &str, value: &str) -> Call {
        let value = value.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        });
        let pair = format!("{name}={}", value.collect::<String>());
        self.raw_query(&pair)
    }

    /// Adds to the query what is written, as it is written.
    pub(crate) fn raw_query(mut self, text: &str) -> Call {
        self.target += if self.target.contains('?') { "&" } else { "?" };
        self.target += text;
        self
    }

    /// A JSON body.
    pub(crate) fn json(self, body: &Value) -> Call {
        self.header("content-type", "application/json").body(body.to_string())
    }

    /// A body as it is, without a content type.
    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Call {
        self.body = body.into();
        self
    }

    /// Comes from this address.
    pub(crate) fn from(mut self, ip: [u8; 4]) -> Call {
        self.peer = SocketAddr::from((ip, 40_000));
        self
    }

    /// Sends it; the future owns what it needs, so that it can race.
    pub(crate) async fn send(self) -> Reply {
        let mut request = Request::builder().method(self.method).uri(self.target).body(Body::from(self.body)).unwrap();
        *request.headers_mut() = self.headers;
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let response = self.router.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply { status: parts.status.as_u16(), headers: parts.headers, json, text, bytes }
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The body as JSON; null when it is none.
    pub(crate) json: Value,
    /// The body as text.
    pub(crate) text: String,
    /// The body as it came.
    pub(crate) bytes: Bytes,
}

impl Reply {
    /// The body of a success; fails the test on every other answer.
    #[track_caller]
    pub(crate) fn ok(&self) -> &Value {
        assert_eq!(self.status, 200, "{}", self.text);
        &self.json
    }

    /// Status and code of a refusal: `(403, 1409)`; fails the test on a success.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, u64) {
        assert_ne!(self.status, 200, "{}", self.text);
        (self.status, self.json["ErrorCode"].as_u64().unwrap_or_else(|| panic!("no code in {}", self.text)))
    }

    /// A header of the answer; `None` when it is not there.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Sends all at once; the answers come in no order.
pub(crate) async fn race(calls: impl IntoIterator<Item = Call>) -> Vec<Reply> {
    let mut runners = JoinSet::new();
    for call in calls {
        runners.spawn(call.send());
    }
    runners.join_all().await
}
