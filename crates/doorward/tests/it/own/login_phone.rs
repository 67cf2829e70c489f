//! The login phone, changed or given up by its owner.

use super::{account, told};
use crate::support::{Call, OTHER_PASSWORD, Test, Tokens, User, race, wrong};
use doorward_model::time::Span;
use serde_json::json;

const NEW: &str = "+919812345678";

fn change(t: &Test, tokens: &Tokens, phone: &str) -> Call {
    t.put("/identity/v2/auth/phone").key().token(&tokens.access).json(&json!({ "phone": phone }))
}

fn confirm(t: &Test, tokens: &Tokens, code: &str) -> Call {
    t.put("/identity/v2/auth/phone/otp").key().token(&tokens.access).query("otp", code)
}

fn remove(t: &Test, tokens: &Tokens) -> Call {
    t.delete("/identity/v2/auth/phone").key().token(&tokens.access)
}

async fn signed_in() -> (Test, User, Tokens) {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    (t, user, tokens)
}

fn login_by(t: &Test, phone: &str, user: &User) -> Call {
    t.post("/identity/v2/auth/login").key().json(&json!({ "phone": phone, "password": user.password }))
}

#[tokio::test]
async fn a_new_number_waits_for_its_code_while_the_old_one_works_and_is_told() {
    let (t, user, tokens) = signed_in().await;
    let reply = change(&t, &tokens, NEW).send().await;
    assert_eq!(reply.ok()["IsPosted"], true);
    assert!(!reply.json["Data"]["Sid"].as_str().unwrap().is_empty());
    assert_eq!(told(&t, "sign-in-changed").await, [user.phone.clone(), user.email.clone()]);
    assert_eq!(account(&t, &user).await["PhoneId"], user.phone.as_str());
    login_by(&t, &user.phone, &user).send().await.ok();
    assert_eq!(login_by(&t, NEW, &user).send().await.refusal(), (401, 966));

    let code = t.code_for(NEW).await;
    assert_eq!(confirm(&t, &tokens, &code).send().await.ok(), &json!({ "IsPosted": true }));
    let profile = account(&t, &user).await;
    assert_eq!((&profile["PhoneId"], &profile["PhoneIdVerified"]), (&json!(NEW), &json!(true)));
    login_by(&t, NEW, &user).send().await.ok();
    assert_eq!(login_by(&t, &user.phone, &user).send().await.refusal(), (401, 966));
    t.run_jobs().await;
}

#[tokio::test]
async fn codes_to_the_old_number_die_with_the_change() {
    let (t, user, tokens) = signed_in().await;
    let reset = t.reset_code(&user).await;
    change(&t, &tokens, NEW).send().await.ok();
    let code = t.code_for(NEW).await;
    confirm(&t, &tokens, &code).send().await.ok();
    assert_eq!(t.reset_call(&user.phone, &reset, OTHER_PASSWORD).send().await.refusal(), (401, 1409));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_wrong_used_or_old_code_changes_nothing() {
    let (t, user, tokens) = signed_in().await;
    change(&t, &tokens, NEW).send().await.ok();
    let code = t.code_for(NEW).await;
    assert_eq!(confirm(&t, &tokens, &wrong(&code)).send().await.refusal(), (403, 1067));
    t.clock.advance(Span::seconds(300));
    assert_eq!(confirm(&t, &tokens, &code).send().await.refusal(), (403, 1069));
    assert_eq!(account(&t, &user).await["PhoneId"], user.phone.as_str());
    t.post("/identity/v2/auth/phone/otp").key().token(&tokens.access).send().await.ok();
    let code = t.code_for(NEW).await;
    confirm(&t, &tokens, &code).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn wrong_codes_lock_like_wrong_passwords() {
    let (t, user, tokens) = signed_in().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    change(&t, &tokens, NEW).send().await.ok();
    let code = t.code_for(NEW).await;
    for _ in 0..3 {
        assert_eq!(confirm(&t, &tokens, &wrong(&code)).send().await.refusal(), (403, 1067));
    }
    assert_eq!(confirm(&t, &tokens, &code).send().await.refusal(), (403, 1198));
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn a_number_is_refused_that_is_somebodys_or_ones_own_or_none() {
    let (t, user, tokens) = signed_in().await;
    let other = t.user().await;
    assert_eq!(change(&t, &tokens, &other.phone).send().await.refusal(), (403, 1058));
    assert_eq!(change(&t, &tokens, &user.phone).send().await.refusal(), (403, 1073));
    assert_eq!(change(&t, &tokens, "12").send().await.refusal(), (400, 1096));
    assert_eq!(change(&t, &tokens, "").send().await.refusal(), (400, 908));
    assert_eq!(change(&t, &tokens, NEW).query("isvoiceotp", "true").send().await.refusal(), (403, 1281));
    t.set("allowedCountries", r#"["US"]"#).await;
    assert_eq!(change(&t, &tokens, NEW).send().await.refusal(), (403, 1072));
    t.set("IsPhoneLogin", "false").await;
    assert_eq!(change(&t, &tokens, NEW).send().await.refusal(), (403, 1074));
}

#[tokio::test]
async fn the_sixth_code_within_a_quarter_of_an_hour_is_1123() {
    let (t, _, tokens) = signed_in().await;
    for _ in 0..5 {
        change(&t, &tokens, NEW).send().await.ok();
    }
    assert_eq!(change(&t, &tokens, NEW).send().await.refusal(), (403, 1123));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_wish_is_forgotten_after_a_day() {
    let (t, _, tokens) = signed_in().await;
    t.set("accessTokenLifetime", "2880").await;
    change(&t, &tokens, NEW).send().await.ok();
    t.run_jobs().await;
    t.clock.advance(Span::days(1));
    let user = t.user().await;
    let tokens = t.login(&user).await;
    change(&t, &tokens, NEW).send().await.ok();
    let code = t.code_for(NEW).await;
    t.clock.advance(Span::days(1));
    assert_ne!(confirm(&t, &tokens, &code).send().await.status, 200);
    assert_eq!(account(&t, &user).await["PhoneId"], user.phone.as_str());
}

#[tokio::test]
async fn a_code_for_one_account_changes_no_other_account() {
    let (t, _, tokens) = signed_in().await;
    let other = t.user().await;
    let theirs = t.login(&other).await;
    change(&t, &theirs, NEW).send().await.ok();
    change(&t, &tokens, NEW).send().await.ok();
    let code = t.code_for(NEW).await;
    assert_eq!(confirm(&t, &theirs, &code).send().await.refusal(), (403, 1067));
    assert_eq!(account(&t, &other).await["PhoneId"], other.phone.as_str());
    confirm(&t, &tokens, &code).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn of_many_with_the_same_code_one_changes_the_number() {
    let (t, user, tokens) = signed_in().await;
    change(&t, &tokens, NEW).send().await.ok();
    let code = t.code_for(NEW).await;
    let replies = race((0..8).map(|_| confirm(&t, &tokens, &code))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(account(&t, &user).await["PhoneId"], NEW);
    t.run_jobs().await;
}

#[tokio::test]
async fn a_removed_number_signs_nobody_in_and_is_told_of_it() {
    let (t, user, tokens) = signed_in().await;
    assert_eq!(remove(&t, &tokens).send().await.ok(), &json!({ "IsDeleted": true }));
    assert_eq!(account(&t, &user).await["PhoneId"], json!(null));
    assert_eq!(login_by(&t, &user.phone, &user).send().await.refusal(), (401, 966));
    assert_eq!(told(&t, "sign-in-changed").await, [user.phone.clone(), user.email.clone()]);
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 1043));
}

#[tokio::test]
async fn the_number_stays_while_no_proved_address_is_left_to_come_back_by() {
    let t = Test::new().await;
    let (user, tokens) = t.registered_by_phone().await;
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 970));
    assert_eq!(account(&t, &user).await["PhoneId"], user.phone.as_str());
    t.set("IsPhoneLogin", "false").await;
    assert_eq!(remove(&t, &tokens).send().await.refusal(), (403, 1074));
}
