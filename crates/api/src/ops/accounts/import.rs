//! Many accounts at once, for a move from elsewhere.

use crate::caller::ApiSecret;
use crate::routes::Routes;
use crate::wire::{Answer, Json, Result};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::accounts::import;

use doorward_flows::accounts::import::{Duplicates, Outcome};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(super) fn routes() -> Routes {
    // Wire: migration scripts know a host of its own, whose address ends in /v2.
    Routes::group("Accounts")
        .post("/bulk/upsert", batch_upload, "Take over up to 500 accounts with their password hashes")
        .alias("/v2/bulk/upsert")
        .large_body()
}

async fn batch_upload(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Json(upload): Json<Upload>,
) -> Result<Answer<Report>> {
    let duplicates = upload.delta_migration_model.unwrap_or_default().duplicates();
    let encryption = upload.password_encryption.as_ref();
    let outcome = import::batch_upload(&app, &admin, upload.profiles, encryption, duplicates).await?;
    Ok(Answer(Report { profile: Counts::of(outcome) }))
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Upload {
    /// How the hashes were made that do not say it themselves: `Type`, `SaltAttachType`, `NumberOfIteration` and so on.
    password_encryption: Option<Map<String, Value>>,
    /// Profiles, each with a `PasswordHash`, a `Password`, or neither.
    #[serde(default)]
    profiles: Vec<Map<String, Value>>,
    /// What happens to accounts that are there.
    delta_migration_model: Option<Delta>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", default)]
struct Delta {
    /// Whether accounts of an earlier upload may be among the profiles.
    delta_migration: bool,
    /// Whether those are changed; otherwise they are told of as failed.
    #[serde(rename = "OverWriteDuplicate")]
    overwrite_duplicate: bool,
}

impl Delta {
    fn duplicates(&self) -> Duplicates {
        if self.delta_migration && self.overwrite_duplicate { Duplicates::Overwrite } else { Duplicates::Refuse }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Report {
    /// What became of the profiles.
    profile: Counts,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Counts {
    /// Accounts that are new.
    record_inserted: u64,
    /// Accounts that were changed.
    record_updated: u64,
    /// Profiles that were not stored.
    failed: Vec<Failed>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Failed {
    /// The profile's place in the request, from 1.
    record_number: u64,
    /// Why it was not stored.
    message: String,
}

impl Counts {
    fn of(outcome: Outcome) -> Counts {
        let failed = outcome.refused.into_iter();
        Counts {
            record_inserted: outcome.inserted,
            record_updated: outcome.updated,
            failed: failed.map(|one| Failed { record_number: one.number, message: one.why }).collect(),
        }
    }
}
