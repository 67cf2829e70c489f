//! Passkeys, with an authenticator of software.

mod forgeries;
mod login;
mod malformed;
mod offer;
mod owned;
mod registration;
mod reset;

use crate::support::authenticator::{Authenticator, ORIGIN, RP_ID};
use crate::support::{Call, Reply, Test, Tokens, User};
use serde_json::{Value, json};

/// A product whose people may have passkeys.
pub(crate) async fn with_passkeys() -> Test {
    let t = Test::new().await;
    t.set("PassKeysConfig.RPID", RP_ID).await;
    t.set("PassKeysConfig.RPOrigins", &json!([ORIGIN, "https://acme.test"]).to_string()).await;
    t.set("PassKeysConfig.IsEnabled", "true").await;
    t
}

/// The same, where passkeys are second factors too.
pub(crate) async fn with_second_factors() -> Test {
    let t = with_passkeys().await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    t
}

/// A person with a passkey that signs in.
pub(crate) async fn enrolled() -> (Test, User, Authenticator) {
    let t = with_passkeys().await;
    let user = t.user().await;
    let authenticator = add(&t, &user).await;
    (t, user, authenticator)
}

/// Gives a person a passkey that signs in; they sign in for it.
pub(crate) async fn add(t: &Test, user: &User) -> Authenticator {
    let tokens = t.login(user).await;
    let options = begin_add(t, &tokens).await;
    let (authenticator, credential) = Authenticator::create(&options, |_| {});
    finish_add(t, &tokens, &credential).send().await.ok();
    t.run_jobs().await;
    authenticator
}

pub(crate) async fn begin_add(t: &Test, tokens: &Tokens) -> Value {
    let reply = t.get("/identity/v2/auth/account/register/passkey/begin").key().token(&tokens.access).send().await;
    creation(&reply)
}

pub(crate) fn finish_add(t: &Test, tokens: &Tokens, credential: &Value) -> Call {
    t.post("/identity/v2/auth/account/register/passkey/finish").key().token(&tokens.access).json(credential)
}

/// What an authenticator is asked to make.
#[track_caller]
pub(crate) fn creation(reply: &Reply) -> Value {
    reply.ok()["RegisterBeginCredential"]["publicKey"].clone()
}

/// What an authenticator is asked to sign.
#[track_caller]
pub(crate) fn request(reply: &Reply) -> Value {
    reply.ok()["LoginBeginCredential"]["publicKey"].clone()
}

fn begin_login(t: &Test, identifier: &str) -> Call {
    t.get("/identity/v2/auth/login/passkey/begin").key().query("identifier", identifier)
}

pub(crate) fn finish_login(t: &Test, credential: &Value) -> Call {
    t.post("/identity/v2/auth/login/passkey/finish").key().json(&json!({ "PasskeyCredential": credential }))
}

/// What the person's authenticator is asked to sign.
pub(crate) async fn asked(t: &Test, user: &User) -> Value {
    request(&begin_login(t, &user.email).send().await)
}
