//! Whether somebody is known is told by no status, body or header, and by no work done.
//!
//! Work is counted, not timed: passwords hashed and statements run.

mod crowd;
mod passkey;
mod passwordless;
mod pin;
mod questions;

use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Test, User};
use crowd::Crowd;
use doorward_model::time::Span;
use serde_json::json;

fn login(t: &Test, name: &str, value: &str) -> Call {
    t.post("/identity/v2/auth/login").key().json(&json!({ name: value, "password": OTHER_PASSWORD }))
}

fn resend(t: &Test, user: &User) -> Call {
    t.post("/identity/v2/auth/phone/otp").key().json(&json!({ "phone": user.phone }))
}

#[tokio::test]
async fn a_wrong_password_tells_nothing_until_and_through_the_suspension() {
    let crowd = Crowd::new(&[("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3")]).await;
    crowd.is_the_same_for_all(|t, user| login(t, "email", &user.email), 5).await;
}

#[tokio::test]
async fn a_wrong_password_tells_nothing_by_phone_or_user_name() {
    let crowd = Crowd::new(&[]).await;
    crowd.is_the_same_for_all(|t, user| login(t, "phone", &user.phone), 2).await;
    crowd.is_the_same_for_all(|t, user| login(t, "username", &user.user_name), 2).await;
}

#[tokio::test]
async fn a_wrong_password_tells_nothing_under_block() {
    let block = [
        ("LoginLockedConfiguration.LoginLockedType", "Block"),
        ("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3"),
        ("remainingAttempts", "true"),
    ];
    let crowd = Crowd::new(&block).await;
    crowd.is_the_same_for_all(|t, user| login(t, "email", &user.email), 8).await;
}

#[tokio::test]
async fn a_wrong_password_costs_one_hash() {
    let crowd = Crowd::new(&[]).await;
    for (state, user) in &crowd.people {
        assert_eq!(crowd.seen(login(&crowd.t, "email", &user.email)).await.hashes, 1, "{state}");
    }
}

#[tokio::test]
async fn asking_for_a_code_that_resets_tells_nothing_until_and_past_the_quota() {
    let crowd = Crowd::new(&[]).await;
    crowd.is_the_same_for_all(|t, user| t.ask_for_reset(&user.phone), 7).await;
}

#[tokio::test]
async fn a_wrong_code_at_a_reset_tells_nothing_until_and_through_the_lock() {
    let crowd = Crowd::new(&[("LoginLockedConfiguration.MaximumFailedLoginAttempts", "8")]).await;
    let reset = |t: &Test, user: &User| t.reset_call(&user.phone, "x", OTHER_PASSWORD);
    crowd.is_the_same_for_all(reset, 2).await;
    crowd.is_the_same_for_all(|t, user| t.ask_for_reset(&user.phone), 1).await;
    crowd.is_the_same_for_all(reset, 8).await;
}

#[tokio::test]
async fn an_expired_code_at_a_reset_tells_nothing() {
    let crowd = Crowd::new(&[]).await;
    crowd.is_the_same_for_all(|t, user| t.ask_for_reset(&user.phone), 1).await;
    let code = crowd.t.code_for(&crowd.people[0].1.phone).await;
    crowd.t.clock.advance(Span::seconds(300));
    crowd.is_the_same_for_all(|t, user| t.reset_call(&user.phone, &code, OTHER_PASSWORD), 1).await;
}

#[tokio::test]
async fn a_wrong_code_at_a_reset_tells_nothing_where_refusals_say_why() {
    let crowd = Crowd::new(&[("legacyOtpCodes", "true")]).await;
    crowd.is_the_same_for_all(|t, user| t.ask_for_reset(&user.phone), 1).await;
    crowd.is_the_same_for_all(|t, user| t.reset_call(&user.phone, "x", OTHER_PASSWORD), 3).await;
}

#[tokio::test]
async fn asking_for_the_code_that_proves_a_phone_tells_nothing_at_once_again_and_later() {
    let crowd = Crowd::new(&[]).await;
    crowd.is_the_same_for_all(resend, 2).await;
    for _ in 0..6 {
        crowd.t.clock.advance(Span::seconds(31));
        crowd.is_the_same_for_all(resend, 1).await;
    }
}

#[tokio::test]
async fn a_wrong_code_for_a_phone_tells_nothing_until_and_through_the_suspension() {
    let crowd = Crowd::new(&[("LoginLockedConfiguration.MaximumFailedLoginAttempts", "8")]).await;
    let verify = |t: &Test, user: &User| {
        t.put("/identity/v2/auth/phone/otp").key().query("otp", "x").json(&json!({ "phone": user.phone }))
    };
    crowd.is_the_same_for_all(verify, 2).await;
    crowd.is_the_same_for_all(resend, 1).await;
    crowd.is_the_same_for_all(verify, 8).await;
}

#[tokio::test]
async fn a_wrong_code_for_an_address_tells_nothing_until_and_through_the_suspension() {
    let crowd = Crowd::new(&[("LoginLockedConfiguration.MaximumFailedLoginAttempts", "4")]).await;
    let verify = |t: &Test, user: &User| {
        t.put("/identity/v2/auth/email").key().json(&json!({ "email": user.email, "otp": "123456" }))
    };
    crowd.is_the_same_for_all(verify, 6).await;
}

#[tokio::test]
async fn a_reset_refused_by_the_password_alone_tells_nothing() {
    let crowd = Crowd::new(&[]).await;
    crowd.is_the_same_for_all(|t, user| t.ask_for_reset(&user.phone), 1).await;
    crowd.is_the_same_for_all(|t, user| t.reset_call(&user.phone, "x", "Password1"), 1).await;
    crowd.is_the_same_for_all(|t, user| t.reset_call(&user.phone, "x", GOOD_PASSWORD), 1).await;
}
