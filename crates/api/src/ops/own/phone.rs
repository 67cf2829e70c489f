//! The login phone: proved, changed, removed.

use crate::caller::{AccessToken, ApiKey, MaybeAccessToken, Releasing, SecurityAnswers};
use crate::ops::answers::{Availability, Done, Gone, LoginAnswer, PostedMessage, Telling};
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Json, Query, Result, required};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::own::phone;
use doorward_flows::profile::identifiers;

use doorward_model::identifier::Phone;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Routes {
    const PHONE: &str = "/identity/v2/auth/phone";
    Routes::group("Phone")
        .get(PHONE, get_phone_number_availability, "Ask whether somebody has a phone number")
        .put(PHONE, change_phone_number, "Send a code to the number that the person wants to sign in with")
        .delete(PHONE, remove_phone_id_by_token, "Remove the person's own login phone")
        .post("/identity/v2/auth/phone/otp", resend_phone_otp, "Send the code that proves a phone again")
        .put("/identity/v2/auth/phone/otp", verify_phone_otp, "Prove a phone by its code")
}

async fn get_phone_number_availability(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(question): Query<Number>,
) -> Result<Answer<Availability>> {
    let number = Phone::parse(&required("phone", question.phone)?)?;
    let is_exist = phone::get_phone_number_availability(&app, &caller, &number).await?;
    Ok(Answer(Availability::of(is_exist)))
}

async fn change_phone_number(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(telling): Query<Telling>,
    Json(body): Json<Number>,
) -> Result<Answer<PostedMessage>> {
    identifiers::require_phone_login(&signed_in.caller)?;
    let number = Phone::parse(&required("phone", body.phone)?)?;
    let posted = phone::change_phone_number(&app, &signed_in, &number, telling.voice()).await?;
    Ok(Answer(PostedMessage::of(posted)))
}

async fn remove_phone_id_by_token(State(app): State<App>, AccessToken(signed_in): AccessToken) -> Result<Answer<Gone>> {
    phone::remove_phone_id_by_token(&app, &signed_in).await?;
    Ok(Answer(Gone::yes()))
}

async fn resend_phone_otp(
    State(app): State<App>,
    MaybeAccessToken(caller, signed_in): MaybeAccessToken,
    Query(telling): Query<Telling>,
    Json(body): Json<Number>,
) -> Result<Answer<PostedMessage>> {
    let posted = match (body.phone.filter(|phone| !phone.trim().is_empty()), signed_in) {
        (None, Some(signed_in)) => phone::resend_own_phone_otp(&app, &signed_in, telling.voice()).await?,
        (number, _) => {
            identifiers::require_phone_login(&caller)?;
            let number = Phone::parse(&required("phone", number)?)?;
            phone::resend_phone_otp(&app, &caller, &number, telling.voice()).await?
        }
    };
    Ok(Answer(PostedMessage::of(posted)))
}

async fn verify_phone_otp(
    State(app): State<App>,
    MaybeAccessToken(caller, signed_in): MaybeAccessToken,
    Query(code): Query<Code>,
    Query(fields): Query<Fields>,
    Releasing(release): Releasing,
    Json(body): Json<Proof>,
) -> Result<Answer<Verified>> {
    identifiers::require_phone_login(&caller)?;
    let otp = Secret::new(required("otp", code.otp)?);
    if let Some(signed_in) = signed_in {
        phone::verify_own_phone_otp(&app, &signed_in, &otp, &release).await?;
        return Ok(Answer(Verified::SignedIn(Done::yes())));
    }
    let number = Phone::parse(&required("phone", body.phone)?)?;
    let login = phone::verify_phone_otp(&app, &caller, &number, &otp, &release).await?;
    Ok(Answer(Verified::Login(LoginAnswer::of(login, &fields))))
}

#[derive(Deserialize, JsonSchema)]
struct Number {
    /// The phone number with its country; where a code is sent again, the person's own by default.
    phone: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Proof {
    /// The phone number with its country; the person's own by default.
    phone: Option<String>,
    /// Answers to security questions by their ids, where a lock asks for them.
    #[serde(rename = "securityanswer")]
    _answers: Option<SecurityAnswers>,
}

#[derive(Deserialize, JsonSchema)]
struct Code {
    /// The code in the message.
    #[schemars(required)]
    otp: Option<String>,
}

/// With an access token that it is done, without one the login that follows.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Verified {
    SignedIn(Done),
    Login(LoginAnswer),
}
