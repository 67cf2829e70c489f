//! Codes by email in the hands of who is signed in, and of the back end.

use super::{enrol_email, enrolled_email, knock, mail, optional, token, verify_mail};
use crate::support::{Call, Test, Tokens, User, wrong};
use doorward_model::time::Span;
use serde_json::{Value, json};

const PATH: &str = "/identity/v2/auth/account/2fa/email";

fn want(t: &Test, tokens: &Tokens, email: &str) -> Call {
    t.get(PATH).key().token(&tokens.access).query("emailid", email)
}

fn confirm(t: &Test, tokens: &Tokens, email: &str, otp: &str) -> Call {
    t.put(PATH).key().token(&tokens.access).json(&json!({ "emailid": email, "otp": otp }))
}

fn remove(t: &Test, tokens: &Tokens) -> Call {
    t.delete(PATH).key().token(&tokens.access)
}

async fn settings(t: &Test, tokens: &Tokens) -> Value {
    t.get("/identity/v2/auth/account/2fa").key().token(&tokens.access).send().await.ok().clone()
}

async fn signed_in() -> (Test, User, Tokens) {
    let t = optional().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    (t, user, tokens)
}

fn notices(t: &Test) -> usize {
    t.outbox().iter().filter(|message| message.template == "second-factor-changed").count()
}

#[tokio::test]
async fn the_addresses_are_the_factor_once_a_code_came_back_and_the_owner_is_told() {
    let (t, user, tokens) = signed_in().await;
    let before = settings(&t, &tokens).await;
    assert_eq!((&before["IsEmailOtpAuthenticatorVerified"], &before["Email"]), (&json!(false), &json!([user.email])));
    assert_eq!(want(&t, &tokens, &user.email).send().await.ok(), &json!({ "IsPosted": true }));
    let code = t.code_for(&user.email).await;
    assert_eq!(confirm(&t, &tokens, &user.email, &wrong(&code)).send().await.refusal(), (403, 1067));
    t.login(&user).await;
    let reply = confirm(&t, &tokens, &user.email, &code).query("fields", "Uid").send().await;
    assert_eq!(reply.ok(), &json!({ "Uid": user.uid }));
    assert_eq!(settings(&t, &tokens).await["IsEmailOtpAuthenticatorVerified"], true);
    assert_eq!(confirm(&t, &tokens, &user.email, &code).send().await.refusal(), (403, 1068));
    t.run_jobs().await;
    assert_eq!(notices(&t), 2);
    knock(&t, &user).await;
    t.run_jobs().await;
}

#[tokio::test]
async fn the_older_paths_work_and_the_only_address_need_not_be_named() {
    let (t, user, tokens) = signed_in().await;
    let old = "/identity/v2/auth/account/2fa/otp/email";
    t.get(old).key().token(&tokens.access).query("emailtemplate2fa", "x").send().await.ok();
    let code = t.code_for(&user.email).await;
    let old = "/identity/v2/auth/account/2fa/verification/otp/email";
    let body = json!({ "EmailId": user.email, "Otp": code });
    t.put(old).key().token(&tokens.access).json(&body).send().await.ok();
    let old = "/identity/v2/auth/account/2fa/authenticator/otp/email";
    let reply = t.delete(old).key().token(&tokens.access).json(&json!({ "emailotpauthenticator": true })).send().await;
    assert_eq!(reply.ok(), &json!({ "IsDeleted": true }));
    t.run_jobs().await;
    t.login(&user).await;
}

#[tokio::test]
async fn of_two_addresses_one_must_be_named_and_both_take_codes_afterwards() {
    let t = optional().await;
    let emails = json!([
        { "Type": "Primary", "Value": "first@example.com" }, { "Type": "Work", "Value": "second@example.com" }
    ]);
    let user = t.user_with(&json!({ "Email": emails })).await;
    let tokens = t.login(&user).await;
    assert_eq!(t.get(PATH).key().token(&tokens.access).send().await.refusal(), (400, 908));
    want(&t, &tokens, "second@example.com").send().await.ok();
    let code = t.code_for("second@example.com").await;
    assert_eq!(confirm(&t, &tokens, "first@example.com", &code).send().await.refusal(), (403, 1067));
    confirm(&t, &tokens, "second@example.com", &code).send().await.ok();
    let waiting = knock(&t, &user).await;
    mail(&t, &waiting, "first@example.com").send().await.ok();
    let code = t.code_for("first@example.com").await;
    verify_mail(&t, &waiting, "first@example.com", &code).send().await.ok();
}

#[tokio::test]
async fn an_address_of_somebody_else_or_one_not_proved_is_refused() {
    let (t, user, tokens) = signed_in().await;
    let other = t.user().await;
    for stranger in [other.email.as_str(), "nobody@example.com"] {
        assert_eq!(want(&t, &tokens, stranger).send().await.refusal(), (403, 1340));
        assert_eq!(confirm(&t, &tokens, stranger, "123456").send().await.refusal(), (403, 1340));
    }
    t.update_call(&user, &json!({ "EmailVerified": false })).send().await.ok();
    assert_eq!(want(&t, &tokens, &user.email).send().await.refusal(), (403, 1340));
    assert_eq!(t.get(PATH).key().token(&tokens.access).send().await.refusal(), (403, 1340));
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn changes_need_a_recent_proof() {
    let (t, user, tokens) = signed_in().await;
    enrol_email(&t, &user).await;
    t.clock.advance(Span::seconds(601));
    assert_eq!(want(&t, &tokens, &user.email).send().await.refusal(), (403, 90006));
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 90006));
}

#[tokio::test]
async fn the_switches_count() {
    let (t, user, tokens) = signed_in().await;
    t.set("TwoFactorAuthentication.IsEmailOtpAuthenticatorEnabled", "false").await;
    assert_eq!(want(&t, &tokens, &user.email).send().await.refusal(), (403, 1256));
    assert_eq!(confirm(&t, &tokens, &user.email, "123456").send().await.refusal(), (403, 1256));
    assert_eq!(settings(&t, &tokens).await["Email"], Value::Null);
    t.set("TwoFactorAuthentication.IsSecondFactorAuthenticatorEnabled", "false").await;
    assert_eq!(want(&t, &tokens, &user.email).send().await.refusal(), (403, 1097));
}

#[tokio::test]
async fn wrong_codes_count_against_the_account_and_mails_against_the_address() {
    let (t, user, tokens) = signed_in().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    want(&t, &tokens, &user.email).send().await.ok();
    let code = t.code_for(&user.email).await;
    want(&t, &tokens, &user.email).send().await.ok();
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 1, "the first one was sent just now");
    for _ in 0..3 {
        assert_eq!(confirm(&t, &tokens, &user.email, &wrong(&code)).send().await.refusal(), (403, 1067));
    }
    assert_eq!(confirm(&t, &tokens, &user.email, &code).send().await.refusal(), (403, 1198));
    for _ in 0..4 {
        t.clock.advance(Span::seconds(30));
        want(&t, &tokens, &user.email).send().await.ok();
    }
    t.clock.advance(Span::seconds(30));
    assert_eq!(want(&t, &tokens, &user.email).send().await.refusal(), (403, 1122));
    t.run_jobs().await;
}

#[tokio::test]
async fn removing_it_ends_waiting_logins_and_the_last_one_stays_where_one_is_required() {
    let (t, user) = enrolled_email().await;
    let waiting = knock(&t, &user).await;
    let code = t.code_for(&user.email).await;
    let tokens = Tokens::of(&verify_mail(&t, &waiting, &user.email, &code).send().await);
    t.set("TwoFactorAuthentication.IsRequired", "true").await;
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 1121));
    t.set("TwoFactorAuthentication.IsRequired", "false").await;
    let waiting = knock(&t, &user).await;
    remove(&t, &tokens).send().await.ok();
    assert_eq!(mail(&t, &waiting, &user.email).send().await.refusal(), (403, 1103));
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 1101));
    t.login(&user).await;
    t.run_jobs().await;
}

#[tokio::test]
async fn the_back_end_removes_it_by_both_paths_and_another_tenants_cannot() {
    for path in ["email", "authenticator/otp/email"] {
        let (t, user) = enrolled_email().await;
        let path = format!("/identity/v2/manage/account/2fa/{path}");
        let other = t.tenant("other").await;
        let foreign = t.delete(&path).back_end_of(&other).query("uid", &user.uid).send().await;
        assert_ne!(foreign.status, 200);
        let waiting = token(&t.login_call(&user, &user.password).send().await);
        t.delete(&path).back_end().query("uid", &user.uid).send().await.ok();
        assert_eq!(mail(&t, &waiting, &user.email).send().await.refusal(), (403, 1103));
        assert_eq!(t.delete(&path).back_end().query("uid", &user.uid).send().await.refusal(), (403, 1101));
        assert_eq!(t.delete(&path).back_end().query("uid", "nobody").send().await.refusal().1, 984);
        t.login(&user).await;
        t.run_jobs().await;
    }
}
