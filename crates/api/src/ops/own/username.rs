//! The user name.

use crate::caller::{AccessToken, ApiKey};
use crate::ops::answers::{Availability, Done};
use crate::routes::Routes;
use crate::wire::{Answer, Json, Query, Result, required};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::own::username;

use doorward_model::identifier::Username;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    const USERNAME: &str = "/identity/v2/auth/username";
    Routes::group("User name").get(USERNAME, check_user_name_availability, "Ask whether somebody has a user name").put(
        USERNAME,
        set_or_change_username_by_access_token,
        "Set the person's own user name",
    )
}

async fn check_user_name_availability(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(question): Query<Name>,
) -> Result<Answer<Availability>> {
    let name = Username::parse(&required("username", question.username)?)?;
    let is_exist = username::check_user_name_availability(&app, &caller, &name).await?;
    Ok(Answer(Availability::of(is_exist)))
}

async fn set_or_change_username_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Json(body): Json<Name>,
) -> Result<Answer<Done>> {
    let name = Username::parse(&required("username", body.username)?)?;
    username::set_or_change_username_by_access_token(&app, &signed_in, &name).await?;
    Ok(Answer(Done::yes()))
}

#[derive(Deserialize, JsonSchema)]
struct Name {
    /// The user name, 1 to 32 characters without spaces.
    #[schemars(required)]
    username: Option<String>,
}
