//! The documented answers of the passkey that completes a login.

use super::answers::Answers;
use super::documented_person;
use super::last_step::LastStep;
use crate::support::authenticator::{Authenticator, ORIGIN, RP_ID};
use crate::support::{GOOD_PASSWORD, Test, Tokens};
use serde_json::json;

fn answers() -> Answers {
    Answers::read(include_str!("finish-mfa-passkey.json"))
}

/// The documented person, at the last step of a login that a passkey completes.
async fn last_step() -> LastStep {
    let t = Test::new().await;
    t.set("PassKeysConfig.RPID", RP_ID).await;
    t.set("PassKeysConfig.RPOrigins", &json!([ORIGIN]).to_string()).await;
    t.set("PassKeysConfig.IsEnabled", "true").await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    let person = documented_person(&t).await;
    let body = json!({ "email": person["Email"][0]["Value"], "password": GOOD_PASSWORD });
    let login = t.post("/identity/v2/auth/login").key().json(&body).send().await;
    let tokens = Tokens::of(&login);
    let begin = t.get("/identity/v2/auth/account/2fa/register/passkey/begin").key().token(&tokens.access);
    let options = begin.send().await.ok()["RegisterBeginCredential"]["publicKey"].clone();
    let (mut authenticator, credential) = Authenticator::create(&options, |_| {});
    let enrol = t.post("/identity/v2/auth/account/2fa/register/passkey/finish").key().token(&tokens.access);
    enrol.json(&json!({ "PasskeyCredential": credential })).send().await.ok();
    t.run_jobs().await;

    let login = t.post("/identity/v2/auth/login").key().json(&body).send().await;
    let pending = &login.ok()["SecondFactorAuthentication"];
    let token = pending["SecondFactorAuthenticationToken"].as_str().unwrap().to_owned();
    let begin = t.get("/identity/v2/auth/login/2fa/passkey/begin").key();
    let begin = begin.query("secondfactorauthenticationtoken", &token).send().await;
    let credential = authenticator.answer(&begin.ok()["LoginBeginCredential"]["publicKey"]);
    let call = t.post("/identity/v2/auth/login/2fa/passkey/finish").key();
    let call = call.query("secondfactorauthenticationtoken", &token);
    LastStep { call: call.json(&json!({ "PasskeyCredential": credential })), answers: answers(), t }
}

#[tokio::test]
async fn the_completed_login_answers_as_documented() {
    // One login to set the passkey up, and this one.
    last_step().await.completes_login(12).await;
}

#[tokio::test]
async fn without_a_key_the_answer_is_the_documented_908() {
    let t = Test::new().await;
    let reply = t.post("/identity/v2/auth/login/2fa/passkey/finish").json(&json!({})).send().await;
    assert_eq!((reply.status, reply.text), (400, answers().error(908)));
}

#[tokio::test]
async fn after_the_trial_the_answer_is_the_documented_6003() {
    last_step().await.ends_with_the_trial().await;
}

#[tokio::test]
async fn with_an_invitation_that_is_gone_the_answer_is_the_documented_8169() {
    last_step().await.ends_with_its_invitation().await;
}

#[tokio::test]
async fn when_something_breaks_the_answer_is_the_documented_7909() {
    last_step().await.fails_after("DROP TABLE passkey_ceremonies").await;
}
