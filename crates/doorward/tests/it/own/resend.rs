//! The message that proves an address, once more.

use super::latest;
use crate::support::{Call, Test, User};
use doorward_model::time::Span;
use serde_json::{Value, json};

async fn unproved(t: &Test) -> User {
    t.user_with(&json!({ "EmailVerified": false })).await
}

fn resend(t: &Test, body: &Value) -> Call {
    t.put("/identity/v2/auth/register").key().json(body)
}

/// Opens the link in the latest message to the person.
async fn open(t: &Test, user: &User) -> Call {
    let link = latest(t, &user.email).await.link.expect("a link");
    t.get(link.strip_prefix(crate::support::PUBLIC_URL).expect("the installation's own address"))
}

#[tokio::test]
async fn the_message_comes_again_by_address_and_by_user_name() {
    let t = Test::new().await;
    for by_name in [false, true] {
        let user = unproved(&t).await;
        let body = if by_name { json!({ "username": user.user_name }) } else { json!({ "email": user.email }) };
        assert_eq!(resend(&t, &body).send().await.ok(), &json!({ "IsPosted": true }));
        open(&t, &user).await.send().await.ok();
    }
}

#[tokio::test]
async fn a_newer_message_voids_the_older() {
    let t = Test::new().await;
    let user = unproved(&t).await;
    resend(&t, &json!({ "email": user.email })).send().await.ok();
    let older = open(&t, &user).await;
    t.clock.advance(Span::seconds(30));
    resend(&t, &json!({ "email": user.email })).send().await.ok();
    let newer = open(&t, &user).await;
    assert_eq!(older.send().await.refusal(), (403, 973));
    newer.send().await.ok();
}

#[tokio::test]
async fn within_thirty_seconds_nothing_is_sent_again() {
    let t = Test::new().await;
    let user = unproved(&t).await;
    resend(&t, &json!({ "email": user.email })).send().await.ok();
    t.clock.advance(Span(29_999));
    resend(&t, &json!({ "email": user.email })).send().await.ok();
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 1);
}

#[tokio::test]
async fn unknown_proved_and_blocked_are_answered_alike_and_get_nothing() {
    let t = Test::new().await;
    let (proved, blocked) = (t.user().await, unproved(&t).await);
    t.update_call(&blocked, &json!({ "IsActive": false })).send().await.ok();
    for body in [
        json!({ "email": proved.email }),
        json!({ "username": proved.user_name }),
        json!({ "email": blocked.email }),
        json!({ "email": "nobody@example.com" }),
        json!({ "username": "nobody" }),
    ] {
        for _ in 0..5 {
            assert_eq!(resend(&t, &body).send().await.ok(), &json!({ "IsPosted": true }));
            t.clock.advance(Span::seconds(30));
        }
        t.run_jobs().await;
        assert!(t.outbox().is_empty(), "{body}");
        t.clock.advance(Span::minutes(15));
    }
}

#[tokio::test]
async fn the_sixth_message_within_a_quarter_of_an_hour_is_1122_known_or_not() {
    let t = Test::new().await;
    let user = unproved(&t).await;
    for email in [user.email.as_str(), "nobody@example.com"] {
        for _ in 0..5 {
            resend(&t, &json!({ "email": email })).send().await.ok();
            t.clock.advance(Span::seconds(30));
        }
        assert_eq!(resend(&t, &json!({ "email": email })).send().await.refusal(), (403, 1122));
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn refused_by_the_page_the_switch_and_without_a_name() {
    let t = Test::new().await;
    let body = json!({ "email": "nobody@example.com" });
    let foreign = resend(&t, &body).query("verificationurl", "https://evil.example/");
    assert_eq!(foreign.send().await.refusal(), (403, 1249));
    assert_eq!(resend(&t, &json!({})).send().await.refusal(), (400, 908));
    t.set("EmailVerificationFlow", "disabled").await;
    assert_eq!(resend(&t, &body).send().await.refusal(), (403, 1034));
}

#[tokio::test]
async fn a_sign_in_with_an_unproved_address_sends_the_message_again() {
    let t = Test::new().await;
    t.set("EmailVerificationFlow", "required").await;
    let user = unproved(&t).await;
    assert_eq!(t.login_call(&user, "not it").send().await.refusal(), (401, 966));
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 970));
    open(&t, &user).await.send().await.ok();
    t.login(&user).await;
}

#[tokio::test]
async fn a_sign_in_names_no_page_that_is_not_the_tenants() {
    let t = Test::new().await;
    let user = t.user().await;
    let call = t.login_call(&user, &user.password).query("verificationurl", "https://evil.example/");
    assert_eq!(call.send().await.refusal(), (403, 1249));
}

#[tokio::test]
async fn a_registration_with_a_captcha_is_refused_while_nobody_can_judge_one() {
    let t = Test::new().await;
    let call = || t.post("/identity/v2/auth/register/captcha").key().json(&json!({ "UserName": "ravi" }));
    assert_eq!(call().send().await.refusal(), (403, 982));
    t.set("IsCustomerRegistration", "false").await;
    assert_eq!(call().send().await.refusal(), (403, 1190));
}
