//! The signed-in person's own profile.

use crate::caller::{AccessToken, Captcha};
use crate::ops::answers::{Erasing, Telling, Verifying};
use crate::routes::Routes;
use crate::wire::{Answer, Body, Fields, Query, Result};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::own::profile;

use doorward_flows::own::profile::Updated;
use doorward_model::reason::Reason;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

pub(super) fn routes() -> Routes {
    Routes::group("Profile")
        .get("/identity/v2/auth/account", get_profile_by_access_token, "Read the person's own profile")
        .internal_error(Reason::InternalError)
        .put("/identity/v2/auth/account", update_account_by_access_token, "Change the person's own profile")
}

async fn get_profile_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(fields): Query<Fields>,
) -> Result<Answer<Box<RawValue>>> {
    let profile = profile::read_own(&app, &signed_in).await?;
    Ok(Answer(fields.prune(profile)))
}

#[expect(clippy::too_many_arguments, reason = "the declaration of an operation is its arguments")]
async fn update_account_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(erasing): Query<Erasing>,
    Query(verifying): Query<Verifying>,
    Query(telling): Query<Telling>,
    Query(fields): Query<Fields>,
    Captcha(captcha): Captcha,
    Body(body): Body,
) -> Result<Answer<Changed>> {
    let updated = Updated {
        body: &body,
        nulls: erasing.nulls(),
        verification_url: verifying.verificationurl.as_deref(),
        voice: telling.voice(),
        captcha,
    };
    let profile = profile::update_account_by_access_token(&app, &signed_in, updated).await?;
    Ok(Answer(Changed { is_posted: true, data: fields.prune(profile) }))
}

/// That it is done, and what came of it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Changed {
    /// Always true.
    is_posted: bool,
    /// The profile, all 149 keys of it unless `fields` asks for fewer.
    data: Box<RawValue>,
}
