//! Signing in or up at one touch.

use super::smart_login::{Confirmed, Opened};
use crate::caller::{ApiKey, Captcha};
use crate::ops::answers::{Done, LoginAnswer, PostedMessage, Telling};
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Json, Query, Result, required};
use axum::extract::State;
use axum::http::Method;
use doorward_flows::App;
use doorward_flows::profile::identifiers;
use doorward_flows::sign_in::one_touch;

use doorward_model::identifier::{Email, Phone};
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    const VERIFY: &str = "/identity/v2/auth/onetouchlogin/phone/verify";
    Routes::group("One-touch login")
        .post(
            "/identity/v2/auth/onetouchlogin/email",
            one_touch_login_by_email,
            "Send the link that signs this device in or up",
        )
        .get(
            "/identity/v2/auth/email/onetouchlogin",
            verify_auto_login_email_one_touch,
            "Let the device in that waits for the link",
        )
        .changes()
        .post(
            "/identity/v2/auth/onetouchlogin/phone",
            one_touch_login_by_phone,
            "Send the code that signs in or up by phone",
        )
        .post(VERIFY, verify_one_touch_otp, "Sign in or up by the code sent to a phone")
        .alias_by(Method::PUT, VERIFY)
}

async fn one_touch_login_by_email(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(sending): Query<Sending>,
    Captcha(captcha): Captcha,
    Json(body): Json<Newcomer>,
) -> Result<Answer<Done>> {
    one_touch::require_one_touch(&caller)?;
    let guid = Secret::new(required("clientguid", body.clientguid)?);
    let email = Email::parse(&required("email", body.email)?)?;
    let page = sending.redirecturl.as_deref();
    one_touch::one_touch_login_by_email(&app, &caller, &email, body.name.as_deref(), &guid, page, captcha.as_ref())
        .await?;
    Ok(Answer(Done::yes()))
}

async fn verify_auto_login_email_one_touch(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(opened): Query<Opened>,
) -> Result<Answer<Confirmed>> {
    one_touch::require_one_touch(&caller)?;
    one_touch::verify_auto_login_email_one_touch(&app, &caller, &opened.token()?).await?;
    Ok(Answer(Confirmed::yes()))
}

async fn one_touch_login_by_phone(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(telling): Query<Telling>,
    Captcha(captcha): Captcha,
    Json(body): Json<NewNumber>,
) -> Result<Answer<PostedMessage>> {
    one_touch::require_one_touch(&caller)?;
    identifiers::require_phone_login(&caller)?;
    let number = Phone::parse(&required("phone", body.phone)?)?;
    let (name, voice) = (body.name.as_deref(), telling.voice());
    let posted = one_touch::one_touch_login_by_phone(&app, &caller, &number, name, voice, captcha.as_ref()).await?;
    Ok(Answer(PostedMessage::of(posted)))
}

/// Wire: the vendor's document says POST and knows no login in the answer; its clients send PUT and read one.
async fn verify_one_touch_otp(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(code): Query<Code>,
    Query(fields): Query<Fields>,
    Json(body): Json<Number>,
) -> Result<Answer<LoginAnswer>> {
    one_touch::require_one_touch(&caller)?;
    identifiers::require_phone_login(&caller)?;
    let otp = Secret::new(required("otp", code.otp)?);
    let number = Phone::parse(&required("phone", body.phone)?)?;
    let login = one_touch::verify_one_touch_otp(&app, &caller, &number, &otp).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

/// The message with the link, as far as a request shapes it.
#[derive(Deserialize, JsonSchema)]
struct Sending {
    /// The page that the link opens; one of the tenant's domains.
    redirecturl: Option<String>,
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "onetouchloginemailtemplate")]
    _template: Option<String>,
    /// Name of the welcome's template; an unknown name means the usual one.
    #[serde(rename = "welcomeemailtemplate")]
    _welcome: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Newcomer {
    /// The address, whether anybody has it or not.
    #[schemars(required)]
    email: Option<String>,
    /// A random GUID (version 4) that this device made up for this attempt, and polls with.
    #[schemars(required)]
    clientguid: Option<String>,
    /// What a new account is called.
    name: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct NewNumber {
    /// The phone number with its country, whether anybody has it or not.
    #[schemars(required)]
    phone: Option<String>,
    /// What a new account is called.
    name: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Code {
    /// The code in the message.
    #[schemars(required)]
    otp: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Number {
    /// The phone number that the code was sent to.
    #[schemars(required)]
    phone: Option<String>,
}
