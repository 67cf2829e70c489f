//! Signing in.

use super::wire::{LoginAnswer, Verifying};
use crate::answer::Answer;
use crate::caller::ApiKey;
use crate::error::{Result, required};
use crate::json::Json;
use crate::query::{Flag, Query};
use crate::routes::Routes;
use crate::shape::Fields;
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::login::{self, Remember, Typed};
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    Routes::group("Login")
        .post("/identity/v2/auth/login", login, "Sign in by email, phone or user name")
        .internal_error(Reason::InternalError)
}

async fn login(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(fields): Query<Fields>,
    Query(wish): Query<Lasting>,
    Query(verifying): Query<Verifying>,
    Json(body): Json<Credentials>,
) -> Result<Answer<LoginAnswer>> {
    let password = Secret::new(required("password", body.password)?);
    let typed = Typed { email: body.email, phone: body.phone, username: body.username };
    let page = verifying.verificationurl.as_deref();
    let login = login::login(&app, &caller, &typed, &password, wish.remember(), page).await?;
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
}
