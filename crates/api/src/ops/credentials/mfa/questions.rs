//! Answers to security questions as a second factor.

use crate::caller::{AccessToken, ApiSecret, MfaToken};
use crate::ops::answers::{Done, Gone, LoginAnswer, RiskTemplates, Spoken, Whose, second_factor};
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Flag, Json, Query, Result};
use axum::extract::State;
use doorward_flows::access::Caller;
use doorward_flows::credentials::mfa;

use doorward_flows::factors::mfa::Factor;
use doorward_flows::{App, factors};
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::security_question::Answers;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes() -> Routes {
    Routes::group("Second factors")
        .put(
            "/identity/v2/auth/login/2fa/securityquestionanswer",
            update_mfa_security_question_by_mfa_token,
            "Set up the security questions that complete a login",
        )
        .post(
            "/identity/v2/auth/login/2fa/verification/securityquestionanswer",
            verify_mfa_security_question_by_mfa_token,
            "Complete a login by answers to security questions",
        )
        .put(
            "/identity/v2/auth/account/2fa/securityquestionanswer",
            set_mfa_security_question_by_access_token,
            "Make answers to security questions a second factor of the person",
        )
        .delete(
            "/identity/v2/auth/account/2fa/authenticator/securityquestionanswer",
            delete_reset_mfa_security_question_authenticator_settings,
            "Remove security questions from the person's second factors",
        )
        .delete(
            "/identity/v2/manage/account/2fa/authenticator/securityquestionanswer",
            delete_reset_mfa_security_question_authenticator_settings_by_uid,
            "Remove security questions from an account's second factors",
        )
}

async fn update_mfa_security_question_by_mfa_token(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
    Query(_): Query<Spoken>,
    Query(fields): Query<Fields>,
    Json(body): Json<Answering>,
) -> Result<Answer<LoginAnswer>> {
    let token = present(&caller, token)?;
    let login = mfa::update_mfa_security_question_by_mfa_token(&app, &caller, &token, body.answers()?).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn verify_mfa_security_question_by_mfa_token(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
    Query(_): Query<Spoken>,
    Query(templates): Query<RiskTemplates>,
    Query(fields): Query<Fields>,
    Json(body): Json<Answering>,
) -> Result<Answer<LoginAnswer>> {
    let token = present(&caller, token)?;
    let answers = body.answers()?;
    let templates = serde_json::to_value(templates).map_err(anyhow::Error::from)?;
    let login = mfa::verify_mfa_security_question_by_mfa_token(&app, &caller, &token, &answers, &templates).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn set_mfa_security_question_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Json(body): Json<Answering>,
) -> Result<Answer<Done>> {
    factors::mfa::require_questions(signed_in.caller.settings())?;
    let replaces = body.replaces.0;
    mfa::set_mfa_security_question_by_access_token(&app, &signed_in, body.answers()?, replaces).await?;
    Ok(Answer(Done::yes()))
}

async fn delete_reset_mfa_security_question_authenticator_settings(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
) -> Result<Answer<Gone>> {
    mfa::remove_factor(&app, &signed_in, Factor::SecurityQuestion).await?;
    Ok(Answer(Gone::yes()))
}

async fn delete_reset_mfa_security_question_authenticator_settings_by_uid(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(account): Query<Whose>,
) -> Result<Answer<Gone>> {
    mfa::remove_factor_by_uid(&app, &admin, &account.uid()?, Factor::SecurityQuestion).await?;
    Ok(Answer(Gone::yes()))
}

/// The token of a login that waits; the tenant's switches are asked first.
fn present(caller: &Caller, token: Option<Secret>) -> Result<Secret> {
    factors::mfa::require_questions(caller.settings())?;
    second_factor::present(token)
}

/// Answers to security questions.
#[derive(Deserialize, JsonSchema)]
struct Answering {
    /// The answers, each an object of `QuestionId` and `Answer`; or an object of ids and answers.
    #[serde(rename = "securityquestionanswer")]
    list: Option<Value>,
    /// One question, where there is one alone.
    questionid: Option<String>,
    /// The answer to it.
    answer: Option<String>,
    /// Whether answers that the account has are replaced.
    #[serde(rename = "replacesecurityquestionanswer")]
    replaces: Flag,
}

impl Answering {
    fn answers(self) -> Result<Answers> {
        let single = self.questionid.map(|id| json!([{ "QuestionId": id, "Answer": self.answer }]));
        let given = self.list.filter(|list| !list.is_null()).or(single).unwrap_or_default();
        Ok(Answers::read(&given)?.ok_or_else(|| Refusal::missing("securityquestionanswer"))?)
    }
}
