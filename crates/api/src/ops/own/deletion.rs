//! The person's own account: deleted, unlocked.

use crate::caller::{AccessToken, ApiKey, Releasing, SecurityAnswers};
use crate::ops::answers::{Done, Gone, PostedMessage, Telling};
use crate::routes::Routes;
use crate::wire::{Answer, Json, Query, Result, required};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::own::deletion::Confirmation;
use doorward_flows::own::{deletion, unlock};

use doorward_model::identifier::Email;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Routes {
    const DELETE: &str = "/identity/v2/auth/account/delete";
    Routes::group("Own account")
        .delete("/identity/v2/auth/account", delete_account_by_access_token, "Ask to delete the person's own account")
        .get(DELETE, delete_account, "Delete an account by the link or code in an email")
        .changes()
        .get("/identity/v2/auth/account/otp", send_delete_otp, "Send the person a code that deletes their account")
        .changes()
        .post(DELETE, delete_account_by_phone_otp, "Delete the person's own account by the code")
        .put(
            "/identity/v2/auth/account/unlock",
            unlock_account_by_access_token,
            "Lift a lock of the person's own account",
        )
}

async fn delete_account_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(page): Query<DeletePage>,
) -> Result<Answer<Accepted>> {
    deletion::delete_account_by_access_token(&app, &signed_in, page.deleteurl.as_deref()).await?;
    Ok(Answer(Accepted { is_delete_request_accepted: true }))
}

async fn delete_account(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(query): Query<Confirmed>,
) -> Result<Answer<Done>> {
    deletion::delete_account(&app, &caller, query.confirmation()?).await?;
    Ok(Answer(Done::yes()))
}

async fn send_delete_otp(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(telling): Query<Telling>,
) -> Result<Answer<PostedMessage>> {
    let posted = deletion::send_delete_otp(&app, &signed_in, telling.voice()).await?;
    Ok(Answer(PostedMessage::of(posted)))
}

async fn delete_account_by_phone_otp(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Releasing(release): Releasing,
    Json(body): Json<Code>,
) -> Result<Answer<Gone>> {
    let otp = Secret::new(required("otp", body.otp)?);
    deletion::delete_account_by_phone_otp(&app, &signed_in, &otp, &release).await?;
    Ok(Answer(Gone::yes()))
}

async fn unlock_account_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Releasing(release): Releasing,
    Json(_): Json<Unlocking>,
) -> Result<Answer<Done>> {
    unlock::unlock_account_by_access_token(&app, &signed_in, &release).await?;
    Ok(Answer(Done::yes()))
}

#[derive(Deserialize, JsonSchema)]
struct DeletePage {
    /// The page that the link in the message opens; one of the tenant's domains. Without it the message carries a code.
    deleteurl: Option<String>,
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "emailtemplate")]
    _template: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Confirmed {
    /// The token in the link; or the two below.
    deletetoken: Option<String>,
    /// The address that the code was sent to.
    email: Option<String>,
    /// The code in the message.
    otp: Option<String>,
}

impl Confirmed {
    /// 908 when neither a token nor address and code are there.
    fn confirmation(self) -> Result<Confirmation, Refusal> {
        let Some(email) = self.email.filter(|email| !email.trim().is_empty()) else {
            return Ok(Confirmation::Token(Secret::new(required("deletetoken", self.deletetoken)?)));
        };
        match self.deletetoken.filter(|token| !token.trim().is_empty()) {
            Some(token) => Ok(Confirmation::Token(Secret::new(token))),
            None => Ok(Confirmation::Code(Email::parse(&email)?, Secret::new(required("otp", self.otp)?))),
        }
    }
}

#[derive(Deserialize, JsonSchema)]
struct Code {
    /// The code in the message.
    #[schemars(required)]
    otp: Option<String>,
    /// Answers to security questions by their ids, where a lock asks for them.
    #[serde(rename = "securityanswer")]
    _answers: Option<SecurityAnswers>,
}

#[derive(Deserialize, JsonSchema)]
struct Unlocking {
    /// Answers to security questions by their ids, where a lock asks for them.
    #[serde(rename = "securityanswer")]
    _answers: Option<SecurityAnswers>,
}

/// That the message is on its way.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Accepted {
    /// Always true.
    is_delete_request_accepted: bool,
}
