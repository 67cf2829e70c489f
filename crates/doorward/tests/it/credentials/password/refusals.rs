//! What is refused at a reset, and what a refusal costs.

use super::{assert_refused, reset};
use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Test, User, wrong};
use doorward_model::time::Span;
use serde_json::json;

async fn with_code() -> (Test, User, String) {
    let t = Test::new().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    (t, user, code)
}

#[tokio::test]
async fn a_wrong_code_is_refused() {
    let (t, user, code) = with_code().await;
    assert_refused(&t.reset_call(&user.phone, &wrong(&code), OTHER_PASSWORD).send().await);
    t.login(&user).await;
}

#[tokio::test]
async fn an_unknown_phone_is_refused_like_a_wrong_code() {
    let t = Test::new().await;
    t.ask_for_reset("+919812345678").send().await.ok();
    assert_refused(&t.reset_call("+919812345678", "123456", OTHER_PASSWORD).send().await);
}

#[tokio::test]
async fn a_phone_without_a_pending_code_is_refused_like_a_wrong_code() {
    let t = Test::new().await;
    let user = t.user().await;
    assert_refused(&t.reset_call(&user.phone, "123456", OTHER_PASSWORD).send().await);
}

#[tokio::test]
async fn a_code_is_refused_from_its_last_moment_on() {
    let (t, user, code) = with_code().await;
    t.clock.advance(Span::seconds(300));
    assert_refused(&t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await);
    t.clock.advance(Span(-1));
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_used_code_is_refused() {
    let (t, user, code) = with_code().await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    assert_refused(&t.reset_call(&user.phone, &code, "cobalt lantern 33 ferries").send().await);
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_newer_code_voids_the_older() {
    let (t, user, older) = with_code().await;
    let newer = t.reset_code(&user).await;
    assert_ne!(older, newer);
    assert_refused(&t.reset_call(&user.phone, &older, OTHER_PASSWORD).send().await);
    t.reset_call(&user.phone, &newer, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_code_that_proves_a_phone_resets_no_password() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    t.post("/identity/v2/auth/phone/otp").key().json(&json!({ "phone": user.phone })).send().await.ok();
    let code = t.code_for(&user.phone).await;
    assert_refused(&t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await);
}

#[tokio::test]
async fn a_code_of_another_account_resets_no_password() {
    let (t, _, code) = with_code().await;
    let other = t.user().await;
    t.reset_code(&other).await;
    assert_refused(&t.reset_call(&other.phone, &code, OTHER_PASSWORD).send().await);
}

#[tokio::test]
async fn a_code_of_another_tenant_resets_no_password() {
    let (t, user, code) = with_code().await;
    let other = t.tenant("other").await;
    let twin = t.user_at(&json!({ "PhoneId": user.phone }), |call| call.back_end_of(&other)).await;
    assert_eq!(twin.phone, user.phone);
    let there = |call: Call| call.query("apikey", &other.api_key);
    let ask = there(t.post("/identity/v2/auth/password/otp")).json(&json!({ "phone": twin.phone }));
    ask.send().await.ok();
    let theirs = t.code_for(&twin.phone).await;
    assert_refused(&t.reset_call(&user.phone, &theirs, OTHER_PASSWORD).send().await);
    let body = json!({ "phone": twin.phone, "otp": code, "password": OTHER_PASSWORD });
    assert_refused(&there(t.put("/identity/v2/auth/password/otp")).json(&body).send().await);
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_code_sent_to_the_phones_former_owner_is_refused() {
    let (t, user, code) = with_code().await;
    t.update_call(&user, &json!({ "PhoneId": "+919812345678" })).send().await.ok();
    let next = t.user_with(&json!({ "PhoneId": user.phone })).await;
    assert_refused(&t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await);
    t.login(&next).await;
}

#[tokio::test]
async fn a_blocked_account_gets_no_code() {
    let t = Test::new().await;
    let user = t.user().await;
    t.update_call(&user, &json!({ "IsActive": false })).send().await.ok();
    t.ask_for_reset(&user.phone).send().await.ok();
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn a_code_dies_when_its_account_is_blocked() {
    let (t, user, code) = with_code().await;
    t.update_call(&user, &json!({ "IsActive": false })).send().await.ok();
    assert_refused(&t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await);
    t.update_call(&user, &json!({ "IsActive": true })).send().await.ok();
    assert_refused(&t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await);
    t.login(&user).await;
}

#[tokio::test]
async fn a_code_dies_with_its_account() {
    let (t, user, code) = with_code().await;
    t.delete(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await.ok();
    assert_refused(&t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await);
    t.user_with(&json!({ "PhoneId": user.phone })).await;
    assert_refused(&t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await);
}

#[tokio::test]
async fn an_unproved_phone_gets_no_code() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    t.ask_for_reset(&user.phone).send().await.ok();
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

/// One wrong try of a code, or one failure of an account, and it would be over: the right code must still work after
/// the refused password.
async fn costs_nothing(password: &str, refusal: (u16, u64)) {
    let t = Test::new().await;
    t.set("otp.wrongTries", "1").await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "1").await;
    let user = t.user_with(&json!({ "Password": "gravel bishop 19 comets" })).await;
    reset_to(&t, &user, GOOD_PASSWORD).await;
    let code = t.reset_code(&user).await;
    for _ in 0..2 {
        assert_eq!(t.reset_call(&user.phone, &code, password).send().await.refusal(), refusal);
    }
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

async fn reset_to(t: &Test, user: &User, password: &str) {
    let code = t.reset_code(user).await;
    t.reset_call(&user.phone, &code, password).send().await.ok();
}

#[tokio::test]
async fn a_short_password_leaves_the_code_usable() {
    costs_nothing("seven 7", (403, 1134)).await;
}

#[tokio::test]
async fn a_long_password_leaves_the_code_usable() {
    costs_nothing(&"long road ".repeat(13), (403, 1134)).await;
}

#[tokio::test]
async fn a_common_password_leaves_the_code_usable() {
    costs_nothing("Password1", (403, 1216)).await;
}

#[tokio::test]
async fn a_password_with_a_profile_value_in_it_leaves_the_code_usable() {
    costs_nothing("my name is ASHA 77", (403, 1216)).await;
}

#[tokio::test]
async fn the_current_password_is_refused_and_leaves_the_code_usable() {
    costs_nothing(GOOD_PASSWORD, (403, 1134)).await;
}

#[tokio::test]
async fn an_earlier_password_is_refused_and_leaves_the_code_usable() {
    costs_nothing("gravel bishop 19 comets", (403, 1134)).await;
}

#[tokio::test]
async fn a_password_may_come_back_when_the_history_has_forgotten_it() {
    let t = Test::new().await;
    t.set("passwordPolicy.MaxPasswordHistory", "1").await;
    let user = t.user().await;
    for password in ["gravel bishop 19 comets", "cobalt lantern 33 ferries"] {
        t.clock.advance(Span::minutes(20));
        reset_to(&t, &user, password).await;
    }
    let code = t.reset_code(&user).await;
    let former = t.reset_call(&user.phone, &code, "gravel bishop 19 comets").send().await;
    assert_eq!(former.refusal(), (403, 1134));
    assert_eq!(former.json["Errors"][0]["FieldName"], "password");
    t.reset_call(&user.phone, &code, GOOD_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_refused_password_without_the_right_code_tells_nothing_of_the_account() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    assert_refused(&t.reset_call(&user.phone, &wrong(&code), "my name is asha 77").send().await);
    assert_refused(&t.reset_call(&user.phone, &wrong(&code), GOOD_PASSWORD).send().await);
}

#[tokio::test]
async fn without_phone_login_neither_a_code_is_sent_nor_taken() {
    let (t, user, code) = with_code().await;
    t.set("IsPhoneLogin", "false").await;
    assert_eq!(t.ask_for_reset(&user.phone).send().await.refusal(), (403, 1074));
    assert_eq!(t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.refusal(), (403, 1074));
}

#[tokio::test]
async fn a_code_by_voice_is_refused_while_nothing_can_speak_it() {
    let t = Test::new().await;
    let user = t.user().await;
    assert_eq!(t.ask_for_reset(&user.phone).query("isvoiceotp", "true").send().await.refusal(), (403, 1281));
}

#[tokio::test]
async fn nothing_is_sent_to_a_number_that_no_country_has_given_out() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "PhoneId": "+11111111111" })).await;
    assert_eq!(t.ask_for_reset(&user.phone).send().await.refusal(), (400, 1096));
    assert_eq!(t.ask_for_reset("+12222222222").send().await.refusal(), (400, 1096));
}

#[tokio::test]
async fn nothing_is_sent_to_a_country_that_is_not_allowed() {
    let t = Test::new().await;
    let user = t.user().await;
    t.set("allowedCountries", r#"["US"]"#).await;
    assert_eq!(t.ask_for_reset(&user.phone).send().await.refusal(), (403, 1072));
    t.set("allowedCountries", r#"["US", "IN"]"#).await;
    t.reset_code(&user).await;
}

#[tokio::test]
async fn with_the_older_codes_a_refusal_says_why_to_whoever_has_the_right_digits() {
    let t = Test::new().await;
    t.set("legacyOtpCodes", "true").await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    let attempt = async |phone: &str, code: &str| t.reset_call(phone, code, OTHER_PASSWORD).send().await.refusal();
    assert_eq!(attempt(&user.phone, &wrong(&code)).await, (403, 1067));
    assert_eq!(attempt("+919812345678", &code).await, (403, 1067));
    t.clock.advance(Span::seconds(301));
    assert_eq!(attempt(&user.phone, &code).await, (403, 1069));
    assert_eq!(attempt(&user.phone, &wrong(&code)).await, (403, 1067));
    reset(&t, &user).await;
    let spent = t.code_for(&user.phone).await;
    assert_eq!(attempt(&user.phone, &spent).await, (403, 1068));
    assert_eq!(attempt(&user.phone, &wrong(&spent)).await, (403, 1067));
}
