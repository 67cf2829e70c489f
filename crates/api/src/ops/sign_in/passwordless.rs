//! Signing in without a password: what asks for the message, and what brings back what it carried.

use super::login::Lasting;
use crate::caller::{ApiKey, Captcha, MaybeSott};
use crate::ops::answers::{Done, LoginAnswer, PostedMessage, Telling};
use crate::routes::Routes;
use crate::wire::{Answer, Body, Fields, Json, Query, Result, required};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::profile::identifiers;
use doorward_flows::sign_in::passwordless;

use doorward_flows::profile::identifiers::Typed;

use doorward_flows::sign_in::passwordless::Profile;
use doorward_model::identifier::Phone;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    const EMAIL: &str = "/identity/v2/auth/login/passwordlesslogin/email";
    const PHONE: &str = "/identity/v2/auth/login/passwordlesslogin/otp";
    Routes::group("Passwordless login")
        .get(EMAIL, passwordless_login_by_email, "Send the link or code that signs in, by address or user name")
        .changes()
        .post(EMAIL, passwordless_login_by_email_with_profile, "Send it by email, and register whoever is new")
        .get(
            "/identity/v2/auth/login/passwordlesslogin/email/verify",
            passwordless_email_verification,
            "Sign in by the link in an email",
        )
        .changes()
        .post(
            "/identity/v2/auth/login/passwordlesslogin/email/verifyotp",
            passwordless_login_by_email_and_otp,
            "Sign in by address and code",
        )
        .get(PHONE, passwordless_login_by_phone, "Send the code that signs in, by phone")
        .changes()
        .post(PHONE, passwordless_login_by_phone_with_profile, "Send it by phone, and register whoever is new")
        .put(
            "/identity/v2/auth/login/passwordlesslogin/otp/verify",
            passwordless_login_phone_verification,
            "Sign in by phone and code",
        )
        .post(
            "/identity/v2/auth/login/passwordlesslogin/username/verifyotp",
            passwordless_login_by_username_and_otp,
            "Sign in by user name and code",
        )
}

async fn passwordless_login_by_email(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Captcha(captcha): Captcha,
    Query(wanted): Query<Wanted>,
    Query(message): Query<Message>,
) -> Result<Answer<Done>> {
    let typed = Typed { email: wanted.email, username: wanted.username, ..Typed::default() };
    let page = message.verificationurl.as_deref();
    passwordless::passwordless_login_by_email(&app, &caller, &typed, page, captcha.as_ref()).await?;
    Ok(Answer(Done::yes()))
}

async fn passwordless_login_by_email_with_profile(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Captcha(captcha): Captcha,
    MaybeSott(sott): MaybeSott,
    Query(message): Query<Message>,
    Body(body): Body,
) -> Result<Answer<Done>> {
    let profile = Profile { body: &body, sott: sott.map(Secret::new) };
    let page = message.verificationurl.as_deref();
    passwordless::passwordless_login_by_email_with_profile(&app, &caller, &profile, page, captcha.as_ref()).await?;
    Ok(Answer(Done::yes()))
}

async fn passwordless_email_verification(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(opened): Query<Opened>,
    Query(wish): Query<Lasting>,
    Query(fields): Query<Fields>,
) -> Result<Answer<LoginAnswer>> {
    identifiers::require_email(&caller)?;
    let token = Secret::new(required("verificationtoken", opened.verificationtoken)?);
    let login = passwordless::passwordless_email_verification(&app, &caller, &token, wish.remember()).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn passwordless_login_by_email_and_otp(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(wish): Query<Lasting>,
    Query(fields): Query<Fields>,
    Json(body): Json<EmailAndOtp>,
) -> Result<Answer<LoginAnswer>> {
    identifiers::require_email(&caller)?;
    let otp = Secret::new(required("otp", body.otp)?);
    let email = required("email", body.email)?;
    let login = passwordless::passwordless_login_by_email_and_otp(&app, &caller, &email, &otp, wish.remember()).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn passwordless_login_by_phone(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Captcha(captcha): Captcha,
    Query(wanted): Query<Number>,
    Query(telling): Query<Telling>,
) -> Result<Answer<PostedMessage>> {
    identifiers::require_phone(&caller)?;
    let phone = Phone::parse(&required("phone", wanted.phone)?)?;
    let posted =
        passwordless::passwordless_login_by_phone(&app, &caller, &phone, telling.voice(), captcha.as_ref()).await?;
    Ok(Answer(PostedMessage::of(posted)))
}

async fn passwordless_login_by_phone_with_profile(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Captcha(captcha): Captcha,
    MaybeSott(sott): MaybeSott,
    Query(telling): Query<Telling>,
    Body(body): Body,
) -> Result<Answer<PostedMessage>> {
    let profile = Profile { body: &body, sott: sott.map(Secret::new) };
    let posted = passwordless::passwordless_login_by_phone_with_profile(
        &app,
        &caller,
        &profile,
        telling.voice(),
        captcha.as_ref(),
    )
    .await?;
    Ok(Answer(PostedMessage::of(posted)))
}

async fn passwordless_login_phone_verification(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(wish): Query<Lasting>,
    Query(fields): Query<Fields>,
    Json(body): Json<PhoneAndOtp>,
) -> Result<Answer<LoginAnswer>> {
    identifiers::require_phone(&caller)?;
    let otp = Secret::new(required("otp", body.otp)?);
    let phone = Phone::parse(&required("phone", body.phone)?)?;
    let login =
        passwordless::passwordless_login_phone_verification(&app, &caller, &phone, &otp, wish.remember()).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn passwordless_login_by_username_and_otp(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(wish): Query<Lasting>,
    Query(fields): Query<Fields>,
    Json(body): Json<UsernameAndOtp>,
) -> Result<Answer<LoginAnswer>> {
    identifiers::require_email(&caller)?;
    let otp = Secret::new(required("otp", body.otp)?);
    let username = required("username", body.username)?;
    let login =
        passwordless::passwordless_login_by_username_and_otp(&app, &caller, &username, &otp, wish.remember()).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

#[derive(Deserialize, JsonSchema)]
struct Wanted {
    /// An address of the account; or its user name.
    email: Option<String>,
    /// The user name of the account.
    username: Option<String>,
}

/// The message, as far as a request shapes it.
#[derive(Deserialize, JsonSchema)]
struct Message {
    /// The page that the link in the message opens; one of the tenant's domains.
    verificationurl: Option<String>,
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "passwordlesslogintemplate")]
    _template: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Opened {
    /// The token in the link.
    #[schemars(required)]
    verificationtoken: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Number {
    /// The phone number with its country.
    #[schemars(required)]
    phone: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct EmailAndOtp {
    /// The code in the message.
    #[schemars(required)]
    otp: Option<String>,
    /// The address it was sent to.
    #[schemars(required)]
    email: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct PhoneAndOtp {
    /// The code in the message.
    #[schemars(required)]
    otp: Option<String>,
    /// The number it was sent to.
    #[schemars(required)]
    phone: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct UsernameAndOtp {
    /// The code in the message.
    #[schemars(required)]
    otp: Option<String>,
    /// The user name it was asked for.
    #[schemars(required)]
    username: Option<String>,
}
