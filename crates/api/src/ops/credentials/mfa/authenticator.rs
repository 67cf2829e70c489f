//! Second factors: codes of an authenticator app.

use crate::caller::{AccessToken, ApiSecret, MfaToken};
use crate::ops::answers::{Gone, LoginAnswer, RiskTemplates, Telling2fa, Whose, second_factor};
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Json, Query, Result};
use axum::extract::State;
use doorward_flows::credentials::mfa;
use doorward_flows::factors::mfa::Factor;
use doorward_flows::{App, factors};
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) fn routes() -> Routes {
    Routes::group("Second factors")
        .put("/identity/v2/auth/login/2fa/totp", verify_totp_by_mfa_token, "Complete a login by a code of an app")
        .alias("/identity/v2/auth/login/2fa/verification/authenticatorcode")
        .alias("/identity/v2/auth/login/2fa/verification/googleauthenticatorcode")
        .put("/identity/v2/auth/account/2fa/totp", verify2fa_totp_auth, "Set up the person's app by a code of it")
        .alias("/identity/v2/auth/account/2fa/verification/authenticatorcode")
        .alias("/identity/v2/auth/account/2fa/verification/googleauthenticatorcode")
        .delete("/identity/v2/auth/account/2fa/totp", mfa_reset_totp_by_token, "Remove the person's app")
        .delete("/identity/v2/manage/account/2fa/totp", mfa_reset_totp_by_uid, "Remove an account's app")
}

async fn verify_totp_by_mfa_token(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
    // Wire: what says how a code is told is taken and does nothing: none is sent from here.
    Query(_): Query<Telling2fa>,
    Query(templates): Query<RiskTemplates>,
    Query(fields): Query<Fields>,
    Json(body): Json<Code>,
) -> Result<Answer<LoginAnswer>> {
    factors::mfa::require_authenticator(caller.settings())?;
    let token = second_factor::present(token)?;
    let code = body.code()?;
    let login = mfa::verify_totp_by_mfa_token(&app, &caller, &token, &code, &templates.names()?).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn verify2fa_totp_auth(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(fields): Query<Fields>,
    Json(body): Json<Code>,
) -> Result<Answer<Box<RawValue>>> {
    factors::mfa::require_authenticator(signed_in.caller.settings())?;
    let profile = mfa::verify2fa_totp_auth(&app, &signed_in, &body.code()?).await?;
    Ok(Answer(fields.prune(profile)))
}

async fn mfa_reset_totp_by_token(State(app): State<App>, AccessToken(signed_in): AccessToken) -> Result<Answer<Gone>> {
    mfa::remove_factor(&app, &signed_in, Factor::Authenticator).await?;
    Ok(Answer(Gone::yes()))
}

async fn mfa_reset_totp_by_uid(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(account): Query<Whose>,
) -> Result<Answer<Gone>> {
    mfa::remove_factor_by_uid(&app, &admin, &account.uid()?, Factor::Authenticator).await?;
    Ok(Answer(Gone::yes()))
}

#[derive(Deserialize, JsonSchema)]
struct Code {
    /// The code that the app shows.
    authenticatorcode: Option<String>,
    /// The same, under its former name.
    googleauthenticatorcode: Option<String>,
}

impl Code {
    fn code(self) -> Result<Secret> {
        second_factor::shown_code(self.authenticatorcode, self.googleauthenticatorcode)
    }
}
