//! Email addresses: proved, added, removed.

use crate::caller::{AccessToken, ApiKey, MaybeAccessToken, Releasing, SecurityAnswers};
use crate::ops::answers::{Availability, Done, Gone, PostedLogin, Verifying};
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Json, Query, Result, required};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::access::Caller;
use doorward_flows::factors::release::Release;
use doorward_flows::own::email;

use doorward_model::identifier::Email;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Routes {
    const EMAIL: &str = "/identity/v2/auth/email";
    Routes::group("Email")
        .get(EMAIL, check_email_availability, "Ask for an address, or prove it by its link or code")
        .changes()
        .put(EMAIL, verify_email_by_otp, "Prove an address by its code")
        .post(EMAIL, add_email, "Add an address to the person's own account")
        .delete(EMAIL, delete_email_by_access_token, "Remove an address from the person's own account")
        .get(
            "/identity/v2/auth/email/sendverificationemail",
            send_email_verification,
            "Send the message that proves the person's own address again",
        )
        .changes()
        .get(
            "/identity/v2/auth/account/sendwelcomeemail",
            send_welcome_email,
            "Send the welcome to the person's own address",
        )
        .changes()
}

/// Wire: one path asks three things, told apart by what comes with it.
async fn check_email_availability(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(question): Query<Question>,
    Query(fields): Query<Fields>,
    Releasing(release): Releasing,
) -> Result<Answer<Reply>> {
    if let Some(token) = question.verificationtoken {
        let login = email::verify_email_by_link(&app, &caller, &Secret::new(token)).await?;
        return Ok(Answer(Reply::Verified(Box::new(PostedLogin::of(Some(login), &fields)))));
    }
    let address = Email::parse(&required("email", question.email)?)?;
    if let Some(otp) = question.otp {
        let verified = by_otp(&app, &caller, &address, otp, &release, &fields).await?;
        return Ok(Answer(Reply::Verified(Box::new(verified))));
    }
    let is_exist = email::check_email_availability(&app, &caller, &address).await?;
    Ok(Answer(Reply::Availability(Availability::of(is_exist))))
}

async fn verify_email_by_otp(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(fields): Query<Fields>,
    Releasing(release): Releasing,
    Json(body): Json<Proof>,
) -> Result<Answer<PostedLogin>> {
    let otp = required("otp", body.otp)?;
    let address = Email::parse(&required("email", body.email)?)?;
    Ok(Answer(by_otp(&app, &caller, &address, otp, &release, &fields).await?))
}

async fn by_otp(
    app: &App,
    caller: &Caller,
    address: &Email,
    otp: String,
    release: &Release,
    fields: &Fields,
) -> Result<PostedLogin> {
    let login = email::verify_email_by_otp(app, caller, address, &Secret::new(otp), release).await?;
    Ok(PostedLogin::of(Some(login), fields))
}

async fn add_email(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(verifying): Query<Verifying>,
    Json(body): Json<NewAddress>,
) -> Result<Answer<Done>> {
    let address = Email::parse(&required("email", body.email)?)?;
    let page = verifying.verificationurl.as_deref();
    email::add_email(&app, &signed_in, &address, body.r#type.as_deref(), page).await?;
    Ok(Answer(Done::yes()))
}

async fn delete_email_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Json(body): Json<Address>,
) -> Result<Answer<Gone>> {
    let address = Email::parse(&required("email", body.email)?)?;
    email::delete_email_by_access_token(&app, &signed_in, &address).await?;
    Ok(Answer(Gone::yes()))
}

/// Wire: the token may come in three places and is therefore declared optional; there is nobody to write to without it.
async fn send_email_verification(
    State(app): State<App>,
    MaybeAccessToken(_, signed_in): MaybeAccessToken,
    Query(verifying): Query<Verifying>,
    Query(_): Query<Linking>,
) -> Result<Answer<Sent>> {
    let signed_in = signed_in.ok_or_else(|| Refusal::missing("access_token"))?;
    let posted = email::send_email_verification(&app, &signed_in, verifying.verificationurl.as_deref()).await?;
    Ok(Answer(Sent { is_posted: true, uuid: posted.sid }))
}

async fn send_welcome_email(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(_): Query<Greeting>,
) -> Result<Answer<Done>> {
    email::send_welcome_email(&app, &signed_in).await?;
    Ok(Answer(Done::yes()))
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
    /// Answers to security questions by their ids, where a lock asks for them.
    #[serde(rename = "securityanswer")]
    _answers: Option<SecurityAnswers>,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Reply {
    Availability(Availability),
    Verified(Box<PostedLogin>),
}

#[derive(Deserialize, JsonSchema)]
struct Address {
    /// The address.
    #[schemars(required)]
    email: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct NewAddress {
    /// The address.
    #[schemars(required)]
    email: Option<String>,
    /// Its type, such as `Secondary`; at most one is `Primary`.
    r#type: Option<String>,
}

/// Which sign-in at another provider the message belongs to; read by nobody.
#[derive(Deserialize, JsonSchema)]
struct Linking {
    /// Named by clients that link a social profile.
    #[serde(rename = "clientguid")]
    _client_guid: Option<String>,
}

/// Which greeting is sent.
#[derive(Deserialize, JsonSchema)]
struct Greeting {
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "welcomeemailtemplate")]
    _template: Option<String>,
}

/// That a message is on its way.
#[derive(Serialize, JsonSchema)]
struct Sent {
    /// Always true.
    #[serde(rename = "IsPosted")]
    is_posted: bool,
    /// Names the message, for support.
    #[serde(rename = "UUID")]
    uuid: String,
}
