//! Paths: matched without case and with or without one slash at the end; their parameters keep their case.

use crate::wire::case_blind::{self, Scalars};
use crate::wire::describe::{Describe, Page};
use crate::wire::error::{Error, Result};
use crate::wire::query::decode;
use anyhow::Context;
use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// The parameters of the path, such as `{uid}`, percent-decoded, in the case in which the client wrote them.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Path<T>> {
        let template = parts.extensions.get::<MatchedPath>().context("a path parameter without a route")?;
        let original = parts.extensions.get::<OriginalPath>();
        let path = original.map_or_else(|| parts.uri.path(), |path| &path.0);
        let parameters = Value::Object(parameters(template.as_str(), path)?);
        Ok(Path(case_blind::read(&parameters, Scalars::Text)?))
    }
}

impl<T: JsonSchema> Describe for Path<T> {
    fn describe(page: &mut Page<'_>) {
        page.path::<T>();
    }
}

/// The path as the client wrote it, kept only when that differs from the one that is matched.
#[derive(Clone)]
struct OriginalPath(Arc<str>);

/// Path and query as the client wrote them.
pub(crate) fn received(parts: &Parts) -> String {
    let path = parts.extensions.get::<OriginalPath>().map_or_else(|| parts.uri.path(), |path| &path.0);
    parts.uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
}

/// Turns the path into the form in which routes are declared: lower case, no slash at the end.
pub(crate) fn normalise<B>(mut request: axum::http::Request<B>) -> axum::http::Request<B> {
    let path = request.uri().path();
    let shortened = path.strip_suffix('/').filter(|rest| !rest.is_empty()).unwrap_or(path);
    if shortened.len() == path.len() && !path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return request;
    }
    let original = OriginalPath(path.into());
    if let Some(uri) = with_path(request.uri(), &shortened.to_ascii_lowercase()) {
        *request.uri_mut() = uri;
        request.extensions_mut().insert(original);
    }
    request
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let path_and_query = match uri.query() {
        Some(query) => PathAndQuery::try_from(format!("{path}?{query}")),
        None => PathAndQuery::try_from(path),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query.ok()?);
    Uri::from_parts(parts).ok()
}

/// The segments of `path` that stand where `template` has a `{name}`.
fn parameters(template: &str, path: &str) -> Result<Map<String, Value>> {
    let mut parameters = Map::new();
    for (slot, segment) in template.split('/').zip(path.split('/')) {
        if let Some(name) = slot.strip_prefix('{').and_then(|slot| slot.strip_suffix('}')) {
            parameters.insert(name.to_owned(), Value::String(decode(segment)?));
        }
    }
    Ok(parameters)
}
