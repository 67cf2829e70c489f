//! Access tokens at the older paths, where key and secret are called `key` and `secret`.

use crate::caller::{AccessToken, ApiSecret, SecretAlone, SecretAndToken};
use crate::ops::answers::{Done, TokensAnswer};
use crate::routes::Routes;
use crate::wire::{Answer, Flag, Query, Result, required};
use axum::extract::State;
use doorward_flows::session::{self, Active, Scope, Whose};
use doorward_flows::sign_in::sign_in_code;

use doorward_flows::App;

use doorward_model::id::Uid;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Routes {
    Routes::group("Session")
        .get("/api/v2/access_token", get_access_token, "Exchange the request token of a sign-in on the hosted pages")
        .changes()
        .refused_in_both_cases()
        .get("/api/v2/access_token/activesession", get_active_session, "List an account's sessions")
        .refused_in_both_cases()
        .get("/api/v2/access_token/invalidate", native_invalidate_access_token, "End an access token by the secret")
        .changes()
        .refused_in_both_cases()
        .get("/api/v2/access_token/validate", validate_access_token, "Ask by the secret whether an access token lives")
        .refused_in_both_cases()
        .get(
            "/api/v2/access_token/refresh",
            native_refresh_access_token,
            "Exchange an access token for the next tokens",
        )
        .changes()
        .refused_in_both_cases()
}

async fn get_access_token(
    State(app): State<App>,
    SecretAlone(admin): SecretAlone,
    Query(brought): Query<Brought>,
) -> Result<Answer<TokensAnswer>> {
    let token = Secret::new(required("token", brought.token)?);
    Ok(Answer(TokensAnswer::of(&sign_in_code::get_access_token(&app, &admin, &token).await?)))
}

async fn get_active_session(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(question): Query<Question>,
) -> Result<Answer<Sessions>> {
    let active = session::active_sessions(&app, &admin, question.whose()?).await?;
    Ok(Answer(Sessions { next_cursor: None, data: active.into_iter().map(Listed::of).collect() }))
}

async fn native_invalidate_access_token(
    State(app): State<App>,
    _: ApiSecret,
    AccessToken(signed_in): AccessToken,
    Query(ending): Query<Ending>,
) -> Result<Answer<Done>> {
    let scope = if ending.prevent_refresh.0 { Scope::Session } else { Scope::AccessToken };
    session::invalidate(&app, signed_in, scope).await?;
    Ok(Answer(Done::yes()))
}

async fn validate_access_token(_: ApiSecret, AccessToken(signed_in): AccessToken) -> Result<Answer<Valid>> {
    let info = session::describe(&signed_in);
    Ok(Answer(Valid {
        access_token: info.access_token.expose().to_owned(),
        refresh_token: None,
        expires_in: info.expires_at.to_wire(),
    }))
}

async fn native_refresh_access_token(
    State(app): State<App>,
    SecretAndToken(signed_in): SecretAndToken,
    Query(wish): Query<Wish>,
) -> Result<Answer<TokensAnswer>> {
    // A wish that is no number is none.
    let minutes = wish.expiresin.and_then(|text| text.trim().parse().ok());
    let tokens = session::exchange_access_token(&app, &signed_in, minutes).await?;
    Ok(Answer(TokensAnswer::of(&tokens)))
}

#[derive(Deserialize, JsonSchema)]
struct Brought {
    /// The code that the browser brought from the pages; it is used up, whatever comes of it.
    #[schemars(required)]
    token: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Question {
    /// An access token of the person; or what stands below.
    token: Option<String>,
    /// The account.
    accountid: Option<String>,
}

impl Question {
    /// 908 when nobody is named.
    fn whose(self) -> Result<Whose, Refusal> {
        let named = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        match (named(self.token), named(self.accountid)) {
            (Some(token), _) => Ok(Whose::Token(Secret::new(token))),
            (None, Some(uid)) => Ok(Whose::Account(Uid::new(uid))),
            (None, None) => Err(Refusal::missing("token")),
        }
    }
}

#[derive(Serialize, JsonSchema)]
struct Sessions {
    /// Always null: the list is whole, up to a hundred sessions.
    #[serde(rename = "nextCursor")]
    next_cursor: Option<String>,
    /// The sessions, newest first.
    data: Vec<Listed>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    /// Names the session; the access token itself is not kept.
    access_token: String,
    /// The browser, as it names itself.
    browser: Option<&'static str>,
    /// The machine, as the browser names it.
    device: Option<&'static str>,
    /// The operating system, as the browser names it.
    os: Option<&'static str>,
    /// `Desktop`, `Mobile` or `Tablet`.
    device_type: Option<&'static str>,
    /// Always null: addresses are not looked up.
    city: Option<String>,
    /// Always null: addresses are not looked up.
    country: Option<String>,
    /// The address it was opened from.
    ip: String,
    /// When it was opened, RFC 3339 in UTC.
    login_date: String,
}

impl Listed {
    fn of(active: Active) -> Listed {
        Listed {
            access_token: active.id,
            browser: active.agent.browser,
            device: active.agent.device,
            os: active.agent.system,
            device_type: active.agent.kind,
            city: None,
            country: None,
            ip: active.ip,
            login_date: active.began_at.to_wire(),
        }
    }
}

#[derive(Deserialize, JsonSchema)]
struct Ending {
    /// Whether the refresh token ends with it.
    #[serde(rename = "preventRefresh")]
    prevent_refresh: Flag,
}

#[derive(Serialize, JsonSchema)]
struct Valid {
    /// The token.
    access_token: String,
    /// Always null: only its hash is kept.
    refresh_token: Option<String>,
    /// When the token ends, RFC 3339 in UTC.
    expires_in: String,
}

#[derive(Deserialize, JsonSchema)]
struct Wish {
    /// Minutes that the new access token lives, if that is less than the tenant's tokens live.
    expiresin: Option<String>,
    /// Taken and not used.
    #[serde(rename = "isweb")]
    _is_web: Option<String>,
}
