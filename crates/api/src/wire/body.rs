//! Takes the body off the wire, whole and within its limit, before the handler runs.
//!
//! An early refusal then leaves nothing unread that could spoil the next request on the connection, and every
//! extractor may look into the body, not just the last one.

use crate::wire::error::Error;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use doorward_model::reason::Reason;
use http_body_util::BodyExt;
use std::sync::Arc;
use std::time::Duration;

/// The largest body that is read, in bytes.
pub(crate) const LIMIT: usize = 256 * 1024;
/// The largest body of an operation that takes many records at once.
pub(crate) const LARGE: usize = 2 * 1024 * 1024;
/// How much of a larger body is thrown away before the connection is given up.
const DRAINED: usize = 8 * 1024 * 1024;
/// How long a client may take to send its body.
const PATIENCE: Duration = Duration::from_secs(30);

/// The body of the request, without white space around it.
#[derive(Clone, Default)]
pub(crate) struct ReadBody(pub(crate) Bytes);

/// The body of the request, byte for byte: what a signature is of.
#[derive(Clone, Default)]
pub(crate) struct RawBody(pub(crate) Bytes);

/// Reads the body into [`ReadBody`]; 90004 when it is too large, the code of an unreadable body when it does not end.
///
/// `large` are the paths that take more than the others.
pub(crate) async fn read(State(large): State<Arc<[&'static str]>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let limit = if large.contains(&path) { LARGE } else { LIMIT };
    match tokio::time::timeout(PATIENCE, receive(body, limit)).await {
        Ok(Received::Whole(bytes)) => {
            parts.extensions.insert(RawBody(bytes.clone()));
            parts.extensions.insert(ReadBody(trimmed(bytes)));
            next.run(Request::from_parts(parts, Body::empty())).await
        }
        Ok(Received::TooLarge) => Error::from(Reason::BodyTooLarge).into_response(),
        Ok(Received::Endless) => {
            let mut response = Error::from(Reason::BodyTooLarge).into_response();
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            response
        }
        Ok(Received::Broken) | Err(_) => Error::from(no_json(&parts.method)).into_response(),
    }
}

/// The code of a body that is no JSON.
pub(crate) fn no_json(method: &Method) -> Reason {
    match *method {
        Method::PUT => Reason::PutBodyInvalidJson,
        Method::DELETE => Reason::DeleteBodyInvalidJson,
        _ => Reason::PostBodyInvalidJson,
    }
}

/// The code of a form that cannot be read.
pub(crate) fn no_form(method: &Method) -> Reason {
    match *method {
        Method::PUT => Reason::PutBodyInvalidForm,
        Method::DELETE => Reason::DeleteBodyInvalidForm,
        _ => Reason::PostBodyInvalidForm,
    }
}

enum Received {
    Whole(Bytes),
    TooLarge,
    Endless,
    Broken,
}

async fn receive(mut body: Body, limit: usize) -> Received {
    let mut kept = BytesMut::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Received::Broken };
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= limit {
            kept.extend_from_slice(&data);
        } else if length > DRAINED {
            return Received::Endless;
        }
    }
    if length > limit { Received::TooLarge } else { Received::Whole(kept.freeze()) }
}

fn trimmed(bytes: Bytes) -> Bytes {
    bytes.slice_ref(bytes.trim_ascii())
}
