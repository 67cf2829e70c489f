//! What the profile says of passkeys that are to be offered.

use super::{add, asked, enrolled, finish_login, with_passkeys};
use crate::support::{Reply, Test, Tokens, User};
use doorward_model::time::Span;
use serde_json::{Value, json};

async fn with_offers() -> (Test, User) {
    let t = with_passkeys().await;
    t.set("PassKeysConfig.ProgressiveEnrollment", "true").await;
    t.set("PassKeysConfig.ProgressiveEnrollmentDelay", "7").await;
    let user = t.user().await;
    (t, user)
}

fn offer(reply: &Reply) -> Value {
    reply.ok()["Profile"]["PasskeyLogin"].clone()
}

async fn skip(t: &Test, tokens: &Tokens) {
    let body = json!({ "PasskeyLogin": { "Skipped": true } });
    t.put("/identity/v2/auth/account").key().token(&tokens.access).json(&body).send().await.ok();
}

#[tokio::test]
async fn somebody_without_a_passkey_is_offered_one_until_they_have_it() {
    let (t, user) = with_offers().await;
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(offer(&reply), json!({ "ProgressiveFlag": true, "LocalEnrollmentFlag": false }));
    add(&t, &user).await;
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(offer(&reply), json!({ "ProgressiveFlag": false, "LocalEnrollmentFlag": false }));
}

#[tokio::test]
async fn whoever_wants_none_is_left_in_peace_for_some_days() {
    let (t, user) = with_offers().await;
    let tokens = t.login(&user).await;
    skip(&t, &tokens).await;
    let profile = t.profile_call(&tokens).send().await;
    let said = &profile.ok()["PasskeyLogin"];
    assert_eq!(said["ProgressiveFlag"], false);
    assert_eq!(said["ProgressiveEnrollmentDate"], "2026-01-22T12:00:00Z");
    t.clock.advance(Span::seconds(7 * 24 * 60 * 60 - 1));
    assert_eq!(offer(&t.login_call(&user, &user.password).send().await)["ProgressiveFlag"], false);
    t.clock.advance(Span::seconds(1));
    assert_eq!(offer(&t.login_call(&user, &user.password).send().await)["ProgressiveFlag"], true);
}

#[tokio::test]
async fn nothing_is_offered_where_the_tenant_does_not_want_it_or_there_is_no_address() {
    let (t, user) = with_offers().await;
    let nobody = t.user_with(&json!({ "Email": null })).await;
    let body = json!({ "phone": nobody.phone, "password": nobody.password });
    let reply = t.post("/identity/v2/auth/login").key().json(&body).send().await;
    assert_eq!(offer(&reply)["ProgressiveFlag"], false, "a passkey needs an address");
    t.set("PassKeysConfig.ProgressiveEnrollment", "false").await;
    assert_eq!(offer(&t.login_call(&user, &user.password).send().await), Value::Null);
    t.set("PassKeysConfig.ProgressiveEnrollment", "true").await;
    t.set("PassKeysConfig.IsEnabled", "false").await;
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(offer(&reply), Value::Null);
    skip(&t, &Tokens::of(&reply)).await;
    t.set("PassKeysConfig.IsEnabled", "true").await;
    assert_eq!(offer(&t.login_call(&user, &user.password).send().await)["ProgressiveFlag"], true);
}

#[tokio::test]
async fn nobody_sets_their_flags_by_themselves() {
    let (t, user) = with_offers().await;
    let tokens = t.login(&user).await;
    for said in [json!({ "ProgressiveFlag": false }), json!({ "Skipped": "true" }), json!("Skipped")] {
        let body = json!({ "PasskeyLogin": said });
        t.put("/identity/v2/auth/account").key().token(&tokens.access).json(&body).send().await.ok();
    }
    assert_eq!(offer(&t.login_call(&user, &user.password).send().await)["ProgressiveFlag"], true);
}

#[tokio::test]
async fn a_passkey_of_another_device_has_one_offered_for_this_one() {
    let (t, user, mut authenticator) = enrolled().await;
    t.set("PassKeysConfig.LocalEnrollment", "true").await;
    for (attachment, offered) in [("cross-platform", true), ("platform", false)] {
        let mut credential = authenticator.answer(&asked(&t, &user).await);
        credential["authenticatorAttachment"] = json!(attachment);
        let reply = finish_login(&t, &credential).send().await;
        assert_eq!(offer(&reply)["LocalEnrollmentFlag"], offered, "{attachment}");
        let later = t.profile_call(&Tokens::of(&reply)).send().await;
        assert_eq!(later.ok()["PasskeyLogin"]["LocalEnrollmentFlag"], false, "only the login says so");
    }
    t.set("PassKeysConfig.LocalEnrollment", "false").await;
    t.set("PassKeysConfig.ProgressiveEnrollment", "true").await;
    let mut credential = authenticator.answer(&asked(&t, &user).await);
    credential["authenticatorAttachment"] = json!("cross-platform");
    assert_eq!(offer(&finish_login(&t, &credential).send().await)["LocalEnrollmentFlag"], false);
}
