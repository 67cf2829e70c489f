//! The documented answers of the passkey that completes a login.

use super::{assert_alike, documented_person, expected, keys, when_made};
use crate::support::authenticator::{Authenticator, ORIGIN, RP_ID};
use crate::support::{BEGIN, Call, GOOD_PASSWORD, Test, Tokens};
use doorward_store::Error;
use serde_json::{Value, json};

fn documented() -> Value {
    serde_json::from_str(include_str!("finish-mfa-passkey.json")).unwrap()
}

fn documented_error(code: u64) -> String {
    let documented = documented();
    let errors = documented["errors"].as_array().unwrap();
    errors.iter().find(|error| error["ErrorCode"] == code).unwrap().to_string()
}

fn finish(t: &Test, token: &str, credential: &Value) -> Call {
    let path = "/identity/v2/auth/login/2fa/passkey/finish";
    let call = t.post(path).key().query("secondfactorauthenticationtoken", token);
    call.json(&json!({ "PasskeyCredential": credential }))
}

/// The documented person, at the last step of a login that a passkey completes.
async fn at_the_last_step() -> (Test, String, Value) {
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
    let answer = authenticator.answer(&begin.ok()["LoginBeginCredential"]["publicKey"]);
    (t, token, answer)
}

#[tokio::test]
async fn the_completed_login_answers_as_documented() {
    let (t, token, credential) = at_the_last_step().await;
    let reply = finish(&t, &token, &credential).send().await;
    let mut differing = when_made();
    // One login to set the passkey up, and this one.
    differing.extend([("/NoOfLogins", json!(12)), ("/LastLoginDate", json!(BEGIN))]);
    assert_alike(&reply.ok()["Profile"], &expected(&differing));
    assert_eq!(keys(&reply.json), keys(&documented()["success"]));
    assert_eq!(reply.json["expires_in"], "2026-01-15T12:15:00Z");
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
}

#[tokio::test]
async fn without_a_key_the_answer_is_the_documented_908() {
    let t = Test::new().await;
    let reply = t.post("/identity/v2/auth/login/2fa/passkey/finish").json(&json!({})).send().await;
    assert_eq!((reply.status, reply.text), (400, documented_error(908)));
}

#[tokio::test]
async fn after_the_trial_the_answer_is_the_documented_6003() {
    let (t, token, credential) = at_the_last_step().await;
    t.set("plan", r#"{"state": "trial", "trialEndsAt": "2026-01-01T00:00:00Z"}"#).await;
    let reply = finish(&t, &token, &credential).send().await;
    assert_eq!((reply.status, reply.text), (403, documented_error(6003)));
}

#[tokio::test]
async fn with_an_invitation_that_is_gone_the_answer_is_the_documented_8169() {
    let (t, token, credential) = at_the_last_step().await;
    let work = |tx: &mut doorward_store::Tx| tx.execute("UPDATE mfa_transactions SET invitation = 'inv_1'", &[]);
    t.app.store.write::<_, Error>(work).await.unwrap();
    let reply = finish(&t, &token, &credential).send().await;
    assert_eq!((reply.status, reply.text), (404, documented_error(8169)));
}

#[tokio::test]
async fn when_something_breaks_the_answer_is_the_documented_7909() {
    let (t, token, credential) = at_the_last_step().await;
    t.app.store.write::<_, Error>(|tx| tx.execute("DROP TABLE passkey_ceremonies", &[])).await.unwrap();
    let reply = finish(&t, &token, &credential).send().await;
    assert_eq!((reply.status, reply.text), (500, documented_error(7909)));
}
