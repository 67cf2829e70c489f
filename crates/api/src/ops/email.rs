//! Proving an email address.

use super::wire::PostedLogin;
use crate::answer::Answer;
use crate::caller::ApiKey;
use crate::error::{Result, required};
use crate::json::Json;
use crate::query::Query;
use crate::routes::Routes;
use crate::shape::Fields;
use axum::extract::State;
use doorward_flows::access::Caller;
use doorward_flows::{App, email};
use doorward_model::identifier::Email;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Routes {
    Routes::group("Email")
        .get("/identity/v2/auth/email", check_email_availability, "Ask for an address, or prove it by its link or code")
        .put("/identity/v2/auth/email", verify_email_by_otp, "Prove an address by its code")
}

/// Wire: one path asks three things, told apart by what comes with it.
async fn check_email_availability(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(question): Query<Question>,
    Query(fields): Query<Fields>,
) -> Result<Answer<Reply>> {
    if let Some(token) = question.verificationtoken {
        let login = email::verify_email_by_link(&app, &caller, &Secret::new(token)).await?;
        return Ok(Answer(Reply::Verified(Box::new(PostedLogin::of(Some(login), &fields)))));
    }
    let address = Email::parse(&required("email", question.email)?)?;
    if let Some(otp) = question.otp {
        let verified = by_otp(&app, &caller, &address, otp, &fields).await?;
        return Ok(Answer(Reply::Verified(Box::new(verified))));
    }
    let is_exist = email::check_email_availability(&app, &caller, &address).await?;
    Ok(Answer(Reply::Availability(Availability { is_exist })))
}

async fn verify_email_by_otp(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(fields): Query<Fields>,
    Json(body): Json<Proof>,
) -> Result<Answer<PostedLogin>> {
    let otp = required("otp", body.otp)?;
    let address = Email::parse(&required("email", body.email)?)?;
    Ok(Answer(by_otp(&app, &caller, &address, otp, &fields).await?))
}

async fn by_otp(app: &App, caller: &Caller, address: &Email, otp: String, fields: &Fields) -> Result<PostedLogin> {
    let login = email::verify_email_by_otp(app, caller, address, &Secret::new(otp)).await?;
    Ok(PostedLogin::of(Some(login), fields))
}

#[derive(Deserialize, JsonSchema)]
struct Question {
    /// An address: whether somebody has it, or which one the code proves.
    email: Option<String>,
    /// The token in the link of a verification message.
    verificationtoken: Option<String>,
    /// The code in a verification message.
    otp: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Proof {
    /// The code in the verification message.
    #[schemars(required)]
    otp: Option<String>,
    /// The address it was sent to.
    #[schemars(required)]
    email: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Reply {
    Availability(Availability),
    Verified(Box<PostedLogin>),
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Availability {
    /// Whether somebody has the address.
    is_exist: bool,
}
