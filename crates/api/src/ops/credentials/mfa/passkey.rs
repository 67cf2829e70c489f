//! Passkeys as second factor: proved and set up while a login waits, set up and removed by who is signed in.

use crate::caller::{AccessToken, ApiSecret, MfaToken};
use crate::ops::answers::{
    CreationAnswer, Gone, LoginAnswer, PasskeyAnswer, Presented, RequestAnswer, RiskTemplates, Whose,
};
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Json, Query, Result};
use axum::extract::State;
use doorward_flows::access::Caller;
use doorward_flows::credentials::mfa;

use doorward_flows::factors::mfa::Factor;
use doorward_flows::{App, factors};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    Routes::group("Second factors")
        .get(
            "/identity/v2/auth/login/2fa/passkey/begin",
            begin_passkey_mfa_verification,
            "Ask for the passkey that completes a login",
        )
        .changes()
        .post("/identity/v2/auth/login/2fa/passkey/finish", finish_mfa_passkey_login, "Complete a login by a passkey")
        .internal_error(Reason::InternalError)
        .get(
            "/identity/v2/auth/login/2fa/register/passkey/begin",
            begin_mfa_passkey_registration,
            "Ask for a passkey that is to complete a login",
        )
        .changes()
        .post(
            "/identity/v2/auth/login/2fa/register/passkey/finish",
            finish_mfa_passkey_registration,
            "Set up a passkey as second factor and complete a login by it",
        )
        .get(
            "/identity/v2/auth/account/2fa/register/passkey/begin",
            account_register_mfa_passkey_begin,
            "Ask for a passkey that is to be the person's second factor",
        )
        .changes()
        .post(
            "/identity/v2/auth/account/2fa/register/passkey/finish",
            account_register_mfa_passkey_finish,
            "Make a passkey the person's second factor",
        )
        .delete(
            "/identity/v2/auth/account/2fa/passkey",
            reset_mfa_passkey_by_access_token,
            "Remove the passkeys that are the person's second factor",
        )
        .alias("/identity/v2/auth/account/2fa/authenticator/passkey")
        .delete(
            "/identity/v2/manage/account/2fa/passkey",
            reset_mfa_passkey_by_uid,
            "Remove the passkeys that are an account's second factor",
        )
}

async fn begin_passkey_mfa_verification(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
) -> Result<Answer<RequestAnswer>> {
    let token = present(&caller, token)?;
    Ok(Answer(RequestAnswer::of(mfa::begin_passkey_mfa_verification(&app, &caller, &token).await?)))
}

async fn finish_mfa_passkey_login(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
    Query(templates): Query<RiskTemplates>,
    Query(one_click): Query<OneClick>,
    Query(fields): Query<Fields>,
    Json(body): Json<Presented>,
) -> Result<Answer<LoginAnswer>> {
    let token = present(&caller, token)?;
    let templates = one_click.beside(templates)?;
    let login = mfa::finish_mfa_passkey_login(&app, &caller, &token, &body.given(), &templates).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn begin_mfa_passkey_registration(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
) -> Result<Answer<CreationAnswer>> {
    let token = present(&caller, token)?;
    Ok(Answer(CreationAnswer::of(mfa::begin_mfa_passkey_registration(&app, &caller, &token).await?)))
}

async fn finish_mfa_passkey_registration(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
    Query(templates): Query<RiskTemplates>,
    Query(one_click): Query<OneClick>,
    Query(fields): Query<Fields>,
    Json(body): Json<Presented>,
) -> Result<Answer<LoginAnswer>> {
    let token = present(&caller, token)?;
    let templates = one_click.beside(templates)?;
    let login = mfa::finish_mfa_passkey_registration(&app, &caller, &token, &body.given(), &templates).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn account_register_mfa_passkey_begin(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
) -> Result<Answer<CreationAnswer>> {
    Ok(Answer(CreationAnswer::of(mfa::account_register_mfa_passkey_begin(&app, &signed_in).await?)))
}

async fn account_register_mfa_passkey_finish(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Json(body): Json<Presented>,
) -> Result<Answer<PasskeyAnswer>> {
    let listed = mfa::account_register_mfa_passkey_finish(&app, &signed_in, &body.given()).await?;
    Ok(Answer(PasskeyAnswer::of(listed)))
}

async fn reset_mfa_passkey_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
) -> Result<Answer<Gone>> {
    factors::mfa::require_passkey(signed_in.caller.settings())?;
    mfa::remove_factor(&app, &signed_in, Factor::Passkey).await?;
    Ok(Answer(Gone::yes()))
}

async fn reset_mfa_passkey_by_uid(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(account): Query<Whose>,
) -> Result<Answer<Gone>> {
    mfa::remove_factor_by_uid(&app, &admin, &account.uid()?, Factor::Passkey).await?;
    Ok(Answer(Gone::yes()))
}

/// The token of a login that waits; the tenant's switches are asked first.
fn present(caller: &Caller, token: Option<Secret>) -> Result<Secret> {
    factors::mfa::require_passkey(caller.settings())?;
    Ok(token.ok_or_else(|| Refusal::missing("secondfactorauthenticationtoken"))?)
}

/// The one risk template that only these operations have.
#[derive(Deserialize, JsonSchema)]
struct OneClick {
    /// Carries a link that lets a risky login in, by email.
    rbaoneclickemailtemplate: Option<String>,
}

impl OneClick {
    /// The names of all risk templates, as they are kept with the login.
    fn beside(self, templates: RiskTemplates) -> Result<serde_json::Value> {
        let mut names = serde_json::to_value(templates).map_err(anyhow::Error::from)?;
        names["rbaoneclickemailtemplate"] = self.rbaoneclickemailtemplate.into();
        Ok(names)
    }
}
