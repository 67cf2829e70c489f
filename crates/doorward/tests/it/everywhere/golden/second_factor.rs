//! The documented answers of the code by text message that completes a login.

use super::{REACHABLE, assert_alike, documented_person, expected, keys, when_made};
use crate::support::{BEGIN, Call, GOOD_PASSWORD, Test, Tokens};
use doorward_store::Error;
use serde_json::{Value, json};

fn documented() -> Value {
    serde_json::from_str(include_str!("verify-sms-otp.json")).unwrap()
}

fn documented_error(code: u64) -> String {
    let documented = documented();
    let errors = documented["errors"].as_array().unwrap();
    errors.iter().find(|error| error["ErrorCode"] == code).unwrap().to_string()
}

fn verify(t: &Test, token: &str, code: &str) -> Call {
    let call = t.put("/identity/v2/auth/login/2fa/sms").key().query("secondfactorauthenticationtoken", token);
    call.json(&json!({ "otp": code }))
}

/// The documented person, at the last step of a login that sets the second phone up.
async fn at_the_last_step() -> (Test, String, String) {
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
    (t, token, code)
}

#[tokio::test]
async fn the_completed_login_answers_as_documented() {
    let (t, token, code) = at_the_last_step().await;
    let reply = verify(&t, &token, &code).send().await;
    t.run_jobs().await;
    let mut differing = when_made();
    differing.extend([("/NoOfLogins", json!(11)), ("/LastLoginDate", json!(BEGIN))]);
    assert_alike(&reply.ok()["Profile"], &expected(&differing));
    assert_eq!(keys(&reply.json), keys(&documented()["success"]));
    assert_eq!(reply.json["expires_in"], "2026-01-15T12:15:00Z");
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
}

#[tokio::test]
async fn without_a_key_the_answer_is_the_documented_908() {
    let t = Test::new().await;
    let reply = t.put("/identity/v2/auth/login/2fa/sms").json(&json!({})).send().await;
    assert_eq!((reply.status, reply.text), (400, documented_error(908)));
}

#[tokio::test]
async fn after_the_trial_the_answer_is_the_documented_6003() {
    let (t, token, code) = at_the_last_step().await;
    t.set("plan", r#"{"state": "trial", "trialEndsAt": "2026-01-01T00:00:00Z"}"#).await;
    let reply = verify(&t, &token, &code).send().await;
    assert_eq!((reply.status, reply.text), (403, documented_error(6003)));
}

#[tokio::test]
async fn with_an_invitation_that_is_gone_the_answer_is_the_documented_8169() {
    let (t, token, code) = at_the_last_step().await;
    let work = |tx: &mut doorward_store::Tx| tx.execute("UPDATE mfa_transactions SET invitation = 'inv_1'", &[]);
    t.app.store.write::<_, Error>(work).await.unwrap();
    let reply = verify(&t, &token, &code).send().await;
    assert_eq!((reply.status, reply.text), (404, documented_error(8169)));
}

#[tokio::test]
async fn when_something_breaks_the_answer_is_the_documented_7909() {
    let (t, token, code) = at_the_last_step().await;
    t.app.store.write::<_, Error>(|tx| tx.execute("DROP TABLE mfa_codes", &[])).await.unwrap();
    let reply = verify(&t, &token, &code).send().await;
    assert_eq!((reply.status, reply.text), (500, documented_error(7909)));
}
