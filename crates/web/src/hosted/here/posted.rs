//! Who sends a form, and who looks at their own account: extractors that are there only for whoever may.

use super::request::Here;
use crate::frame::form::Fields;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use doorward_flows::App;
use doorward_flows::access::SignedIn;
use doorward_model::secret::Secret;

/// A form that was sent from one of our own pages to the visitor who sent it.
pub(crate) struct Posted {
    pub(crate) here: Here,
    pub(crate) fields: Fields,
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Posted, Response> {
        let (mut parts, body) = request.into_parts();
        let here = Here::from_request_parts(&mut parts, app).await?;
        let fields = Fields::read(body).await?;
        if !fields.is_ours(&parts.headers, here.visitor.form()) {
            let sheet = here.sheet("stale-form").link("back-to-sign-in", "sign-in").answered(StatusCode::FORBIDDEN);
            return Err(here.show(sheet));
        }
        Ok(Posted { here, fields })
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

impl Posted {
    /// What was typed into a field; empty when it was not sent.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.fields.text(field)
    }

    /// What was typed into a field that is nobody else's business, spaces and all.
    pub(crate) fn secret(&self, field: &str) -> Secret {
        self.fields.secret(field)
    }
}
