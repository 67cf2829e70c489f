//! What needs a recent proof: whatever would let a thief of the token keep the account, or take it for good.

use super::{by_password, grow_old, signed_in};
use crate::support::{Call, Test, Tokens};
use doorward_model::time::Span;
use serde_json::json;

/// Every change of this kind, each with what it answers to a session that is recent.
fn changes(t: &Test, tokens: &Tokens) -> Vec<(&'static str, Call)> {
    let own = |call: Call| call.key().token(&tokens.access);
    let update = |body| own(t.put("/identity/v2/auth/account")).json(&body);
    vec![
        (
            "an address",
            own(t.post("/identity/v2/auth/email")).json(&json!({ "Email": "new@example.com", "Type": "Work" })),
        ),
        ("no address", own(t.delete("/identity/v2/auth/email")).json(&json!({ "email": "new@example.com" }))),
        ("a phone", own(t.put("/identity/v2/auth/phone")).json(&json!({ "phone": "+919877712345" }))),
        ("a user name", own(t.put("/identity/v2/auth/username")).json(&json!({ "username": "asha-the-second" }))),
        ("a user name in the profile", update(json!({ "UserName": "asha-the-third" }))),
        ("a phone in the profile", update(json!({ "PhoneId": "+919877712346" }))),
        ("a PIN", update(json!({ "PINInfo": { "PIN": "2580" } }))),
        ("deletion by mail", own(t.delete("/identity/v2/auth/account"))),
        ("deletion by phone", own(t.get("/identity/v2/auth/account/otp"))),
        ("no phone", own(t.delete("/identity/v2/auth/phone"))),
    ]
}

#[tokio::test]
async fn an_old_session_changes_nothing_that_opens_the_account() {
    let (t, user, tokens) = signed_in().await;
    t.set("PINAuthentication.IsEnabled", "true").await;
    grow_old(&t);
    for (what, call) in changes(&t, &tokens) {
        assert_eq!(call.send().await.refusal(), (403, 90006), "{what}");
    }
    let account = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
    for name in ["Email", "PhoneId", "UserName", "PIN"] {
        assert_eq!(account.ok()[name], user.profile[name], "{name}");
    }
    t.run_jobs().await;
    assert!(t.outbox().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn after_a_step_up_the_same_session_changes_all_of_it() {
    let (t, user, tokens) = signed_in().await;
    t.set("PINAuthentication.IsEnabled", "true").await;
    grow_old(&t);
    by_password(&t, &tokens, &user.password).send().await.ok();
    for (what, call) in changes(&t, &tokens) {
        let reply = call.send().await;
        assert_eq!(reply.status, 200, "{what}: {}", reply.text);
    }
    t.run_jobs().await;
}

#[tokio::test]
async fn a_refreshed_session_is_as_old_as_before() {
    let (t, _, tokens) = signed_in().await;
    grow_old(&t);
    let tokens = Tokens::of(&t.refresh_call(&tokens).send().await);
    assert!(!super::is_recent(&t, &tokens).await);
}

#[tokio::test]
async fn ten_minutes_are_recent_and_no_more() {
    let (t, _, tokens) = signed_in().await;
    t.clock.advance(Span::minutes(10));
    assert!(super::is_recent(&t, &tokens).await);
    t.clock.advance(Span(1));
    assert!(!super::is_recent(&t, &tokens).await);
    t.run_jobs().await;
}

#[tokio::test]
async fn what_opens_nothing_needs_no_recent_proof() {
    let (t, user, tokens) = signed_in().await;
    grow_old(&t);
    let body = json!({
        "FirstName": "Ada", "UserName": user.user_name, "PhoneId": user.phone,
        "Email": [{ "Type": "Primary", "Value": user.email }]
    });
    let update = t.put("/identity/v2/auth/account").key().token(&tokens.access).json(&body).send().await;
    assert_eq!(update.ok()["Data"]["FirstName"], "Ada", "a profile that is sent back names what is there");
    let body = json!({ "OldPassword": user.password, "NewPassword": crate::support::OTHER_PASSWORD });
    let call = t.put("/identity/v2/auth/password/change").key().token(&tokens.access).json(&body);
    assert_eq!(call.send().await.status, 200, "the old password is a proof of its own");
    t.run_jobs().await;
}
