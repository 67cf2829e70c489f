//! PINs: signing in with one, and its life.

use crate::caller::{AccessToken, ApiKey, Captcha, PinAuthToken, Releasing, SecurityAnswers, SessionToken};
use crate::ops::answers::{Done, LoginAnswer, PostedMessage, Telling};
use crate::routes::Routes;
use crate::wire::describe::{Describe, Page};
use crate::wire::{Answer, Error, Fields, Json, Query, Result, required};
use axum::extract::{FromRequestParts, State};
use axum::http::Method;
use axum::http::request::Parts;
use doorward_flows::access::Caller;
use doorward_flows::credentials::pin;

use doorward_flows::credentials::pin::Brought;
use doorward_flows::factors::release::Release;
use doorward_flows::profile::identifiers::Typed;
use doorward_flows::{App, factors};
use doorward_model::identifier::Phone;
use doorward_model::pin::Pin;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    const CHANGE: &str = "/identity/v2/auth/pin/change";
    const INVALIDATE: &str = "/identity/v2/auth/session_token/invalidate";
    const BY_USER_NAME: &str = "/identity/v2/auth/pin/forgot/username";
    Routes::group("PIN")
        .post("/identity/v2/auth/login/pin", login_by_pin, "Sign in with a PIN")
        .post("/identity/v2/auth/pin/set/pinauthtoken", set_pin_by_pin_auth_token, "Set the PIN that a login waits for")
        .put(CHANGE, change_pin_by_access_token, "Change the PIN")
        .alias_by(Method::POST, CHANGE)
        .post("/identity/v2/auth/pin/forgot/email", forgot_pin_by_email, "Send a link or code that resets the PIN")
        .post(
            "/identity/v2/auth/pin/forgot/otp",
            forgot_pin_by_phone,
            "Send a code that resets the PIN by text message",
        )
        .post(BY_USER_NAME, forgot_pin_by_username, "Send a link or code that resets the PIN to a user name's address")
        .put("/identity/v2/auth/pin/reset/token", reset_pin_by_reset_token, "Reset the PIN by the link in an email")
        .put("/identity/v2/auth/pin/reset/otp/{type}", reset_pin_by_otp, "Reset the PIN by a code")
        .alias("/identity/v2/auth/pin/reset/otp/email")
        .alias("/identity/v2/auth/pin/reset/otp/phone")
        .alias("/identity/v2/auth/pin/reset/otp/username")
        .put(
            "/identity/v2/auth/pin/reset/securityanswer/email",
            reset_pin_by_security_answer_and_email,
            "Reset the PIN of an address's owner by answers to their security questions",
        )
        .put(
            "/identity/v2/auth/pin/reset/securityanswer/phone",
            reset_pin_by_security_answer_and_phone,
            "Reset the PIN of a phone number's owner by answers to their security questions",
        )
        .put(
            "/identity/v2/auth/pin/reset/securityanswer/username",
            reset_pin_by_security_answer_and_user_name,
            "Reset the PIN of a user name's owner by answers to their security questions",
        )
        .get(INVALIDATE, invalidate_pin_session_token, "Give up what a PIN signs in with")
        .changes()
}

async fn login_by_pin(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    SessionToken(token): SessionToken,
    Captcha(captcha): Captcha,
    Query(fields): Query<Fields>,
    Json(body): Json<Given>,
) -> Result<Answer<LoginAnswer>> {
    pin::require_pin_login(&caller)?;
    let token = token.ok_or_else(|| Refusal::missing("session_token"))?;
    let login = pin::login_by_pin(&app, &caller, &token, body.given(), captcha.as_ref()).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn set_pin_by_pin_auth_token(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    PinAuthToken(token): PinAuthToken,
    Query(fields): Query<Fields>,
    Json(body): Json<Given>,
) -> Result<Answer<LoginAnswer>> {
    factors::pin::require_pin(&caller)?;
    let token = token.ok_or_else(|| Refusal::missing("pinauthtoken"))?;
    let pin = body.given().ok_or(Reason::PinMissing)?;
    let login = pin::set_pin_by_pin_auth_token(&app, &caller, &token, &pin).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn change_pin_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Json(body): Json<Change>,
) -> Result<Answer<Done>> {
    factors::pin::require_pin(&signed_in.caller)?;
    let old = Pin::new(Secret::new(required("oldpin", body.oldpin)?));
    let new = Pin::new(Secret::new(required("newpin", body.newpin)?));
    pin::change_pin(&app, &signed_in, &old, &new).await?;
    Ok(Answer(Done::yes()))
}

async fn forgot_pin_by_email(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(page): Query<ResetPage>,
    Json(body): Json<ByEmail>,
) -> Result<Answer<Done>> {
    factors::pin::require_pin(&caller)?;
    let typed = Typed { email: Some(required("email", body.email)?), ..Typed::default() };
    pin::forgot_pin_by_email(&app, &caller, &typed, page.resetpinurl.as_deref()).await?;
    Ok(Answer(Done::yes()))
}

async fn forgot_pin_by_username(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(page): Query<ResetPage>,
    Json(body): Json<ByUsername>,
) -> Result<Answer<Done>> {
    factors::pin::require_pin(&caller)?;
    let typed = Typed { username: Some(required("username", body.username)?), ..Typed::default() };
    pin::forgot_pin_by_email(&app, &caller, &typed, page.resetpinurl.as_deref()).await?;
    Ok(Answer(Done::yes()))
}

async fn forgot_pin_by_phone(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(telling): Query<Telling>,
    Json(body): Json<ByPhone>,
) -> Result<Answer<PostedMessage>> {
    factors::pin::require_pin(&caller)?;
    let number = Phone::parse(&required("phone", body.phone)?)?;
    let posted = pin::forgot_pin_by_phone(&app, &caller, &number, telling.voice()).await?;
    Ok(Answer(PostedMessage::of(posted)))
}

async fn reset_pin_by_reset_token(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Json(body): Json<ResetByToken>,
) -> Result<Answer<Done>> {
    factors::pin::require_pin(&caller)?;
    let token = Secret::new(required("resettoken", body.resettoken)?);
    let pin = Pin::new(Secret::new(required("pin", body.pin)?));
    pin::reset_pin(&app, &caller, Brought::Link(token), &pin).await?;
    Ok(Answer(Done::yes()))
}

async fn reset_pin_by_otp(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    SentTo(sent_to): SentTo,
    Json(body): Json<ResetByOtp>,
) -> Result<Answer<Done>> {
    factors::pin::require_pin(&caller)?;
    let pin = Pin::new(Secret::new(required("pin", body.pin)?));
    let otp = Secret::new(required("otp", body.otp)?);
    let brought = match sent_to.as_str() {
        "phone" => Brought::Phone(Phone::parse(&required("phone", body.phone)?)?, otp),
        "email" => Brought::Mail(Typed { email: Some(required("email", body.email)?), ..Typed::default() }, otp),
        "username" => {
            Brought::Mail(Typed { username: Some(required("username", body.username)?), ..Typed::default() }, otp)
        }
        _ => return Err(Reason::NoSuchOperation.into()),
    };
    pin::reset_pin(&app, &caller, brought, &pin).await?;
    Ok(Answer(Done::yes()))
}

async fn reset_pin_by_security_answer_and_email(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Releasing(given): Releasing,
    Json(body): Json<ResetByAnswers>,
) -> Result<Answer<Done>> {
    factors::pin::require_pin(&caller)?;
    let typed = Typed { email: Some(required("email", body.email)?), ..Typed::default() };
    reset_by_answers(&app, &caller, &typed, given, body.pin).await
}

async fn reset_pin_by_security_answer_and_phone(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Releasing(given): Releasing,
    Json(body): Json<ResetByAnswers>,
) -> Result<Answer<Done>> {
    factors::pin::require_pin(&caller)?;
    let typed = Typed { phone: Some(required("phone", body.phone)?), ..Typed::default() };
    reset_by_answers(&app, &caller, &typed, given, body.pin).await
}

async fn reset_pin_by_security_answer_and_user_name(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Releasing(given): Releasing,
    Json(body): Json<ResetByAnswers>,
) -> Result<Answer<Done>> {
    factors::pin::require_pin(&caller)?;
    let typed = Typed { username: Some(required("username", body.username)?), ..Typed::default() };
    reset_by_answers(&app, &caller, &typed, given, body.pin).await
}

async fn reset_by_answers(
    app: &App,
    caller: &Caller,
    typed: &Typed,
    given: Release,
    new: Option<String>,
) -> Result<Answer<Done>> {
    let new = Pin::new(Secret::new(required("pin", new)?));
    let answers = given.answers.ok_or_else(|| Refusal::missing("securityanswer"))?;
    pin::reset_pin_by_security_answer(app, caller, typed, &answers, &new).await?;
    Ok(Answer(Done::yes()))
}

async fn invalidate_pin_session_token(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    SessionToken(token): SessionToken,
) -> Result<Answer<Done>> {
    let token = token.ok_or_else(|| Refusal::missing("session_token"))?;
    pin::invalidate_pin_session_token(&app, &caller, &token).await?;
    Ok(Answer(Done::yes()))
}

/// The last segment of the path: what the code was asked for.
///
// Wire: three paths of the clients say by themselves what `{type}` says.
struct SentTo(String);

impl<S: Sync> FromRequestParts<S> for SentTo {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<SentTo> {
        Ok(SentTo(parts.uri.path().rsplit('/').next().unwrap_or_default().to_owned()))
    }
}

impl Describe for SentTo {
    fn describe(page: &mut Page<'_>) {
        page.path::<ResetPath>();
    }
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "it only describes the path")]
struct ResetPath {
    /// What the code was asked for: `email`, `phone` or `username`.
    r#type: String,
}

#[derive(Deserialize, JsonSchema)]
struct Given {
    /// The PIN.
    #[schemars(required)]
    pin: Option<String>,
}

impl Given {
    fn given(self) -> Option<Pin> {
        self.pin.filter(|text| !text.is_empty()).map(|text| Pin::new(Secret::new(text)))
    }
}

#[derive(Deserialize, JsonSchema)]
struct Change {
    /// The present PIN.
    #[schemars(required)]
    oldpin: Option<String>,
    /// The new one.
    #[schemars(required)]
    newpin: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ResetPage {
    /// The page that the link in the message opens; one of the tenant's domains. Without it the message carries a code.
    resetpinurl: Option<String>,
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "emailtemplate")]
    _template: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ByEmail {
    /// An address of the account.
    #[schemars(required)]
    email: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ByUsername {
    /// The user name of the account.
    #[schemars(required)]
    username: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ByPhone {
    /// The phone number with its country.
    #[schemars(required)]
    phone: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ResetByAnswers {
    /// The new PIN.
    #[schemars(required)]
    pin: Option<String>,
    /// An address of the account, where the path says so.
    email: Option<String>,
    /// The login phone of the account, with its country, where the path says so.
    phone: Option<String>,
    /// The user name of the account, where the path says so.
    username: Option<String>,
    /// The answer to each question that is asked, by the question's id.
    #[serde(rename = "securityanswer")]
    #[schemars(required)]
    _answers: Option<SecurityAnswers>,
}

#[derive(Deserialize, JsonSchema)]
struct ResetByToken {
    /// The token in the link.
    #[schemars(required)]
    resettoken: Option<String>,
    /// The new PIN.
    #[schemars(required)]
    pin: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ResetByOtp {
    /// The code in the message.
    #[schemars(required)]
    otp: Option<String>,
    /// The new PIN.
    #[schemars(required)]
    pin: Option<String>,
    /// The address that the code was asked for, as the path says.
    email: Option<String>,
    /// The phone number that the code was asked for, as the path says.
    phone: Option<String>,
    /// The user name that the code was asked for, as the path says.
    username: Option<String>,
}
