//! Step-up by the password.

use super::{by_password, grow_old, is_recent, proof, signed_in, validate};
use crate::credentials::security_questions::{answering, right, with_questions};
use crate::support::{Test, race};
use serde_json::json;

#[tokio::test]
async fn the_right_password_gives_a_token_and_makes_the_session_recent() {
    let (t, user, tokens) = signed_in().await;
    grow_old(&t);
    assert!(!is_recent(&t, &tokens).await);
    let reply = by_password(&t, &tokens, &user.password).send().await;
    assert_eq!(reply.ok()["ExpireIn"], "2026-01-15T12:15:01Z");
    assert!(is_recent(&t, &tokens).await);
    let valid = validate(&t, &user.uid, "password", &proof(&reply)).send().await;
    assert_eq!(valid.ok(), &json!({ "IsValid": true }));
    t.run_jobs().await;
}

#[tokio::test]
async fn only_the_session_of_the_proof_is_recent() {
    let (t, user, tokens) = signed_in().await;
    let other = t.login(&user).await;
    grow_old(&t);
    by_password(&t, &tokens, &user.password).send().await.ok();
    assert!(!is_recent(&t, &other).await);
}

#[tokio::test]
async fn a_wrong_password_proves_nothing_and_locks_like_a_failed_login() {
    let (t, user, tokens) = signed_in().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    grow_old(&t);
    for _ in 0..3 {
        assert_eq!(by_password(&t, &tokens, "not it").send().await.refusal(), (401, 1205));
    }
    assert_eq!(by_password(&t, &tokens, &user.password).send().await.refusal(), (403, 1198));
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1198));
    assert!(!is_recent(&t, &tokens).await);
}

#[tokio::test]
async fn the_right_one_forgets_the_wrong_ones() {
    let (t, user, tokens) = signed_in().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    for _ in 0..2 {
        for _ in 0..2 {
            assert_eq!(by_password(&t, &tokens, "not it").send().await.refusal(), (401, 1205));
        }
        by_password(&t, &tokens, &user.password).send().await.ok();
    }
}

#[tokio::test]
async fn answers_lift_a_lock_that_asks_for_them() {
    let t = with_questions().await;
    t.set("LoginLockedConfiguration.LoginLockedType", "SecurityQuestion").await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    let user = answering(&t).await;
    let tokens = t.login(&user).await;
    for _ in 0..2 {
        assert_eq!(by_password(&t, &tokens, "not it").send().await.refusal(), (401, 1205));
    }
    assert_eq!(by_password(&t, &tokens, &user.password).send().await.refusal(), (403, 1148));
    let body = json!({ "password": user.password, "SecurityAnswer": right() });
    super::reauth(&t, &tokens, "password", &body).send().await.ok();
    t.login(&user).await;
}

#[tokio::test]
async fn who_has_no_password_has_none_that_is_right() {
    let t = Test::new().await;
    t.set("IsInstantSignin", r#"{"EmailLink": true, "SmsOtp": true}"#).await;
    let user = t.user_with(&json!({ "Password": null })).await;
    let path = "/identity/v2/auth/login/passwordlesslogin/otp";
    t.get(path).key().query("phone", &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    let login = t.put(&format!("{path}/verify")).key().json(&json!({ "phone": user.phone, "otp": code })).send().await;
    let tokens = crate::support::Tokens::of(&login);
    assert_eq!(by_password(&t, &tokens, "anything").send().await.refusal(), (401, 1205));
}

#[tokio::test]
async fn where_there_is_no_step_up_nothing_is_tried() {
    let (t, user, tokens) = signed_in().await;
    t.set("stepUp", "false").await;
    assert_eq!(by_password(&t, &tokens, &user.password).send().await.refusal(), (403, 1191));
    assert_eq!(super::reauth(&t, &tokens, "pin", &json!({ "pin": "2580" })).send().await.refusal(), (403, 1191));
    assert_eq!(validate(&t, &user.uid, "2fa", "x").send().await.refusal(), (403, 1191));
}

#[tokio::test]
async fn the_password_must_be_there() {
    let (t, _, tokens) = signed_in().await;
    assert_eq!(super::reauth(&t, &tokens, "password", &json!({})).send().await.refusal(), (400, 908));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_guesses_at_once_no_more_are_told_than_the_account_has() {
    let (t, user, tokens) = signed_in().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "5").await;
    let replies = race((0..50).map(|_| by_password(&t, &tokens, "not it"))).await;
    let told = replies.iter().filter(|reply| reply.refusal() == (401, 1205)).count();
    assert_eq!(told, 5);
    assert_eq!(by_password(&t, &tokens, &user.password).send().await.refusal(), (403, 1198));
}
