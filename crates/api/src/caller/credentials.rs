//! Where a request carries its credentials: every place that some client uses.
//!
//! Only what an operation asks for is looked at, so credentials that a client sends along by habit do no harm.
//! The same credential in two places is fine; two different ones are refused, since it is unclear who is asking.

use crate::routes::Changes;
use crate::wire::body::RawBody;
use crate::wire::case_blind;
use crate::wire::error::{Error, Result};
use crate::wire::json::Content;
use crate::wire::path;
use crate::wire::query::Parameters;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use doorward_flows::access::Signed;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use serde_json::Value;

#[cfg(test)]
mod tests;

const API_KEY: &str = "x-loginradius-apikey";
const API_SECRET: &str = "x-loginradius-apisecret";
const SOTT: &str = "x-loginradius-sott";

/// The API key; 901 when two are given.
///
// Wire: `/api/v2` names it `key`.
pub(crate) fn api_key(parts: &mut Parts) -> Result<Option<String>> {
    let query = Parameters::of(parts)?;
    let names = with_legacy(parts, &["apikey", "client_id"], "key");
    let found = in_query(&query, &names).chain(in_header(&parts.headers, API_KEY));
    Ok(only(found, Reason::ApiKeyUnauthorized)?.map(str::to_owned))
}

/// The API key where an unreadable one is as good as none.
pub(crate) fn api_key_if_any(headers: &HeaderMap, query: Option<&str>) -> Option<String> {
    let query = Parameters::parse(query.unwrap_or_default()).ok()?;
    let found = in_query(&query, &["apikey", "client_id", "key"]).chain(in_header(headers, API_KEY));
    only(found, Reason::ApiKeyUnauthorized).ok()?.map(str::to_owned)
}

/// The API secret; 902 when two are given.
pub(crate) fn api_secret(parts: &mut Parts) -> Result<Option<Secret>> {
    let query = Parameters::of(parts)?;
    let names = with_legacy(parts, &["apisecret", "client_secret"], "secret");
    let found = in_query(&query, &names).chain(in_header(&parts.headers, API_SECRET));
    Ok(only(found, Reason::ApiSecretUnauthorized)?.map(Secret::new))
}

/// The signature of the request and what it may be of; 1208 when two are given.
pub(crate) fn signed(parts: &mut Parts) -> Result<Signed> {
    let header = |name: &str| only(in_header(&parts.headers, name), Reason::SignatureInvalid);
    let digest = header("digest")?.map(str::to_owned);
    // Nearly no request is signed, and a body may be large.
    let body = parts.extensions.get::<RawBody>().filter(|_| digest.is_some());
    Ok(Signed {
        expires: header("x-request-expires")?.map(str::to_owned),
        target: path::received(parts),
        body: body.map(|body| body.0.to_vec()).unwrap_or_default(),
        method: parts.method.as_str().to_owned(),
        changes: !parts.method.is_safe() || parts.extensions.get::<Changes>().is_some(),
        digest,
    })
}

/// The access token; 905 when two are given.
///
// Wire: the Node client sends it twice, as bearer and in the query; some operations take it in the body.
pub(crate) fn access_token(parts: &mut Parts) -> Result<Option<Secret>> {
    let query = Parameters::of(parts)?;
    let content = Content::of(parts).ok();
    let in_body = content.as_ref().and_then(|content| content.value.as_object());
    let in_body = in_body.and_then(|body| case_blind::find(body, "access_token")).and_then(Value::as_str);
    let bearer = in_header(&parts.headers, header::AUTHORIZATION.as_str()).filter_map(bearer);
    let found = in_query(&query, &["access_token"]).chain(bearer).chain(in_body);
    Ok(only(found, Reason::AccessTokenInvalid)?.map(Secret::new))
}

/// The token of a login that waits for its second factor; 1103 when two are given.
pub(crate) fn mfa_token(parts: &mut Parts) -> Result<Option<Secret>> {
    let query = Parameters::of(parts)?;
    let found = in_query(&query, &["secondfactorauthenticationtoken"]);
    Ok(only(found, Reason::MfaTokenInvalid)?.map(Secret::new))
}

/// The secured one-time token of a registration; 1049 when two are given.
pub(crate) fn sott(parts: &mut Parts) -> Result<Option<String>> {
    let query = Parameters::of(parts)?;
    let found = in_header(&parts.headers, SOTT).chain(in_query(&query, &["sott"]));
    Ok(only(found, Reason::SottInvalid)?.map(str::to_owned))
}

/// A token that only the query carries, under this name.
pub(crate) fn query_token(parts: &mut Parts, name: &str) -> Result<Option<Secret>> {
    let query = Parameters::of(parts)?;
    Ok(query.get(name).map(str::trim).filter(|token| !token.is_empty()).map(Secret::new))
}

fn with_legacy<'a>(parts: &Parts, names: &[&'a str], legacy: &'a str) -> Vec<&'a str> {
    let is_legacy = parts.uri.path().starts_with("/api/v2/");
    names.iter().copied().chain(is_legacy.then_some(legacy)).collect()
}

fn in_query<'a>(query: &'a Parameters, names: &[&str]) -> impl Iterator<Item = &'a str> {
    names.iter().filter_map(|name| query.get(name)).collect::<Vec<_>>().into_iter()
}

fn in_header<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn only<'a>(found: impl Iterator<Item = &'a str>, refusal: Reason) -> Result<Option<&'a str>> {
    let mut found = found.map(str::trim).filter(|value| !value.is_empty());
    let first = found.next();
    match found.find(|other| Some(*other) != first) {
        Some(_) => Err(Error::from(refusal)),
        None => Ok(first),
    }
}
