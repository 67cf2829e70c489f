//! The signed-in person's own profile.

use crate::answer::Answer;
use crate::caller::AccessToken;
use crate::error::Result;
use crate::query::Query;
use crate::routes::Routes;
use crate::shape::Fields;
use axum::extract::State;
use doorward_flows::{App, profile};
use doorward_model::reason::Reason;
use serde_json::value::RawValue;

pub(super) fn routes() -> Routes {
    Routes::group("Profile")
        .get("/identity/v2/auth/account", get_profile_by_access_token, "Read the person's own profile")
        .internal_error(Reason::InternalError)
}

async fn get_profile_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(fields): Query<Fields>,
) -> Result<Answer<Box<RawValue>>> {
    let profile = profile::read_own(&app, &signed_in).await?;
    Ok(Answer(fields.prune(profile)))
}
