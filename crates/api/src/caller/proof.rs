//! Extractors that ask `flows::access` for a proof of who is asking; what a handler demands is what is documented.

use crate::caller::credentials;
use crate::caller::visit::{origin_ip, visit};
use crate::wire::describe::{Describe, Page, Place};
use crate::wire::error::{Error, Result};
use crate::wire::scheme;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use doorward_flows::App;
use doorward_flows::access::{self, Admin, Caller, SignedIn};
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;

const KEY: &[&[&str]] = &[&[scheme::API_KEY], &[scheme::API_KEY_HEADER]];

/// A known API key.
pub(crate) struct ApiKey(pub(crate) Caller);

impl FromRequestParts<App> for ApiKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<ApiKey> {
        let api_key = credentials::api_key(parts)?;
        let visit = visit(parts, app)?;
        Ok(ApiKey(access::caller(app, visit, api_key.as_deref()).await?))
    }
}

impl Describe for ApiKey {
    fn describe(page: &mut Page<'_>) {
        page.credentials(KEY);
        prevent_webhook(page);
    }
}

/// An API key with its secret; only then `X-Origin-IP` is believed.
pub(crate) struct ApiSecret(pub(crate) Admin);

impl FromRequestParts<App> for ApiSecret {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<ApiSecret> {
        let api_key = credentials::api_key(parts)?;
        let secret = credentials::api_secret(parts)?;
        let signed = credentials::signed(parts)?;
        let visit = visit(parts, app)?;
        let admin = access::admin(app, visit, api_key.as_deref(), secret.as_ref(), &signed).await?;
        Ok(ApiSecret(for_person(admin, parts)))
    }
}

impl Describe for ApiSecret {
    fn describe(page: &mut Page<'_>) {
        page.credentials(&[
            &[scheme::API_KEY_HEADER, scheme::API_SECRET_HEADER],
            &[scheme::API_KEY, scheme::API_SECRET_HEADER],
            &[scheme::API_KEY, scheme::API_SECRET],
        ]);
        origin_ip_of_person(page);
        prevent_webhook(page);
    }
}

/// An API secret alone, which names the tenant by itself; `X-Origin-IP` is believed.
pub(crate) struct SecretAlone(pub(crate) Admin);

impl FromRequestParts<App> for SecretAlone {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<SecretAlone> {
        let secret = credentials::api_secret(parts)?;
        let visit = visit(parts, app)?;
        let admin = access::admin_by_secret(app, visit, secret.as_ref()).await?;
        Ok(SecretAlone(for_person(admin, parts)))
    }
}

impl Describe for SecretAlone {
    fn describe(page: &mut Page<'_>) {
        page.credentials(&[&[scheme::API_SECRET], &[scheme::API_SECRET_HEADER]]);
        origin_ip_of_person(page);
        prevent_webhook(page);
    }
}

/// The back end with the address of the person for whom it asks, if it names one.
fn for_person(mut admin: Admin, parts: &Parts) -> Admin {
    if let Some(ip) = origin_ip(&parts.headers) {
        admin.caller.visit.ip = ip;
    }
    admin
}

fn origin_ip_of_person(page: &mut Page<'_>) {
    page.optional(Place::Header, "X-Origin-IP", "Address of the person for whom the request is made");
}

/// A live access token under an API secret, which names the tenant by itself.
pub(crate) struct SecretAndToken(pub(crate) SignedIn);

impl FromRequestParts<App> for SecretAndToken {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<SecretAndToken> {
        let secret = credentials::api_secret(parts)?;
        let token = credentials::access_token(parts)?;
        let visit = visit(parts, app)?;
        Ok(SecretAndToken(access::signed_in_by_secret(app, visit, secret.as_ref(), token.as_ref()).await?))
    }
}

impl Describe for SecretAndToken {
    fn describe(page: &mut Page<'_>) {
        page.credentials(&[&[scheme::API_SECRET], &[scheme::API_SECRET_HEADER]]);
        page.credentials(&[&[scheme::ACCESS_TOKEN], &[scheme::ACCESS_TOKEN_QUERY]]);
        prevent_webhook(page);
    }
}

/// An API key and a live access token.
pub(crate) struct AccessToken(pub(crate) SignedIn);

impl FromRequestParts<App> for AccessToken {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<AccessToken> {
        let api_key = credentials::api_key(parts)?;
        let token = credentials::access_token(parts)?;
        let visit = visit(parts, app)?;
        Ok(AccessToken(access::signed_in(app, visit, api_key.as_deref(), token.as_ref()).await?))
    }
}

impl Describe for AccessToken {
    fn describe(page: &mut Page<'_>) {
        page.credentials(KEY);
        page.credentials(&[&[scheme::ACCESS_TOKEN], &[scheme::ACCESS_TOKEN_QUERY]]);
        prevent_webhook(page);
    }
}

/// A known API key, and a live access token if one is sent; a token that is not live is refused all the same.
pub(crate) struct MaybeAccessToken(pub(crate) Caller, pub(crate) Option<SignedIn>);

impl FromRequestParts<App> for MaybeAccessToken {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<MaybeAccessToken> {
        let api_key = credentials::api_key(parts)?;
        let token = credentials::access_token(parts)?;
        let visit = visit(parts, app)?;
        if token.is_none() {
            let caller = access::caller(app, visit, api_key.as_deref()).await?;
            return Ok(MaybeAccessToken(caller, None));
        }
        let signed_in = access::signed_in(app, visit, api_key.as_deref(), token.as_ref()).await?;
        Ok(MaybeAccessToken(signed_in.caller.clone(), Some(signed_in)))
    }
}

impl Describe for MaybeAccessToken {
    fn describe(page: &mut Page<'_>) {
        page.credentials(KEY);
        page.credentials(&[&[], &[scheme::ACCESS_TOKEN], &[scheme::ACCESS_TOKEN_QUERY]]);
        prevent_webhook(page);
    }
}

/// A known API key, and the token of a login that waits for its second factor, unread.
pub(crate) struct MfaToken(pub(crate) Caller, pub(crate) Option<Secret>);

impl FromRequestParts<App> for MfaToken {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<MfaToken> {
        let api_key = credentials::api_key(parts)?;
        let token = credentials::mfa_token(parts)?;
        let visit = visit(parts, app)?;
        Ok(MfaToken(access::caller(app, visit, api_key.as_deref()).await?, token))
    }
}

impl Describe for MfaToken {
    fn describe(page: &mut Page<'_>) {
        page.credentials(KEY);
        page.credentials(&[&[scheme::MFA_TOKEN]]);
        prevent_webhook(page);
    }
}

/// A known API key, and the token of a link that replaces lost passkeys.
pub(crate) struct PasskeyToken(pub(crate) Caller, pub(crate) Option<Secret>);

impl FromRequestParts<App> for PasskeyToken {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<PasskeyToken> {
        let api_key = credentials::api_key(parts)?;
        let token = credentials::query_token(parts, "vtoken")?;
        let visit = visit(parts, app)?;
        Ok(PasskeyToken(access::caller(app, visit, api_key.as_deref()).await?, token))
    }
}

impl Describe for PasskeyToken {
    fn describe(page: &mut Page<'_>) {
        page.credentials(KEY);
        page.credentials(&[&[scheme::PASSKEY_TOKEN]]);
        prevent_webhook(page);
    }
}

/// The secured one-time token of a registration, unread; 908 when there is none.
pub(crate) struct Sott(pub(crate) String);

impl FromRequestParts<App> for Sott {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Sott> {
        Ok(Sott(credentials::sott(parts)?.ok_or_else(|| Refusal::missing("sott"))?))
    }
}

impl Describe for Sott {
    fn describe(page: &mut Page<'_>) {
        page.credentials(&[&[scheme::SOTT], &[scheme::SOTT_QUERY]]);
    }
}

/// What a PIN signs in with, unread; which of the refusals comes first is the operation's to say.
pub(crate) struct SessionToken(pub(crate) Option<Secret>);

impl FromRequestParts<App> for SessionToken {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<SessionToken> {
        Ok(SessionToken(credentials::query_token(parts, "session_token")?))
    }
}

impl Describe for SessionToken {
    fn describe(page: &mut Page<'_>) {
        page.credentials(&[&[scheme::SESSION_TOKEN]]);
    }
}

/// The token that sets a PIN, unread.
pub(crate) struct PinAuthToken(pub(crate) Option<Secret>);

impl FromRequestParts<App> for PinAuthToken {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<PinAuthToken> {
        Ok(PinAuthToken(credentials::query_token(parts, "pinauthtoken")?))
    }
}

impl Describe for PinAuthToken {
    fn describe(page: &mut Page<'_>) {
        page.credentials(&[&[scheme::PIN_AUTH_TOKEN]]);
    }
}

/// Every proof carries the wish, so every operation that asks for one takes it.
fn prevent_webhook(page: &mut Page<'_>) {
    let description = "`true` keeps this request from firing webhooks; the header beats the query";
    page.optional(Place::Header, "X-PreventWebhook", description);
    page.optional(Place::Query, "prevent_webhook", description);
}

/// The token of a registration that may follow, unread.
pub(crate) struct MaybeSott(pub(crate) Option<String>);

impl FromRequestParts<App> for MaybeSott {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<MaybeSott> {
        Ok(MaybeSott(credentials::sott(parts)?))
    }
}

impl Describe for MaybeSott {
    fn describe(page: &mut Page<'_>) {
        let description = "Registration token, where the tenant registers whoever is not registered yet";
        page.optional(Place::Header, "X-LoginRadius-Sott", description);
        page.optional(Place::Query, "sott", description);
    }
}
