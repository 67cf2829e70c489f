//! Registration by the person.

use crate::caller::{ApiKey, Captcha, Sott};
use crate::ops::answers::{Done, Invited, PostedLogin, Telling, Verifying};
use crate::routes::Routes;
use crate::wire::{Answer, Body, Fields, Json, Query, Result};
use axum::extract::State;
use doorward_flows::own::email;
use doorward_flows::{App, registration};

use doorward_flows::profile::identifiers::Typed;

use doorward_flows::registration::Registration;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

pub(super) fn routes() -> Routes {
    const REGISTER: &str = "/identity/v2/auth/register";
    Routes::group("Registration")
        .post(REGISTER, register_by_sott, "Register by email, phone or user name")
        .post("/identity/v2/auth/register/captcha", register_by_captcha, "Register with a captcha instead of a token")
        .put(REGISTER, resend_email_verification, "Send the message that proves an address again")
}

#[expect(clippy::too_many_arguments, reason = "the declaration of an operation is its arguments")]
async fn register_by_sott(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Sott(sott): Sott,
    Query(wishes): Query<Wishes>,
    Query(telling): Query<Telling>,
    Query(invited): Query<Invited>,
    Query(fields): Query<Fields>,
    Body(body): Body,
) -> Result<Answer<PostedLogin>> {
    invited.require_found()?;
    let registration = wishes.of(&body, &telling);
    let login = registration::register_by_sott(&app, &caller, &Secret::new(sott), registration).await?;
    Ok(Answer(PostedLogin::of(login, &fields)))
}

#[expect(clippy::too_many_arguments, reason = "the declaration of an operation is its arguments")]
async fn register_by_captcha(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Captcha(captcha): Captcha,
    Query(wishes): Query<Wishes>,
    Query(telling): Query<Telling>,
    Query(invited): Query<Invited>,
    Query(fields): Query<Fields>,
    Body(body): Body,
) -> Result<Answer<PostedLogin>> {
    invited.require_found()?;
    let registration = wishes.of(&body, &telling);
    let login = registration::register_by_captcha(&app, &caller, captcha.as_ref(), registration).await?;
    Ok(Answer(PostedLogin::of(login, &fields)))
}

async fn resend_email_verification(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(verifying): Query<Verifying>,
    Json(body): Json<Unverified>,
) -> Result<Answer<Done>> {
    let typed = Typed { email: body.email, username: body.username, ..Typed::default() };
    email::resend_email_verification(&app, &caller, &typed, verifying.verificationurl.as_deref()).await?;
    Ok(Answer(Done::yes()))
}

#[derive(Deserialize, JsonSchema)]
struct Unverified {
    /// The address that is to be proved; or a user name.
    email: Option<String>,
    /// The user name of the account whose address is to be proved.
    username: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Wishes {
    /// The page that the link in the verification message opens; one of the tenant's domains.
    verificationurl: Option<String>,
    /// `PreventVerificationEmail`, `preventverificationsms`, or both with a comma.
    options: Option<String>,
}

impl Wishes {
    fn of<'a>(&'a self, body: &'a Map<String, Value>, telling: &Telling) -> Registration<'a> {
        let wishes = registration::Wishes {
            verification_url: self.verificationurl.as_deref(),
            options: self.options.as_deref(),
            voice: telling.voice(),
        };
        Registration { body, wishes }
    }
}
