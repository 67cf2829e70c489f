//! Step-up by the PIN.

use super::{grow_old, is_recent, proof, reauth, validate};
use crate::credentials::mfa;
use crate::credentials::pin::{OTHER_PIN, PIN, session_token, with_pins};
use crate::support::{Call, Test, Tokens, race};
use serde_json::json;

fn by_pin(t: &Test, tokens: &Tokens, pin: &str) -> Call {
    reauth(t, tokens, "pin", &json!({ "PIN": pin }))
}

#[tokio::test]
async fn a_sign_in_by_pin_is_recent_where_there_is_no_second_factor_and_only_there() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let tokens = Tokens::of(&t.pin_call(&holder.session_token, PIN).send().await);
    assert!(is_recent(&t, &tokens).await);
    t.run_jobs().await;

    let (t, user) = mfa::enrolled().await;
    t.set("PINAuthentication.IsEnabled", "true").await;
    let (token, code) = mfa::challenged(&t, &user).await;
    let login = mfa::verify(&t, &token, &code).send().await;
    let (session_token, tokens) = (session_token(&login), Tokens::of(&login));
    t.wish_call(&tokens, &json!({ "PIN": PIN })).send().await.ok();
    assert!(is_recent(&t, &tokens).await, "both factors were proved");
    let tokens = Tokens::of(&t.pin_call(&session_token, PIN).send().await);
    assert!(!is_recent(&t, &tokens).await, "whoever saw the PIN must not remove the factor");
    let renewed = Tokens::of(&t.refresh_call(&tokens).send().await);
    assert!(!is_recent(&t, &renewed).await);
    t.run_jobs().await;
}

#[tokio::test]
async fn the_right_pin_gives_a_token_and_makes_the_session_recent() {
    let t = with_pins().await;
    let holder = t.holder().await;
    grow_old(&t);
    let reply = by_pin(&t, &holder.tokens, PIN).query("smsTemplate2FA", "mine").send().await;
    let token = proof(&reply);
    assert!(is_recent(&t, &holder.tokens).await);
    assert_eq!(validate(&t, &holder.user.uid, "password", &token).send().await.refusal(), (403, 1193));
    assert_eq!(validate(&t, &holder.user.uid, "pin", &token).send().await.ok(), &json!({ "IsValid": true }));
    t.run_jobs().await;
}

#[tokio::test]
async fn it_works_where_pins_do_not_sign_in() {
    let t = with_pins().await;
    let holder = t.holder().await;
    t.set("PINAuthentication.Configuration.PINLogin", "false").await;
    by_pin(&t, &holder.tokens, PIN).send().await.ok();
}

#[tokio::test]
async fn a_wrong_pin_counts_against_the_account_and_its_pin() {
    let t = with_pins().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "50").await;
    let holder = t.holder().await;
    for _ in 0..10 {
        assert_eq!(by_pin(&t, &holder.tokens, OTHER_PIN).send().await.refusal(), (401, 1236));
    }
    assert_eq!(by_pin(&t, &holder.tokens, PIN).send().await.refusal(), (403, 1264));
    assert_eq!(
        t.pin_call(&holder.session_token, PIN).send().await.refusal(),
        (403, 1245),
        "its session tokens are gone"
    );
    let tokens = t.login(&holder.user).await;
    by_pin(&t, &tokens, PIN).send().await.ok();
}

#[tokio::test]
async fn wrong_pins_lock_like_wrong_passwords() {
    let t = with_pins().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let holder = t.holder().await;
    for _ in 0..3 {
        assert_eq!(by_pin(&t, &holder.tokens, OTHER_PIN).send().await.refusal(), (401, 1236));
    }
    assert_eq!(by_pin(&t, &holder.tokens, PIN).send().await.refusal(), (403, 1198));
    assert_eq!(t.login_call(&holder.user, &holder.user.password).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn there_must_be_a_pin_and_one_must_be_sent() {
    let t = with_pins().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    assert_eq!(by_pin(&t, &tokens, PIN).send().await.refusal(), (403, 1235));
    assert_eq!(reauth(&t, &tokens, "pin", &json!({})).send().await.refusal(), (400, 908));
    t.set("PINAuthentication.IsEnabled", "false").await;
    assert_eq!(by_pin(&t, &tokens, PIN).send().await.refusal(), (403, 1233));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_guesses_at_once_ten_are_looked_at() {
    let t = with_pins().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "50").await;
    let holder = t.holder().await;
    let replies = race((0..50).map(|_| by_pin(&t, &holder.tokens, OTHER_PIN))).await;
    assert_eq!(replies.iter().filter(|reply| reply.refusal() == (401, 1236)).count(), 10);
    assert_eq!(by_pin(&t, &holder.tokens, PIN).send().await.refusal(), (403, 1264));
}
