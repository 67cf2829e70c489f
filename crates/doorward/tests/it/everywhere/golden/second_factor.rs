//! The documented answers of the code by text message that completes a login.

use super::answers::Answers;
use super::last_step::LastStep;
use super::{REACHABLE, documented_person};
use crate::support::{GOOD_PASSWORD, Test};
use serde_json::json;

fn answers() -> Answers {
    Answers::read(include_str!("verify-sms-otp.json"))
}

/// The documented person, at the last step of a login that sets the second phone up.
async fn last_step() -> LastStep {
    let t = Test::new().await;
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "true").await;
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    let person = documented_person(&t).await;
    let body = json!({ "email": person["Email"][0]["Value"], "password": GOOD_PASSWORD });
    let login = t.post("/identity/v2/auth/login").key().json(&body).send().await;
    let token = login.ok()["SecondFactorAuthenticationToken"].as_str().unwrap().to_owned();
    let call = t.put("/identity/v2/auth/login/2fa/sms/phone").key().query("secondfactorauthenticationtoken", &token);
    call.json(&json!({ "phoneno2fa": REACHABLE })).send().await.ok();
    let code = t.code_for("+12025550143").await;
    let call = t.put("/identity/v2/auth/login/2fa/sms").key().query("secondfactorauthenticationtoken", &token);
    LastStep { call: call.json(&json!({ "otp": code })), answers: answers(), t }
}

#[tokio::test]
async fn the_completed_login_answers_as_documented() {
    last_step().await.completes_login(11).await;
}

#[tokio::test]
async fn without_a_key_the_answer_is_the_documented_908() {
    let t = Test::new().await;
    let reply = t.put("/identity/v2/auth/login/2fa/sms").json(&json!({})).send().await;
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
    last_step().await.fails_after("DROP TABLE mfa_codes").await;
}
