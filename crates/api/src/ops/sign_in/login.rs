//! Signing in.

use crate::caller::{ApiKey, Releasing, SecurityAnswers};
use crate::ops::answers::{Invited, LoginAnswer, Telling2fa, Verifying};
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Flag, Json, Query, Result, required};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::factors::release::Release;
use doorward_flows::notify::Voice;
use doorward_flows::profile::identifiers::Typed;
use doorward_flows::session::Remember;
use doorward_flows::sign_in::login;

use doorward_flows::sign_in::login::Attempt;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    Routes::group("Login")
        .post("/identity/v2/auth/login", login, "Sign in by email, phone or user name")
        .internal_error(Reason::InternalError)
        .post("/identity/v2/auth/login/2fa", mfa_login, "Sign in; a client that knows of second factors")
}

#[expect(clippy::too_many_arguments, reason = "the declaration of an operation is its arguments")]
async fn login(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(fields): Query<Fields>,
    Query(wish): Query<Lasting>,
    Query(verifying): Query<Verifying>,
    Query(invited): Query<Invited>,
    Releasing(release): Releasing,
    Json(body): Json<Credentials>,
) -> Result<Answer<LoginAnswer>> {
    let (typed, password) = body.typed()?;
    invited.require_found()?;
    let login = login::login(&app, &caller, wish.attempt(&typed, &password, &verifying, &release)).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

#[expect(clippy::too_many_arguments, reason = "the declaration of an operation is its arguments")]
async fn mfa_login(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(fields): Query<Fields>,
    Query(wish): Query<Lasting>,
    Query(verifying): Query<Verifying>,
    Query(telling): Query<Telling2fa>,
    Releasing(release): Releasing,
    Json(body): Json<Credentials>,
) -> Result<Answer<LoginAnswer>> {
    let (typed, password) = body.typed()?;
    let attempt = Attempt { voice: telling.voice(), ..wish.attempt(&typed, &password, &verifying, &release) };
    let login = login::mfa_login(&app, &caller, attempt).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

/// How long the session of a login is to last.
#[derive(Deserialize, JsonSchema)]
pub(super) struct Lasting {
    /// Whether the session is to last, where the tenant allows that.
    rememberme: Flag,
}

impl Lasting {
    pub(super) fn remember(&self) -> Remember {
        if self.rememberme.0 { Remember::Yes } else { Remember::No }
    }

    fn attempt<'a>(
        &self,
        typed: &'a Typed,
        password: &'a Secret,
        verifying: &'a Verifying,
        release: &'a Release,
    ) -> Attempt<'a> {
        let verification_url = verifying.verificationurl.as_deref();
        Attempt { typed, password, remember: self.remember(), verification_url, release, voice: Voice::No }
    }
}

#[derive(Deserialize, JsonSchema)]
struct Credentials {
    /// An address; or one of the two below.
    email: Option<String>,
    /// A phone number with its country.
    phone: Option<String>,
    /// A user name.
    username: Option<String>,
    /// The password.
    #[schemars(required)]
    password: Option<String>,
    /// Answers to security questions by their ids, where a lock asks for them.
    #[serde(rename = "securityanswer")]
    _answers: Option<SecurityAnswers>,
}

impl Credentials {
    fn typed(self) -> Result<(Typed, Secret)> {
        let password = Secret::new(required("password", self.password)?);
        Ok((Typed { email: self.email, phone: self.phone, username: self.username }, password))
    }
}
