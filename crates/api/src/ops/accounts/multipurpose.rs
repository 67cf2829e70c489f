//! Codes and tokens for a back end that sends its own messages.

use crate::caller::ApiSecret;
use crate::routes::Routes;
use crate::wire::{Answer, Flag, Json, Path, Query, Result, required};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::accounts::Which;
use doorward_flows::accounts::multipurpose;

use doorward_flows::accounts::multipurpose::{EmailUse, Message, PhoneUse, Token};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone, Username};
use doorward_model::refusal::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Routes {
    Routes::group("Tokens for messages of one's own")
        .post(
            "/identity/v2/manage/account/emailtoken/{tokentype}",
            multipurpose_email_token_api,
            "Make a token for an address",
        )
        .post("/identity/v2/manage/account/smsotp/{smsotptype}", multipurpose_sms_otp_api, "Make a code for a phone")
        .post(
            "/identity/v2/manage/account/forgot/token",
            forgot_password_token_and_email,
            "Make a token that resets the password",
        )
        .post(
            "/identity/v2/manage/account/verify/token",
            get_email_verification_token,
            "Make a token that proves an address",
        )
        .get(
            "/identity/v2/manage/account/vtoken",
            get_verification_token,
            "Make a token for an address, as links carry it",
        )
        .changes()
}

async fn multipurpose_email_token_api(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<TokenType>,
    Json(body): Json<Person>,
) -> Result<Answer<TokenAnswer>> {
    let usage = EmailUse::parse(&path.tokentype)?;
    let token = multipurpose::email_token(&app, &admin, usage, body.which()?, Message::None, None).await?;
    Ok(Answer(TokenAnswer::of(token)))
}

async fn multipurpose_sms_otp_api(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<SmsOtpType>,
    Json(body): Json<Number>,
) -> Result<Answer<TokenAnswer>> {
    let usage = PhoneUse::parse(&path.smsotptype)?;
    let phone = Phone::parse(&required("phone", body.phone)?)?;
    let uid = filled(body.uid).map(Uid::new);
    let token = multipurpose::phone_code(&app, &admin, usage, &phone, uid).await?;
    Ok(Answer(TokenAnswer::of(token)))
}

async fn forgot_password_token_and_email(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(mail): Query<ResetMail>,
    Json(body): Json<Forgetful>,
) -> Result<Answer<ForgotToken>> {
    let token = if let Some(phone) = filled(body.phone) {
        let phone = Phone::parse(&phone)?;
        multipurpose::phone_code(&app, &admin, PhoneUse::ResetPassword, &phone, None).await?
    } else {
        let person = Person { email: body.email, username: body.username, uid: None };
        let message = message(mail.sendemail, mail.resetpasswordurl.as_deref());
        multipurpose::email_token(&app, &admin, EmailUse::ResetPassword, person.which()?, message, None).await?
    };
    Ok(Answer(ForgotToken { forgot_token: token.text.expose().to_owned(), identity_providers: token.providers }))
}

async fn get_email_verification_token(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Json(body): Json<Address>,
) -> Result<Answer<DatedToken>> {
    let which = Which::Email(Email::parse(&required("email", body.email)?)?);
    let token = multipurpose::email_token(&app, &admin, EmailUse::Verify, which, Message::None, None).await?;
    Ok(Answer(DatedToken {
        verification_token: token.text.expose().to_owned(),
        expires_in: token.expires_at.to_wire(),
    }))
}

async fn get_verification_token(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(wish): Query<Wish>,
) -> Result<Answer<VerificationToken>> {
    let usage = EmailUse::parse(&required("vtype", wish.vtype)?)?;
    let which = Which::Email(Email::parse(&required("email", wish.email)?)?);
    let message = message(wish.sendemail, wish.verificationurl.as_deref());
    // A wish that is no number is none.
    let minutes = wish.expires_in.and_then(|text| text.trim().parse().ok());
    let token = multipurpose::email_token(&app, &admin, usage, which, message, minutes).await?;
    Ok(Answer(VerificationToken { verification_token: token.text.expose().to_owned() }))
}

fn message(sends: Flag, page: Option<&str>) -> Message<'_> {
    if sends.0 { Message::Mail(page) } else { Message::None }
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

#[derive(Deserialize, JsonSchema)]
struct TokenType {
    /// `emailverification`, `forgotpassword` or `deleteuser`.
    tokentype: String,
}

#[derive(Deserialize, JsonSchema)]
struct SmsOtpType {
    /// `phoneidverification`, `forgotpassword`, `deleteuser`, `addphone` or `passwordlesslogin`.
    smsotptype: String,
}

#[derive(Deserialize, JsonSchema)]
struct Person {
    /// An address of the account; or one of the two below.
    email: Option<String>,
    /// Its user name.
    username: Option<String>,
    /// The account.
    uid: Option<String>,
}

impl Person {
    /// 908 when nobody is named.
    fn which(self) -> Result<Which, Refusal> {
        Ok(match (filled(self.email), filled(self.username), filled(self.uid)) {
            (Some(email), _, _) => Which::Email(Email::parse(&email)?),
            (None, Some(username), _) => Which::Username(Username::parse(&username)?),
            (None, None, Some(uid)) => Which::Uid(Uid::new(uid)),
            (None, None, None) => return Err(Refusal::missing("email")),
        })
    }
}

#[derive(Deserialize, JsonSchema)]
struct Number {
    /// The login phone with its country, or the one that an account is to have.
    #[schemars(required)]
    phone: Option<String>,
    /// The account that must have it.
    uid: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Forgetful {
    /// An address of the account; or one of the two below.
    email: Option<String>,
    /// Its user name.
    username: Option<String>,
    /// Its login phone; then the token is a code.
    phone: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ResetMail {
    /// Whether the message is sent too; not for a phone.
    sendemail: Flag,
    /// The page that the message's link leads to; one of the tenant's.
    resetpasswordurl: Option<String>,
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "emailtemplate")]
    _template: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Address {
    /// The address.
    #[schemars(required)]
    email: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Wish {
    /// `emailverification`, `reset` or `deleteuser`.
    #[schemars(required)]
    vtype: Option<String>,
    /// The address.
    #[schemars(required)]
    email: Option<String>,
    /// Minutes that the link works, if that is less than it would.
    expires_in: Option<String>,
    /// Whether the message is sent too.
    sendemail: Flag,
    /// The page that the message's link leads to; one of the tenant's.
    verificationurl: Option<String>,
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "emailtemplate")]
    _template: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct TokenAnswer {
    /// The code, or the token of a link.
    token: String,
    /// When it is over, RFC 3339 in UTC.
    expires_in: String,
    /// How the person can sign in.
    identity_providers: Vec<String>,
}

impl TokenAnswer {
    fn of(token: Token) -> TokenAnswer {
        TokenAnswer {
            token: token.text.expose().to_owned(),
            expires_in: token.expires_at.to_wire(),
            identity_providers: token.providers,
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct ForgotToken {
    /// The code, or the token of a link.
    forgot_token: String,
    /// How the person can sign in.
    identity_providers: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct DatedToken {
    /// The code, or the token of a link.
    #[serde(rename = "VerificationToken")]
    verification_token: String,
    /// When it is over, RFC 3339 in UTC.
    expires_in: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct VerificationToken {
    /// The code, or the token of a link.
    verification_token: String,
}
