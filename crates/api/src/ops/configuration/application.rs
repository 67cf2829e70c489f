//! What an application asks before anybody signs in.

use crate::caller::ApiKey;
use crate::routes::Routes;
use crate::wire::{Answer, Query, Result};
use axum::extract::State;
use doorward_flows::{App, configuration};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(super) fn routes() -> Routes {
    Routes::group("Configuration")
        .get("/ciam/appinfo", get_app_configuration, "Read the tenant's public configuration")
        .get("/identity/v2/serverinfo", get_server_info, "Read the server's time")
}

async fn get_app_configuration(State(app): State<App>, ApiKey(caller): ApiKey) -> Result<Answer<Value>> {
    Ok(Answer(configuration::get_app_configuration(&app, &caller)))
}

async fn get_server_info(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(window): Query<Window>,
) -> Result<Answer<ServerInfo>> {
    let info = configuration::get_server_info(&app, &caller, window.timedifference.as_deref())?;
    Ok(Answer(ServerInfo {
        server_location: "local",
        server_name: "doorward",
        current_time: info.now.to_plain(),
        sott: SottWindow {
            start_time: info.window.start.to_plain(),
            end_time: info.window.end.to_plain(),
            time_difference: info.minutes,
        },
    }))
}

#[derive(Deserialize, JsonSchema)]
struct Window {
    /// Minutes that a registration token made now shall live; 10 if not said.
    timedifference: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct ServerInfo {
    /// Where the server stands, as far as it says.
    server_location: &'static str,
    /// Its name.
    server_name: &'static str,
    /// `yyyy-MM-dd HH:mm:ss` in UTC.
    current_time: String,
    /// A window for a registration token.
    sott: SottWindow,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct SottWindow {
    /// `yyyy-MM-dd HH:mm:ss` in UTC.
    start_time: String,
    /// `yyyy-MM-dd HH:mm:ss` in UTC.
    end_time: String,
    /// Minutes between the two.
    time_difference: String,
}
