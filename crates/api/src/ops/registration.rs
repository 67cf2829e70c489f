//! Registration by the person.

use super::wire::{PostedLogin, Telling};
use crate::answer::Answer;
use crate::caller::{ApiKey, Sott};
use crate::error::Result;
use crate::json::Body;
use crate::query::Query;
use crate::routes::Routes;
use crate::shape::Fields;
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::register::{self, Registration};
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    Routes::group("Registration").post(
        "/identity/v2/auth/register",
        register_by_sott,
        "Register by email, phone or user name",
    )
}

async fn register_by_sott(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Sott(sott): Sott,
    Query(wishes): Query<Wishes>,
    Query(telling): Query<Telling>,
    Query(fields): Query<Fields>,
    Body(body): Body,
) -> Result<Answer<PostedLogin>> {
    let registration = Registration {
        sott: Secret::new(sott),
        body: &body,
        verification_url: wishes.verificationurl.as_deref(),
        options: wishes.options.as_deref(),
        voice: telling.voice(),
    };
    let login = register::register_by_sott(&app, &caller, registration).await?;
    Ok(Answer(PostedLogin::of(login, &fields)))
}

#[derive(Deserialize, JsonSchema)]
struct Wishes {
    /// The page that the link in the verification message opens; one of the tenant's domains.
    verificationurl: Option<String>,
    /// `PreventVerificationEmail`, `preventverificationsms`, or both with a comma.
    options: Option<String>,
}
