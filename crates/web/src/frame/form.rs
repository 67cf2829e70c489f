//! Forms: what they carry, and whether a page of ours sent them.

use crate::frame::page::sentence;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use doorward_model::secret::Secret;
use std::collections::HashMap;
use url::form_urlencoded::parse;

/// The longest form, in bytes.
const LONGEST_FORM: usize = 32 * 1024;

/// What a form carries.
pub(crate) struct Fields(HashMap<String, String>);

impl Fields {
    /// Reads a form; one that is too long is answered here.
    pub(crate) async fn read(body: Body) -> Result<Fields, Response> {
        match to_bytes(body, LONGEST_FORM).await {
            Ok(body) => Ok(Fields(parse(&body).into_owned().collect())),
            Err(_) => Err(sentence(StatusCode::PAYLOAD_TOO_LARGE, "This form is too long.")),
        }
    }

    /// True when the form carries what our pages put into it for this browser, whose cookie has the same text, and the
    /// browser does not say that another site sends it.
    pub(crate) fn is_ours(&self, headers: &HeaderMap, kept: &str) -> bool {
        let sent = self.0.get("form").map(String::as_bytes).unwrap_or_default();
        !is_from_elsewhere(headers) && is_same(sent, kept.as_bytes())
    }

    /// What was typed into a field; empty when it was not sent.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.0.get(field).map(|text| text.trim()).unwrap_or_default()
    }

    /// What was typed into a field that is nobody else's business, spaces and all.
    pub(crate) fn secret(&self, field: &str) -> Secret {
        Secret::new(self.0.get(field).cloned().unwrap_or_default())
    }
}

/// True when the browser says that another site sends this.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin")
}

/// Compares without telling by the time it takes where the first difference is.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differs, (one, other)| differs | (one ^ other)) == 0
}
