//! A PIN changed by somebody who knows it.

use super::{OTHER_PIN, PIN, with_pins};
use crate::support::{BEGIN, GOOD_PASSWORD};
use axum::http::Method;
use doorward_model::time::Span;
use serde_json::json;

#[tokio::test]
async fn a_changed_pin_works_from_the_next_full_login_on_and_its_owner_is_told() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let told = t.carried("pin-changed").await;
    t.clock.advance(Span::seconds(60));
    let reply = t.change_call(&holder.tokens, PIN, OTHER_PIN).send().await;
    assert_eq!(reply.ok(), &json!({ "IsPosted": true }));
    assert_eq!(t.carried("pin-changed").await, told + 2);
    assert_eq!(t.pin_call(&holder.session_token, OTHER_PIN).send().await.refusal(), (403, 1245));
    let again = t.sign_in(&holder.user).await;
    assert_eq!(t.pin_call(&again.session_token, PIN).send().await.refusal(), (401, 1236));
    let profile = t.pin_call(&again.session_token, OTHER_PIN).send().await.json["Profile"].clone();
    assert_eq!(profile["PIN"]["LastPINChangeDate"], "2026-01-15T12:01:00Z");
    assert_ne!(profile["PIN"]["LastPINChangeDate"], BEGIN);
}

#[tokio::test]
async fn post_changes_as_put_does() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let call = t.call(Method::POST, "/identity/v2/auth/pin/change").key().token(&holder.tokens.access);
    call.json(&json!({ "oldpin": PIN, "newpin": OTHER_PIN })).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_change_ends_other_sessions_as_far_as_force_logout_says() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let other = t.login(&holder.user).await;
    t.set("forceLogout", "false").await;
    t.change_call(&holder.tokens, PIN, OTHER_PIN).send().await.ok();
    t.profile_call(&other).send().await.ok();
    t.set("forceLogout", "true").await;
    t.change_call(&holder.tokens, OTHER_PIN, PIN).send().await.ok();
    t.profile_call(&holder.tokens).send().await.ok();
    assert_eq!(t.profile_call(&other).send().await.refusal(), (403, 905));
    t.run_jobs().await;
}

#[tokio::test]
async fn refusals_change_nothing() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let call = t.put("/identity/v2/auth/pin/change").key().token(&holder.tokens.access);
    assert_eq!(call.clone().json(&json!({ "newpin": PIN })).send().await.refusal(), (400, 908));
    assert_eq!(call.json(&json!({ "oldpin": PIN })).send().await.refusal(), (400, 908));
    for (old, new) in [(PIN, "1234"), (PIN, PIN), (OTHER_PIN, "0000")] {
        assert_eq!(t.change_call(&holder.tokens, old, new).send().await.refusal(), (403, 1134), "{new}");
    }
    assert_eq!(t.change_call(&holder.tokens, OTHER_PIN, "8462").send().await.refusal(), (401, 1241));
    t.pin_call(&holder.session_token, PIN).send().await.ok();
    let tokens = t.login(&t.user().await).await;
    assert_eq!(t.change_call(&tokens, PIN, OTHER_PIN).send().await.refusal(), (403, 1235));
    t.set("PINAuthentication.IsEnabled", "false").await;
    assert_eq!(t.change_call(&holder.tokens, PIN, OTHER_PIN).send().await.refusal(), (403, 1233));
}

#[tokio::test]
async fn pins_may_be_changed_where_they_do_not_sign_in() {
    let t = with_pins().await;
    let holder = t.holder().await;
    t.set("PINAuthentication.Configuration.PINLogin", "false").await;
    t.change_call(&holder.tokens, PIN, OTHER_PIN).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn wrong_old_pins_lock_the_account_like_wrong_passwords() {
    let t = with_pins().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let holder = t.holder().await;
    for _ in 0..3 {
        assert_eq!(t.change_call(&holder.tokens, OTHER_PIN, "8462").send().await.refusal(), (401, 1241));
    }
    assert_eq!(t.change_call(&holder.tokens, PIN, "8462").send().await.refusal(), (403, 1198));
    assert_eq!(t.login_call(&holder.user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn after_ten_wrong_old_pins_nobody_guesses_on_before_a_full_login() {
    let t = with_pins().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    let holder = t.holder().await;
    for _ in 0..10 {
        assert_eq!(t.change_call(&holder.tokens, OTHER_PIN, "8462").send().await.refusal(), (401, 1241));
    }
    assert_eq!(t.change_call(&holder.tokens, PIN, "8462").send().await.refusal(), (403, 1264));
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1245));
    t.login(&holder.user).await;
    t.change_call(&holder.tokens, PIN, "8462").send().await.ok();
    t.run_jobs().await;
}
