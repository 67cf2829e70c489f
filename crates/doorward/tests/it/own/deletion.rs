//! An account deleted by its owner.

use super::{latest, token, told};
use crate::support::{Call, Reply, Test, Tokens, User, race, wrong};
use doorward_model::time::Span;
use serde_json::json;

const PAGE: &str = "https://shop.example/goodbye";

async fn signed_in() -> (Test, User, Tokens) {
    let t = Test::new().await;
    t.set("domains", r#"["https://shop.example"]"#).await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    (t, user, tokens)
}

fn ask(t: &Test, tokens: &Tokens) -> Call {
    t.delete("/identity/v2/auth/account").key().token(&tokens.access)
}

fn by_token(t: &Test, token: &str) -> Call {
    t.get("/identity/v2/auth/account/delete").key().query("deletetoken", token)
}

fn by_email(t: &Test, email: &str, otp: &str) -> Call {
    t.get("/identity/v2/auth/account/delete").key().query("email", email).query("otp", otp)
}

fn by_phone(t: &Test, tokens: &Tokens, otp: &str) -> Call {
    t.post("/identity/v2/auth/account/delete").key().token(&tokens.access).json(&json!({ "otp": otp }))
}

async fn phone_code(t: &Test, user: &User, tokens: &Tokens) -> String {
    let reply = t.get("/identity/v2/auth/account/otp").key().token(&tokens.access).send().await;
    assert_eq!(reply.ok()["IsPosted"], true);
    t.code_for(&user.phone).await
}

async fn look(t: &Test, user: &User) -> Reply {
    t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await
}

async fn assert_gone(t: &Test, user: &User, tokens: &Tokens) {
    assert_eq!(look(t, user).await.refusal(), (403, 984));
    assert_eq!(t.profile_call(tokens).send().await.refusal(), (403, 905));
    assert_eq!(t.login_call(user, &user.password).send().await.refusal(), (401, 966));
    assert_eq!(told(t, "account-deleted").await, [user.phone.clone(), user.email.clone()]);
    let again = json!({ "Email": user.profile["Email"], "PhoneId": user.phone, "UserName": user.user_name });
    assert_ne!(t.user_with(&again).await.uid, user.uid);
}

#[tokio::test]
async fn a_link_to_the_named_page_deletes_the_account_and_frees_its_identifiers() {
    let (t, user, tokens) = signed_in().await;
    let reply = ask(&t, &tokens).query("deleteurl", PAGE).send().await;
    assert_eq!(reply.ok(), &json!({ "IsDeleteRequestAccepted": true }));
    assert!(latest(&t, &user.email).await.link.unwrap().starts_with("https://shop.example/goodbye?vtype=deleteuser&"));
    look(&t, &user).await.ok();
    let token = token(&t, &user.email).await;
    assert_eq!(by_token(&t, &token).send().await.ok(), &json!({ "IsPosted": true }));
    assert_gone(&t, &user, &tokens).await;
    assert_eq!(by_token(&t, &token).send().await.refusal(), (403, 1119));
}

#[tokio::test]
async fn without_a_page_the_message_carries_a_code() {
    let (t, user, tokens) = signed_in().await;
    ask(&t, &tokens).send().await.ok();
    assert_eq!(latest(&t, &user.email).await.link, None);
    let code = t.code_for(&user.email).await;
    assert_eq!(by_email(&t, &user.email, &wrong(&code)).send().await.refusal(), (403, 1067));
    assert_eq!(by_email(&t, "nobody@example.com", &code).send().await.refusal(), (403, 1067));
    assert_eq!(by_email(&t, &user.email, &code).send().await.ok(), &json!({ "IsPosted": true }));
    assert_gone(&t, &user, &tokens).await;
}

#[tokio::test]
async fn a_code_to_the_phone_deletes_the_account() {
    let (t, user, tokens) = signed_in().await;
    let code = phone_code(&t, &user, &tokens).await;
    assert_eq!(by_phone(&t, &tokens, &wrong(&code)).send().await.refusal(), (403, 1067));
    look(&t, &user).await.ok();
    assert_eq!(by_phone(&t, &tokens, &code).send().await.ok(), &json!({ "IsDeleted": true }));
    assert_gone(&t, &user, &tokens).await;
}

#[tokio::test]
async fn a_page_that_is_not_the_tenants_gets_no_link() {
    let (t, _, tokens) = signed_in().await;
    let call = ask(&t, &tokens).query("deleteurl", "https://evil.example/");
    assert_eq!(call.send().await.refusal(), (403, 1249));
}

#[tokio::test]
async fn a_link_is_over_after_an_hour_and_unknown_elsewhere() {
    let (t, user, tokens) = signed_in().await;
    let other = t.tenant("other").await;
    ask(&t, &tokens).query("deleteurl", PAGE).send().await.ok();
    let token = token(&t, &user.email).await;
    let there = t.get("/identity/v2/auth/account/delete").query("apikey", &other.api_key).query("deletetoken", &token);
    assert_eq!(there.send().await.refusal(), (403, 1119));
    assert_eq!(by_token(&t, &"0".repeat(32)).send().await.refusal(), (403, 1119));
    let reset = json!({ "resettoken": token, "password": "granite kettle 91 orbits" });
    let reset = t.put("/identity/v2/auth/password/reset").key().json(&reset);
    assert_eq!(reset.send().await.refusal(), (403, 1063));
    t.clock.advance(Span::minutes(60));
    assert_eq!(by_token(&t, &token).send().await.refusal(), (403, 979));
    look(&t, &user).await.ok();
}

#[tokio::test]
async fn codes_that_are_too_old_or_of_another_kind_delete_nothing() {
    let (t, user, tokens) = signed_in().await;
    let reset = t.reset_code(&user).await;
    assert_eq!(by_phone(&t, &tokens, &reset).send().await.refusal(), (403, 1067));
    let code = phone_code(&t, &user, &tokens).await;
    t.clock.advance(Span::seconds(300));
    assert_eq!(by_phone(&t, &tokens, &code).send().await.refusal(), (403, 1069));
    look(&t, &user).await.ok();
}

#[tokio::test]
async fn a_new_password_voids_the_wish() {
    let (t, user, tokens) = signed_in().await;
    ask(&t, &tokens).query("deleteurl", PAGE).send().await.ok();
    let token = token(&t, &user.email).await;
    let code = t.reset_code(&user).await;
    t.reset_call(&user.phone, &code, "granite kettle 91 orbits").send().await.ok();
    assert_eq!(by_token(&t, &token).send().await.refusal(), (403, 979));
    t.run_jobs().await;
}

#[tokio::test]
async fn wrong_codes_lock_like_wrong_passwords_known_or_not() {
    let (t, user, tokens) = signed_in().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    for email in [user.email.as_str(), "nobody@example.com"] {
        for _ in 0..3 {
            assert_eq!(by_email(&t, email, "000000").send().await.refusal(), (403, 1067));
        }
        assert_eq!(by_email(&t, email, "000000").send().await.refusal(), (403, 1198));
    }
    let code = phone_code(&t, &user, &tokens).await;
    assert_eq!(by_phone(&t, &tokens, &code).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn without_the_means_to_confirm_nothing_is_sent() {
    let t = Test::new().await;
    let (_, tokens) = t.registered_by_phone().await;
    assert_eq!(ask(&t, &tokens).send().await.refusal(), (403, 1340));
    let send = |tokens: &Tokens| t.get("/identity/v2/auth/account/otp").key().token(&tokens.access).send();
    let without = t.user_with(&json!({ "PhoneId": null })).await;
    assert_eq!(send(&t.login(&without).await).await.refusal(), (403, 1043));
    let unproved = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    assert_eq!(send(&t.login(&unproved).await).await.refusal(), (403, 1066));
    assert_eq!(t.get("/identity/v2/auth/account/delete").key().send().await.refusal(), (400, 908));
    let without_code = t.get("/identity/v2/auth/account/delete").key().query("email", "a@b.example");
    assert_eq!(without_code.send().await.refusal(), (400, 908));
}

#[tokio::test]
async fn of_many_with_the_same_link_one_deletes_the_account() {
    let (t, user, tokens) = signed_in().await;
    ask(&t, &tokens).query("deleteurl", PAGE).send().await.ok();
    let token = token(&t, &user.email).await;
    let replies = race((0..8).map(|_| by_token(&t, &token))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().all(|reply| reply.status == 200 || [979, 1119].contains(&reply.refusal().1)));
    assert_eq!(told(&t, "account-deleted").await.len(), 2);
}
