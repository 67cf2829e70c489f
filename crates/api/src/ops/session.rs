//! Access and refresh tokens.

use super::wire::{Done, TokensAnswer};
use crate::answer::Answer;
use crate::caller::{AccessToken, ApiSecret};
use crate::error::{Result, required};
use crate::query::{Flag, Query};
use crate::routes::Routes;
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::session::{self, Scope};
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Routes {
    Routes::group("Session")
        .get("/identity/v2/auth/access_token", get_access_token_info, "Describe the access token")
        .get(
            "/identity/v2/auth/access_token/validate",
            auth_validate_access_token,
            "Ask whether the access token lives",
        )
        .get("/identity/v2/auth/access_token/invalidate", invalidate_access_token, "End the access token")
        .get(
            "/identity/v2/manage/account/access_token/refresh",
            refresh_access_token,
            "Exchange a refresh token for the next tokens",
        )
}

async fn get_access_token_info(AccessToken(signed_in): AccessToken) -> Result<Answer<Info>> {
    let info = session::describe(&signed_in);
    Ok(Answer(Info {
        access_token: info.access_token.expose().to_owned(),
        provider: info.provider,
        isrememberme: false,
        expires_in: info.expires_at.to_wire(),
    }))
}

async fn auth_validate_access_token(AccessToken(signed_in): AccessToken) -> Result<Answer<Valid>> {
    let info = session::describe(&signed_in);
    Ok(Answer(Valid {
        access_token: info.access_token.expose().to_owned(),
        refresh_token: None,
        expires_in: info.expires_at.to_wire(),
    }))
}

async fn invalidate_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(ending): Query<Ending>,
) -> Result<Answer<Done>> {
    let scope = if ending.prevent_refresh.0 { Scope::Session } else { Scope::AccessToken };
    session::invalidate(&app, signed_in, scope).await?;
    Ok(Answer(Done::yes()))
}

async fn refresh_access_token(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(exchange): Query<Exchange>,
) -> Result<Answer<TokensAnswer>> {
    let refresh_token = Secret::new(required("refresh_token", exchange.refresh_token)?);
    let tokens = session::refresh(&app, &admin, &refresh_token).await?;
    Ok(Answer(TokensAnswer::of(&tokens)))
}

#[derive(Serialize, JsonSchema)]
struct Info {
    /// The token.
    access_token: String,
    /// Through which provider the person signed in.
    provider: String,
    /// Whether the session was asked to last.
    isrememberme: bool,
    /// When the token ends, RFC 3339 in UTC.
    expires_in: String,
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
struct Ending {
    /// Whether the refresh token ends with it.
    #[serde(rename = "preventRefresh")]
    prevent_refresh: Flag,
}

#[derive(Deserialize, JsonSchema)]
struct Exchange {
    /// The refresh token; it is used up.
    #[schemars(required)]
    refresh_token: Option<String>,
}
