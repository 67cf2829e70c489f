//! Security questions: which ones a person will be asked.

use crate::caller::{AccessToken, ApiKey};
use crate::ops::answers::Question;
use crate::routes::Routes;
use crate::wire::{Answer, Query, Result, required};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::credentials::security_questions;

use doorward_flows::profile::identifiers::Typed;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    Routes::group("Security questions")
        .get(
            "/identity/v2/auth/securityquestion/accesstoken",
            get_security_questions_by_access_token,
            "Read the security questions that the person has answered",
        )
        .get(
            "/identity/v2/auth/securityquestion/email",
            get_security_questions_by_email,
            "Ask which security questions the owner of an address will be asked",
        )
        .get(
            "/identity/v2/auth/securityquestion/phone",
            get_security_questions_by_phone,
            "Ask which security questions the owner of a phone number will be asked",
        )
        .get(
            "/identity/v2/auth/securityquestion/username",
            get_security_questions_by_user_name,
            "Ask which security questions the owner of a user name will be asked",
        )
}

async fn get_security_questions_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
) -> Result<Answer<Vec<Question>>> {
    let questions = security_questions::get_security_questions_by_access_token(&app, &signed_in).await?;
    Ok(Answer(Question::all(questions)))
}

async fn get_security_questions_by_email(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(query): Query<ByEmail>,
) -> Result<Answer<Vec<Question>>> {
    let typed = Typed { email: Some(required("email", query.email)?), ..Typed::default() };
    Ok(Answer(Question::all(security_questions::get_security_questions(&app, &caller, &typed).await?)))
}

async fn get_security_questions_by_phone(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(query): Query<ByPhone>,
) -> Result<Answer<Vec<Question>>> {
    let typed = Typed { phone: Some(required("phone", query.phone)?), ..Typed::default() };
    Ok(Answer(Question::all(security_questions::get_security_questions(&app, &caller, &typed).await?)))
}

async fn get_security_questions_by_user_name(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(query): Query<ByUserName>,
) -> Result<Answer<Vec<Question>>> {
    let typed = Typed { username: Some(required("username", query.username)?), ..Typed::default() };
    Ok(Answer(Question::all(security_questions::get_security_questions(&app, &caller, &typed).await?)))
}

#[derive(Deserialize, JsonSchema)]
struct ByEmail {
    /// The address.
    #[schemars(required)]
    email: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ByPhone {
    /// The phone number with its country.
    #[schemars(required)]
    phone: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ByUserName {
    /// The user name.
    #[schemars(required)]
    username: Option<String>,
}
