//! Who sends a form, and who looks at their own account: extractors that are there only for whoever may.

use crate::hosted::here::Here;
use crate::page::sentence;
use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use doorward_flows::App;
use doorward_flows::access::SignedIn;
use doorward_model::secret::Secret;
use std::collections::HashMap;
use url::form_urlencoded::parse;

/// The longest form, in bytes.
const LONGEST_FORM: usize = 32 * 1024;

/// A form that was sent from one of our own pages to the visitor who sent it.
pub(crate) struct Posted {
    pub(crate) here: Here,
    pub(crate) fields: Fields,
}

/// What a form carries.
pub(crate) struct Fields(HashMap<String, String>);

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Posted, Response> {
        let (mut parts, body) = request.into_parts();
        let here = Here::from_request_parts(&mut parts, app).await?;
        let Ok(body) = to_bytes(body, LONGEST_FORM).await else {
            return Err(sentence(StatusCode::PAYLOAD_TOO_LARGE, "This form is too long."));
        };
        let fields: HashMap<String, String> = parse(&body).into_owned().collect();
        let sent = fields.get("form").map(String::as_bytes).unwrap_or_default();
        if is_from_elsewhere(&parts.headers) || !is_same(sent, here.visitor.form().as_bytes()) {
            let sheet = here.sheet("stale-form").link("back-to-sign-in", "sign-in").answered(StatusCode::FORBIDDEN);
            return Err(here.show(sheet));
        }
        Ok(Posted { here, fields: Fields(fields) })
    }
}

/// A page for whoever is signed in in this browser; the rest are led to the sign-in.
pub(crate) struct Own {
    pub(crate) here: Here,
    pub(crate) signed_in: SignedIn,
}

impl FromRequestParts<App> for Own {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Own, Response> {
        let here = Here::from_request_parts(parts, app).await?;
        match here.signed_in().await {
            Some(signed_in) => Ok(Own { here, signed_in }),
            None => Err(here.go("sign-in")),
        }
    }
}

/// The same for a form.
pub(crate) struct OwnPosted {
    pub(crate) posted: Posted,
    pub(crate) signed_in: SignedIn,
}

impl FromRequest<App> for OwnPosted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<OwnPosted, Response> {
        let posted = Posted::from_request(request, app).await?;
        match posted.here.signed_in().await {
            Some(signed_in) => Ok(OwnPosted { posted, signed_in }),
            None => Err(posted.here.go("sign-in")),
        }
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

impl Fields {
    /// What was typed into a field; empty when it was not sent.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.0.get(field).map(|text| text.trim()).unwrap_or_default()
    }

    /// What was typed into a field that is nobody else's business, spaces and all.
    pub(crate) fn secret(&self, field: &str) -> Secret {
        Secret::new(self.0.get(field).cloned().unwrap_or_default())
    }
}

impl Posted {
    /// The same of this form.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.fields.text(field)
    }

    /// The same of this form.
    pub(crate) fn secret(&self, field: &str) -> Secret {
        self.fields.secret(field)
    }
}
