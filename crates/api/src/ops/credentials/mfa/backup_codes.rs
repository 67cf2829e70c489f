//! Second factors: codes on paper, for who lost the other ones.

use crate::caller::{AccessToken, ApiSecret, MfaToken};
use crate::ops::answers::{LoginAnswer, RiskTemplates, Whose, second_factor};
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Json, Query, Result, required};
use axum::extract::State;
use doorward_flows::credentials::mfa;
use doorward_flows::credentials::mfa::Before;
use doorward_flows::{App, factors};
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Routes {
    Routes::group("Second factors")
        .put(
            "/identity/v2/auth/login/2fa/backupcode",
            verify_backup_code_for_mfa_login,
            "Complete a login by a backup code",
        )
        .alias("/identity/v2/auth/login/2fa/verification/backupcode")
        .get(
            "/identity/v2/auth/account/2fa/backupcode",
            mfa_generate_backup_codes,
            "Give the person backup codes, once",
        )
        .changes()
        .get(
            "/identity/v2/auth/account/2fa/backupcode/reset",
            mfa_reset_backup_codes,
            "Give the person other backup codes",
        )
        .changes()
        .get(
            "/identity/v2/manage/account/2fa/backupcode",
            mfa_generate_backup_codes_by_uid,
            "Give an account backup codes, once",
        )
        .changes()
        .get(
            "/identity/v2/manage/account/2fa/backupcode/reset",
            mfa_reset_backup_codes_by_uid,
            "Give an account other backup codes",
        )
        .changes()
}

async fn verify_backup_code_for_mfa_login(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
    Query(templates): Query<RiskTemplates>,
    Query(fields): Query<Fields>,
    Json(body): Json<Code>,
) -> Result<Answer<LoginAnswer>> {
    factors::mfa::require_backup_codes(caller.settings())?;
    let token = second_factor::present(token)?;
    let code = Secret::new(required("backupcode", body.backupcode)?);
    let login = mfa::verify_backup_code_for_mfa_login(&app, &caller, &token, &code, &templates.names()?).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn mfa_generate_backup_codes(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
) -> Result<Answer<BackupCodes>> {
    Ok(Answer(BackupCodes::of(&mfa::mfa_backup_codes(&app, &signed_in, Before::Keep).await?)))
}

async fn mfa_reset_backup_codes(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
) -> Result<Answer<BackupCodes>> {
    Ok(Answer(BackupCodes::of(&mfa::mfa_backup_codes(&app, &signed_in, Before::Replace).await?)))
}

async fn mfa_generate_backup_codes_by_uid(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(account): Query<Whose>,
) -> Result<Answer<BackupCodes>> {
    let codes = mfa::mfa_backup_codes_by_uid(&app, &admin, &account.uid()?, Before::Keep).await?;
    Ok(Answer(BackupCodes::of(&codes)))
}

async fn mfa_reset_backup_codes_by_uid(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(account): Query<Whose>,
) -> Result<Answer<BackupCodes>> {
    let codes = mfa::mfa_backup_codes_by_uid(&app, &admin, &account.uid()?, Before::Replace).await?;
    Ok(Answer(BackupCodes::of(&codes)))
}

#[derive(Deserialize, JsonSchema)]
struct Code {
    /// One of the codes, in any case and grouping.
    #[schemars(required)]
    backupcode: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct BackupCodes {
    /// The whole set. It is told this once.
    #[serde(rename = "BackUpCodes")]
    codes: Vec<String>,
}

impl BackupCodes {
    fn of(codes: &[Secret]) -> BackupCodes {
        BackupCodes { codes: codes.iter().map(|code| code.expose().to_owned()).collect() }
    }
}
