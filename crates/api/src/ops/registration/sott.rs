//! Registration tokens (SOTT).

use crate::caller::ApiSecret;
use crate::routes::Routes;
use crate::wire::{Answer, Query, Result};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::registration::sott;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Routes {
    Routes::group("Registration tokens")
        .get("/identity/v2/manage/account/sott", generate_sott, "Make a registration token")
        .changes()
}

async fn generate_sott(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(life): Query<Life>,
) -> Result<Answer<Generated>> {
    let generated = sott::generate(&app, &admin, life.timedifference.as_deref()).await?;
    Ok(Answer(Generated { sott: generated.sott.expose().to_owned(), expiry_time: generated.expires_at.to_wire() }))
}

#[derive(Deserialize, JsonSchema)]
struct Life {
    /// Minutes that the token lives; 10 if not said.
    timedifference: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Generated {
    /// The token.
    sott: String,
    /// When it ends, RFC 3339 in UTC.
    expiry_time: String,
}
