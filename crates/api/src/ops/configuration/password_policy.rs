//! The tenant's rules for passwords.

use crate::caller::ApiSecret;
use crate::routes::Routes;
use crate::wire::{Answer, Json, Result};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::configuration::password_policy;

use serde_json::{Map, Value};

pub(super) fn routes() -> Routes {
    Routes::group("Configuration")
        .get("/v2/manage/password-policies", get_password_policy, "Read the rules for passwords")
        .put("/v2/manage/password-policies", update_password_policy, "Change the rules for passwords")
}

async fn get_password_policy(ApiSecret(admin): ApiSecret) -> Result<Answer<Value>> {
    shown(&password_policy::get_password_policy(&admin))
}

async fn update_password_policy(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Json(changes): Json<Map<String, Value>>,
) -> Result<Answer<Value>> {
    shown(&password_policy::update_password_policy(&app, &admin, changes).await?)
}

fn shown(policy: &doorward_model::password::Policy) -> Result<Answer<Value>> {
    Ok(Answer(serde_json::to_value(policy).map_err(anyhow::Error::from)?))
}
