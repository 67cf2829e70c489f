//! Access and refresh tokens.

use crate::caller::{AccessToken, ApiSecret};
use crate::ops::answers::{Done, TokensAnswer};
use crate::routes::Routes;
use crate::wire::{Answer, Flag, Path, Query, Result, required};
use axum::extract::State;
use doorward_flows::session::Scope;
use doorward_flows::{App, session};
use doorward_model::id::Uid;
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
        .changes()
        .get(
            "/identity/v2/manage/account/access_token/refresh",
            refresh_access_token,
            "Exchange a refresh token for the next tokens",
        )
        .changes()
        .get(
            "/identity/v2/auth/access_token/sliding_token",
            sliding_access_token,
            "Let the access token live on, where the tenant's tokens slide",
        )
        .changes()
        .get("/identity/v2/manage/account/access_token/refresh/revoke", revoke_refresh_token, "Revoke a refresh token")
        .changes()
        .delete(
            "/identity/v2/manage/account/{uid}/access_token/refresh/revoke",
            revoke_all_refresh_token,
            "Revoke every refresh token of an account",
        )
}

async fn get_access_token_info(AccessToken(signed_in): AccessToken) -> Result<Answer<Info>> {
    let info = session::describe(&signed_in);
    Ok(Answer(Info {
        access_token: info.access_token.expose().to_owned(),
        provider: info.provider,
        isrememberme: info.remembered,
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

async fn sliding_access_token(State(app): State<App>, AccessToken(signed_in): AccessToken) -> Result<Answer<Valid>> {
    let expires_at = session::slide(&app, &signed_in).await?;
    Ok(Answer(Valid {
        access_token: signed_in.token.expose().to_owned(),
        refresh_token: None,
        expires_in: expires_at.to_wire(),
    }))
}

async fn revoke_refresh_token(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(exchange): Query<Exchange>,
) -> Result<Answer<Revoked>> {
    let refresh_token = Secret::new(required("refresh_token", exchange.refresh_token)?);
    session::revoke_refresh_token(&app, &admin, &refresh_token).await?;
    Ok(Answer(Revoked { is_deleted: true }))
}

async fn revoke_all_refresh_token(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
) -> Result<Answer<Revoked>> {
    session::revoke_all_refresh_tokens(&app, &admin, &Uid::new(path.uid)).await?;
    Ok(Answer(Revoked { is_deleted: true }))
}

#[derive(Deserialize, JsonSchema)]
struct ByUid {
    /// The account.
    uid: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Revoked {
    /// Always true.
    is_deleted: bool,
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
