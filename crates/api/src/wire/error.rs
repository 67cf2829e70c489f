//! How a refusal or a failure looks on the wire.

use crate::wire::describe::{Describe, Page};
use crate::wire::response;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use doorward_flows as flows;
use doorward_model::reason::{Keys, Reason};
use doorward_model::refusal::{FieldError, Refusal};
use serde_json::{Map, Value, json};
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Why a request is not answered: a refusal from the catalogue, or a failure that only the log tells about.
#[derive(Debug)]
pub(crate) struct Error(flows::Error);

/// What handlers return.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl<E: Into<flows::Error>> From<E> for Error {
    fn from(error: E) -> Error {
        Error(error.into())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self.0 {
            flows::Error::Refused(refusal) => render(&refusal),
            flows::Error::Failed(cause) => failed(Reason::UnknownError, Failure(Arc::new(cause))),
        }
    }
}

impl Describe for Error {
    fn describe(page: &mut Page<'_>) {
        page.refusals();
    }
}

/// The cause of a failed request, for the one place that logs it.
#[derive(Clone)]
pub(crate) struct Failure(pub(crate) Arc<anyhow::Error>);

/// Lets a failure answer with another code of the catalogue; everything else stays as it is.
pub(crate) fn fail_with(reason: Reason, response: Response) -> Response {
    match response.extensions().get::<Failure>() {
        Some(failure) => failed(reason, failure.clone()),
        None => response,
    }
}

/// A refusal as it was told, for those who tell it otherwise.
#[derive(Clone)]
struct Told(Arc<Refusal>, Keys);

/// Tells a refusal under keys of both cases; everything else stays as it is.
pub(crate) fn in_both_cases(response: Response) -> Response {
    let Some(Told(refusal, _)) = response.extensions().get().cloned() else { return response };
    let mut told = render_with(&refusal, Keys::BothCases);
    if let Some(failure) = response.extensions().get::<Failure>() {
        told.extensions_mut().insert(failure.clone());
    }
    told
}

/// Tells a refusal with the two members about social providers that older clients expect; everything else stays as it is.
pub(crate) fn with_legacy_fields(mut response: Response) -> Response {
    let Some(Told(refusal, keys)) = response.extensions().get().cloned() else { return response };
    let mut envelope = envelope(&refusal, keys);
    envelope.insert("IsProviderError".to_owned(), Value::Bool(false));
    envelope.insert("ProviderErrorResponse".to_owned(), Value::Null);
    *response.body_mut() = Value::Object(envelope).to_string().into();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
}

/// The value of a parameter that the operation cannot do without; 908 when it is absent or blank.
pub(crate) fn required(name: &str, value: Option<String>) -> Result<String, Refusal> {
    value.filter(|value| !value.trim().is_empty()).ok_or_else(|| Refusal::missing(name))
}

fn failed(reason: Reason, failure: Failure) -> Response {
    let mut response = render(&reason.into());
    response.extensions_mut().insert(failure);
    response
}

fn render(refusal: &Refusal) -> Response {
    render_with(refusal, refusal.reason.keys())
}

fn render_with(refusal: &Refusal, keys: Keys) -> Response {
    let reason = refusal.reason;
    let mut response = response::json(Value::Object(envelope(refusal, keys)).to_string().into_bytes());
    response.extensions_mut().insert(Told(Arc::new(refusal.clone()), keys));
    *response.status_mut() = StatusCode::from_u16(reason.status()).expect("the catalogue holds HTTP statuses");
    if let Some(seconds) = refusal.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    if spoils_the_connection(reason) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// True when an answer with this reason leaves the connection in doubt.
///
// Wire: the Node client counts characters as `Content-Length`, so the tail of a cut body is taken for the next request.
fn spoils_the_connection(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::PostBodyInvalidJson
            | Reason::PutBodyInvalidJson
            | Reason::DeleteBodyInvalidJson
            | Reason::PostBodyInvalidForm
            | Reason::PutBodyInvalidForm
            | Reason::DeleteBodyInvalidForm
    )
}

fn envelope(refusal: &Refusal, keys: Keys) -> Map<String, Value> {
    let reason = refusal.reason;
    let code = Value::from(reason.code());
    let message = Value::from(reason.message());
    let description = Value::from(reason.describe(refusal.parameter.as_deref()));
    let pascal = [("ErrorCode", &code), ("Message", &message), ("Description", &description)];
    let camel = [("errorCode", &code), ("message", &message), ("description", &description)];
    let [first, second, third] = pascal;
    let members = match keys {
        Keys::CodeFirst => vec![first, second, third],
        Keys::MessageFirst => vec![second, third, first],
        Keys::DescriptionFirst => vec![third, first, second],
        Keys::BothCases => camel.into_iter().chain(pascal).collect(),
    };
    let mut envelope: Map<String, Value> =
        members.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
    if !refusal.errors.is_empty() {
        envelope.insert("Errors".to_owned(), refusal.errors.iter().map(field_error).collect());
    }
    if let Some(data) = &refusal.data {
        envelope.insert("Data".to_owned(), data.clone());
    }
    envelope
}

fn field_error(error: &FieldError) -> Value {
    json!({ "FieldName": error.field, "ErrorMessage": error.message })
}
