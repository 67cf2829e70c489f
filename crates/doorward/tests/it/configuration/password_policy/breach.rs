//! Passwords that were stolen elsewhere.

use super::{account, change};
use crate::support::{GOOD_PASSWORD, OTHER_PASSWORD, Test, User, serve};
use axum::Router;
use axum::http::StatusCode;
use doorward::config::Passwords;
use doorward::outside::{breach_lists, build_breach_file};
use serde_json::json;
use std::fs;
use tempfile::TempDir;

const LOGIN: &str = "passwordPolicy.breachedPasswords.Login";

/// A product whose operator has a list with [`OTHER_PASSWORD`] on it.
async fn with_list() -> Test {
    let folder = TempDir::new().unwrap();
    let (list, file) = (folder.path().join("list.txt"), folder.path().join("breached.bin"));
    fs::write(&list, OTHER_PASSWORD).unwrap();
    build_breach_file(&list, &file).unwrap();
    with(&Passwords { breached_list: Some(file), breach_api: None }).await
}

async fn with(passwords: &Passwords) -> Test {
    let mut t = Test::new().await;
    let lists = breach_lists(passwords).unwrap();
    t.restart(|setup| setup.outside.breach_lists = lists).await;
    t
}

/// Somebody who chose [`OTHER_PASSWORD`] before it was stolen.
async fn with_stolen_password(login: &str) -> (Test, User) {
    let t = with_list().await;
    t.set("passwordPolicy.breachedPasswords.Register", "false").await;
    t.set(LOGIN, login).await;
    let user = t.user_with(&json!({ "Password": OTHER_PASSWORD })).await;
    (t, user)
}

#[tokio::test]
async fn nobody_registers_with_a_stolen_password() {
    let t = with_list().await;
    let body = json!({ "UserName": "newcomer", "Password": OTHER_PASSWORD });
    assert_eq!(t.register(&body).await.refusal(), (403, 1315));
    t.set("passwordPolicy.breachedPasswords.Register", "false").await;
    t.register(&body).await.ok();
}

#[tokio::test]
async fn nobody_changes_or_resets_theirs_to_one_and_the_code_stays_good() {
    let t = with_list().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    assert_eq!(change(&t, &tokens, GOOD_PASSWORD, OTHER_PASSWORD).send().await.refusal(), (403, 1315));
    let code = t.reset_code(&user).await;
    assert_eq!(t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.refusal(), (403, 1315));
    let update = t.update_call(&user, &json!({ "Password": OTHER_PASSWORD })).send().await;
    assert_eq!(update.refusal(), (403, 1315));
    t.login(&user).await;
    t.set("passwordPolicy.breachedPasswords.PasswordChange", "false").await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_login_records_what_the_lists_say() {
    let (mut t, user) = with_stolen_password("record").await;
    assert_eq!(account(&t, &user).await["IsPasswordBreached"], false);
    let reply = t.login_call(&user, OTHER_PASSWORD).send().await;
    assert_eq!(reply.ok()["Profile"]["IsPasswordBreached"], true);
    t.restart(|setup| setup.outside.breach_lists.clear()).await;
    let reply = t.login_call(&user, OTHER_PASSWORD).send().await;
    assert_eq!(reply.ok()["Profile"]["IsPasswordBreached"], false);
}

#[tokio::test]
async fn nobody_looks_where_the_tenant_does_not_want_it() {
    let (t, user) = with_stolen_password("off").await;
    let reply = t.login_call(&user, OTHER_PASSWORD).send().await;
    assert_eq!(reply.ok()["Profile"]["IsPasswordBreached"], false);
}

#[tokio::test]
async fn the_shipped_list_needs_no_setting() {
    let t = Test::new().await;
    t.set("passwordPolicy.CommonPasswordPreventionValidation", "false").await;
    assert_eq!(t.register(&json!({ "UserName": "newcomer", "Password": "password1" })).await.refusal(), (403, 1315));
    t.set("passwordPolicy.breachedPasswords.Register", "false").await;
    let user = t.user_with(&json!({ "Password": "password1" })).await;
    let reply = t.login_call(&user, "password1").send().await;
    assert_eq!(reply.ok()["Profile"]["IsPasswordBreached"], true);
}

#[tokio::test]
async fn the_owner_is_told_once() {
    let (t, user) = with_stolen_password("notify").await;
    for _ in 0..3 {
        t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    }
    t.run_jobs().await;
    let told: Vec<String> = t.outbox().into_iter().map(|message| message.template).collect();
    assert_eq!(told, ["password-breached", "password-breached"], "by email and by phone");
    assert!(t.outbox().iter().all(|message| message.code.is_none()));
}

#[tokio::test]
async fn a_stolen_password_signs_nobody_in_where_it_must_be_changed() {
    let (t, user) = with_stolen_password("change").await;
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    assert_eq!(t.login_call(&user, OTHER_PASSWORD).send().await.refusal(), (403, 1316));
    assert_eq!(t.login_call(&user, OTHER_PASSWORD).send().await.refusal(), (403, 1317));
    t.run_jobs().await;
    let messages = t.outbox();
    assert_eq!(messages.len(), 1);
    assert_eq!((messages[0].to.as_str(), messages[0].template.as_str()), (user.email.as_str(), "password-breached"));
    assert_eq!(account(&t, &user).await["IsPasswordBreached"], true);
    let code = messages[0].code.clone().unwrap();
    let reset = json!({ "email": user.email, "otp": code, "password": GOOD_PASSWORD });
    t.put("/identity/v2/auth/password/reset").key().json(&reset).send().await.ok();
    let reply = t.login_call(&user, GOOD_PASSWORD).send().await;
    assert_eq!(reply.ok()["Profile"]["IsPasswordBreached"], false);
    t.run_jobs().await;
}

#[tokio::test]
async fn a_service_that_does_not_answer_keeps_nobody_out_and_changes_nothing() {
    let address = serve(Router::new().fallback(|| async { StatusCode::SERVICE_UNAVAILABLE })).await;
    let api = format!("{address}/range").parse().unwrap();
    let t = with(&Passwords { breached_list: None, breach_api: Some(api) }).await;
    t.set(LOGIN, "change").await;
    let user = t.user().await;
    t.update_call(&user, &json!({ "IsPasswordBreached": true })).send().await.ok();
    let reply = t.login_call(&user, GOOD_PASSWORD).send().await;
    assert_eq!(reply.ok()["Profile"]["IsPasswordBreached"], true);
}
