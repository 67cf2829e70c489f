//! A forgotten password, reset by phone or by email; and a known one, changed.

use crate::caller::{AccessToken, ApiKey, Captcha, Releasing, SecurityAnswers};
use crate::ops::answers::{Done, PostedLogin, PostedMessage, Telling};
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Json, Query, Result, required};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::access::Caller;
use doorward_flows::credentials::password;
use doorward_flows::profile::identifiers;

use doorward_flows::credentials::password::{Mailed, Reset};

use doorward_flows::profile::identifiers::Typed;
use doorward_model::identifier::Phone;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    const PASSWORD: &str = "/identity/v2/auth/password";
    Routes::group("Password")
        .post("/identity/v2/auth/password/otp", request_otp_for_password_reset, "Send a code that resets the password")
        .put("/identity/v2/auth/password/otp", reset_password_by_phone_otp, "Reset the password by phone and code")
        .post(PASSWORD, forgot_password, "Send a link or code that resets the password by email")
        .put(PASSWORD, reset_password_by_reset_token, "Reset the password by what an email carried")
        .put("/identity/v2/auth/password/reset", reset_password, "Reset the password by what an email carried")
        .put(
            "/identity/v2/auth/password/securityanswer",
            reset_password_security_answer,
            "Reset the password by answers to security questions",
        )
        .put("/identity/v2/auth/password/change", change_password, "Change the password")
}

async fn request_otp_for_password_reset(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Captcha(captcha): Captcha,
    Query(telling): Query<Telling>,
    Json(body): Json<Forgotten>,
) -> Result<Answer<PostedMessage>> {
    identifiers::require_phone_login(&caller)?;
    let number = Phone::parse(&required("phone", body.phone)?)?;
    let posted =
        password::request_otp_for_password_reset(&app, &caller, &number, telling.voice(), captcha.as_ref()).await?;
    Ok(Answer(PostedMessage::of(posted)))
}

async fn reset_password_by_phone_otp(
    State(app): State<App>,
    ApiKey(mut caller): ApiKey,
    Captcha(captcha): Captcha,
    Query(fields): Query<Fields>,
    Json(body): Json<ResetPassword>,
) -> Result<Answer<PostedLogin>> {
    identifiers::require_phone_login(&caller)?;
    caller.visit.templates.add("resetpasswordemailtemplate", body.resetpasswordemailtemplate);
    caller.visit.templates.add("resetpasswordsmstemplate", body.resetpasswordsmstemplate);
    let reset = Reset {
        password: Secret::new(required("password", body.password)?),
        otp: Secret::new(required("otp", body.otp)?),
        phone: Phone::parse(&required("phone", body.phone)?)?,
        captcha,
    };
    let login = password::reset_password_by_phone_otp(&app, &caller, reset).await?;
    Ok(Answer(PostedLogin::of(login, &fields)))
}

async fn forgot_password(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Captcha(captcha): Captcha,
    Query(page): Query<ResetPage>,
    Json(body): Json<ForgottenBy>,
) -> Result<Answer<Done>> {
    let typed = Typed { email: body.email, username: body.username, ..Typed::default() };
    let page = page.resetpasswordurl.as_deref();
    password::forgot_password(&app, &caller, &typed, page, captcha.as_ref()).await?;
    Ok(Answer(Done::yes()))
}

/// Wire: the same as [`reset_password`], under the older path.
async fn reset_password_by_reset_token(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(fields): Query<Fields>,
    Json(body): Json<ResetByMail>,
) -> Result<Answer<PostedLogin>> {
    reset(&app, caller, &fields, body).await
}

async fn reset_password(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(fields): Query<Fields>,
    Json(body): Json<ResetByMail>,
) -> Result<Answer<PostedLogin>> {
    reset(&app, caller, &fields, body).await
}

async fn reset(app: &App, mut caller: Caller, fields: &Fields, body: ResetByMail) -> Result<Answer<PostedLogin>> {
    caller.visit.templates.add("resetpasswordemailtemplate", body.resetpasswordemailtemplate.clone());
    let (password, mailed) = body.read()?;
    let login = password::reset_password(app, &caller, mailed, &password).await?;
    Ok(Answer(PostedLogin::of(login, fields)))
}

async fn reset_password_security_answer(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(fields): Query<Fields>,
    Releasing(given): Releasing,
    Json(body): Json<ResetByAnswers>,
) -> Result<Answer<PostedLogin>> {
    let password = Secret::new(required("password", body.password)?);
    let answers = given.answers.ok_or_else(|| Refusal::missing("securityanswer"))?;
    let typed = Typed { email: body.email, phone: body.phone, username: body.username };
    let login = password::reset_password_security_answer(&app, &caller, &typed, &answers, &password).await?;
    Ok(Answer(PostedLogin::of(login, &fields)))
}

async fn change_password(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Releasing(release): Releasing,
    Json(body): Json<ChangePassword>,
) -> Result<Answer<Done>> {
    let old = Secret::new(required("oldpassword", body.oldpassword)?);
    let new = Secret::new(required("newpassword", body.newpassword)?);
    password::change_password(&app, &signed_in, &old, &new, &release).await?;
    Ok(Answer(Done::yes()))
}

#[derive(Deserialize, JsonSchema)]
struct Forgotten {
    /// The phone number with its country.
    #[schemars(required)]
    phone: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ResetPassword {
    /// The new password.
    #[schemars(required)]
    password: Option<String>,
    /// The code in the message.
    #[schemars(required)]
    otp: Option<String>,
    /// The phone number with its country.
    #[schemars(required)]
    phone: Option<String>,
    /// Name of the version of the email that tells of the change.
    resetpasswordemailtemplate: Option<String>,
    /// Name of the version of the text message that tells of the change.
    resetpasswordsmstemplate: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ResetPage {
    /// The page that the link in the message opens; one of the tenant's domains. Without it the message carries a code.
    resetpasswordurl: Option<String>,
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "emailtemplate")]
    _template: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ForgottenBy {
    /// An address of the account; or its user name.
    email: Option<String>,
    /// The user name of the account.
    username: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ResetByMail {
    /// The new password.
    #[schemars(required)]
    password: Option<String>,
    /// The token in the link; or one of the identifiers below, and the code.
    resettoken: Option<String>,
    /// The address that the code was asked for.
    email: Option<String>,
    /// The user name that the code was asked for.
    username: Option<String>,
    /// The code in the message.
    otp: Option<String>,
    /// Name of the version of the email that tells of the change.
    resetpasswordemailtemplate: Option<String>,
}

impl ResetByMail {
    /// 908 when the password or every way to show who one is are missing.
    fn read(self) -> Result<(Secret, Mailed), Refusal> {
        let password = Secret::new(required("password", self.password)?);
        if let Some(token) = self.resettoken.filter(|token| !token.trim().is_empty()) {
            return Ok((password, Mailed::Token(Secret::new(token))));
        }
        let is_named = [&self.email, &self.username].into_iter().flatten().any(|name| !name.trim().is_empty());
        if !is_named {
            return Err(Refusal::missing("resettoken"));
        }
        let otp = Secret::new(required("otp", self.otp)?);
        let typed = Typed { email: self.email, username: self.username, ..Typed::default() };
        Ok((password, Mailed::Code(typed, otp)))
    }
}

#[derive(Deserialize, JsonSchema)]
struct ResetByAnswers {
    /// The new password.
    #[schemars(required)]
    password: Option<String>,
    /// An address of the account; or one of the two below.
    email: Option<String>,
    /// The login phone of the account, with its country.
    phone: Option<String>,
    /// The user name of the account.
    username: Option<String>,
    /// The answer to each question that is asked, by the question's id.
    #[serde(rename = "securityanswer")]
    #[schemars(required)]
    _answers: Option<SecurityAnswers>,
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "resetpasswordemailtemplate")]
    _template: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ChangePassword {
    /// The present password.
    #[schemars(required)]
    oldpassword: Option<String>,
    /// The new one.
    #[schemars(required)]
    newpassword: Option<String>,
    /// Answers to security questions by their ids, where a lock asks for them.
    #[serde(rename = "securityanswer")]
    _answers: Option<SecurityAnswers>,
}
