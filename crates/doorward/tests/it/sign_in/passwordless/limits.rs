//! How often one may ask and be wrong.

use super::{
    ask, ask_by_phone, code, enter, enter_by_name, enter_by_phone, open, phone_code, token, with_codes, with_links,
};
use crate::support::{GOOD_PASSWORD, wrong};
use doorward_model::time::Span;
use serde_json::json;

const THRESHOLD: &str = "LoginLockedConfiguration.MaximumFailedLoginAttempts";

#[tokio::test]
async fn the_sixth_message_within_a_quarter_of_an_hour_is_refused_known_or_not() {
    let t = with_codes().await;
    let user = t.user().await;
    for email in [user.email.as_str(), "nobody@example.com"] {
        for _ in 0..5 {
            ask(&t, email).send().await.ok();
        }
        assert_eq!(ask(&t, email).send().await.refusal(), (403, 1122));
    }
    for phone in [user.phone.as_str(), "+919812345678"] {
        for _ in 0..5 {
            ask_by_phone(&t, phone).send().await.ok();
        }
        assert_eq!(ask_by_phone(&t, phone).send().await.refusal(), (403, 1123));
    }
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 10);
    t.clock.advance(Span::minutes(15));
    ask(&t, &user.email).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn five_wrong_tries_void_a_code() {
    let t = with_codes().await;
    let user = t.user().await;
    let right = code(&t, &user).await;
    for _ in 0..5 {
        assert_eq!(enter(&t, &user.email, &wrong(&right)).send().await.refusal(), (403, 1185));
    }
    assert_eq!(enter(&t, &user.email, &right).send().await.refusal(), (403, 1185));
    let right = code(&t, &user).await;
    enter(&t, &user.email, &right).send().await.ok();
}

#[tokio::test]
async fn wrong_codes_count_like_wrong_passwords_and_lock_every_way_in() {
    let t = with_codes().await;
    t.set(THRESHOLD, "4").await;
    let user = t.user().await;
    let (mailed, texted) = (code(&t, &user).await, phone_code(&t, &user).await);
    enter(&t, &user.email, &wrong(&mailed)).send().await.refusal();
    enter_by_name(&t, &user.user_name, &wrong(&mailed)).send().await.refusal();
    enter_by_phone(&t, &user.phone, &wrong(&texted)).send().await.refusal();
    t.login_call(&user, "not it").send().await.refusal();
    let locked = enter(&t, &user.email, &mailed).send().await;
    assert_eq!(locked.refusal(), (403, 1198));
    assert!(locked.json["Data"]["LoginLockedTimeout"].is_string());
    assert_eq!(enter_by_phone(&t, &user.phone, &texted).send().await.refusal(), (403, 1198));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
    t.set("otpPasswordless", "false").await;
    ask(&t, &user.email).send().await.ok();
    let token = token(&t, &user.email).await;
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn an_account_that_guessing_blocked_is_refused_with_the_right_code_or_link_and_opens_with_it_again() {
    let t = with_codes().await;
    t.set("LoginLockedConfiguration.LoginLockedType", "Block").await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    let texted = phone_code(&t, &user).await;
    t.set("otpPasswordless", "false").await;
    ask(&t, &user.email).send().await.ok();
    let token = token(&t, &user.email).await;
    for _ in 0..3 {
        t.login_call(&user, "not it").send().await.refusal();
    }
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 991));
    assert_eq!(enter_by_phone(&t, &user.phone, &texted).send().await.refusal(), (403, 991));
    t.update_call(&user, &json!({ "IsActive": true, "IsLoginLocked": false })).send().await.ok();
    open(&t, &token).send().await.ok();
    enter_by_phone(&t, &user.phone, &texted).send().await.ok();
}

#[tokio::test]
async fn a_right_code_forgets_the_failures_before_it() {
    let t = with_codes().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    for _ in 0..2 {
        t.login_call(&user, "not it").send().await.refusal();
        t.login_call(&user, "not it").send().await.refusal();
        let code = code(&t, &user).await;
        enter(&t, &user.email, &code).send().await.ok();
    }
}

#[tokio::test]
async fn a_refused_session_leaves_the_code_usable() {
    let t = with_codes().await;
    t.set("sessionLimit", "1").await;
    let user = t.user().await;
    t.login(&user).await;
    let code = code(&t, &user).await;
    let by_phone = phone_code(&t, &user).await;
    assert_eq!(enter(&t, &user.email, &code).send().await.refusal(), (403, 1338));
    assert_eq!(enter_by_phone(&t, &user.phone, &by_phone).send().await.refusal(), (403, 1338));
    t.set("sessionLimit", "0").await;
    enter(&t, &user.email, &code).send().await.ok();
    enter_by_phone(&t, &user.phone, &by_phone).send().await.ok();
    assert_eq!(enter(&t, &user.email, &code).send().await.refusal(), (403, 1185));
}

#[tokio::test]
async fn a_refused_session_leaves_the_link_usable() {
    let t = with_links().await;
    t.set("sessionLimit", "1").await;
    let user = t.user().await;
    t.login(&user).await;
    ask(&t, &user.email).send().await.ok();
    let token = token(&t, &user.email).await;
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 1338));
    t.set("sessionLimit", "0").await;
    open(&t, &token).send().await.ok();
    assert_eq!(open(&t, &token).send().await.refusal(), (403, 1062));
}
