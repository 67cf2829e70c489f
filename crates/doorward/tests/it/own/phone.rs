//! Proving a login phone.

use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Test, Tokens, User, wrong};
use doorward_model::time::Span;
use serde_json::json;

fn verify(t: &Test, phone: &str, code: &str) -> Call {
    t.put("/identity/v2/auth/phone/otp").key().query("otp", code).json(&json!({ "phone": phone }))
}

fn resend(t: &Test, phone: &str) -> Call {
    t.post("/identity/v2/auth/phone/otp").key().json(&json!({ "phone": phone }))
}

/// A person with an unproved phone, and the code sent to it.
async fn with_code() -> (Test, User, String) {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    resend(&t, &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    (t, user, code)
}

#[tokio::test]
async fn the_code_proves_the_phone_and_signs_its_owner_in() {
    let (t, user, code) = with_code().await;
    let reply = verify(&t, &user.phone, &code).send().await;
    assert_eq!(reply.ok()["Profile"]["PhoneIdVerified"], true);
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
    let login = t.post("/identity/v2/auth/login").key();
    login.json(&json!({ "phone": user.phone, "password": GOOD_PASSWORD })).send().await.ok();
}

#[tokio::test]
async fn a_code_works_once() {
    let (t, user, code) = with_code().await;
    verify(&t, &user.phone, &code).send().await.ok();
    assert_eq!(verify(&t, &user.phone, &code).send().await.refusal(), (403, 1068));
    assert_eq!(verify(&t, &user.phone, &wrong(&code)).send().await.refusal(), (403, 1067));
}

#[tokio::test]
async fn a_code_that_is_too_old_says_so_to_whoever_has_the_right_digits() {
    let (t, user, code) = with_code().await;
    t.clock.advance(Span::seconds(300));
    assert_eq!(verify(&t, &user.phone, &wrong(&code)).send().await.refusal(), (403, 1067));
    assert_eq!(verify(&t, &user.phone, &code).send().await.refusal(), (403, 1069));
}

#[tokio::test]
async fn five_wrong_codes_void_the_right_one_and_a_new_one_works() {
    let (t, user, code) = with_code().await;
    for _ in 0..5 {
        assert_eq!(verify(&t, &user.phone, &wrong(&code)).send().await.refusal(), (403, 1067));
    }
    assert_eq!(verify(&t, &user.phone, &code).send().await.refusal(), (403, 1067));
    t.clock.advance(Span::seconds(30));
    resend(&t, &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    verify(&t, &user.phone, &code).send().await.ok();
}

#[tokio::test]
async fn a_code_for_a_phone_that_nobody_has_is_a_wrong_one() {
    let (t, _, code) = with_code().await;
    assert_eq!(verify(&t, "+919812345678", &code).send().await.refusal(), (403, 1067));
}

#[tokio::test]
async fn a_code_that_resets_a_password_proves_no_phone() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    t.update_call(&user, &json!({ "PhoneIdVerified": false })).send().await.ok();
    assert_eq!(verify(&t, &user.phone, &code).send().await.refusal(), (403, 1067));
}

#[tokio::test]
async fn a_code_of_another_tenant_is_a_wrong_one() {
    let (t, user, code) = with_code().await;
    let other = t.tenant("other").await;
    let fields = json!({ "PhoneId": user.phone, "PhoneIdVerified": false });
    t.user_at(&fields, |call| call.back_end_of(&other)).await;
    let call = t.put("/identity/v2/auth/phone/otp").query("apikey", &other.api_key).query("otp", &code);
    assert_eq!(call.json(&json!({ "phone": user.phone })).send().await.refusal(), (403, 1067));
    verify(&t, &user.phone, &code).send().await.ok();
}

#[tokio::test]
async fn a_code_sent_to_the_phones_former_owner_is_a_wrong_one() {
    let (t, user, code) = with_code().await;
    t.update_call(&user, &json!({ "PhoneId": "+919812345678" })).send().await.ok();
    t.user_with(&json!({ "PhoneId": user.phone, "PhoneIdVerified": false })).await;
    assert_eq!(verify(&t, &user.phone, &code).send().await.refusal(), (403, 1067));
}

#[tokio::test]
async fn a_blocked_account_gets_no_code_and_its_code_is_dead() {
    let (t, user, code) = with_code().await;
    t.update_call(&user, &json!({ "IsActive": false })).send().await.ok();
    verify(&t, &user.phone, &code).send().await.refusal();
    t.clock.advance(Span::seconds(30));
    resend(&t, &user.phone).send().await.ok();
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 1);
    let account = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
    assert_eq!(account.ok()["PhoneIdVerified"], false);
}

#[tokio::test]
async fn an_account_that_may_not_sign_in_proves_its_phone_and_gets_no_session() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false, "DisableLogin": true })).await;
    resend(&t, &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    assert_eq!(verify(&t, &user.phone, &code).send().await.refusal(), (403, 1130));
    let account = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
    assert_eq!(account.ok()["PhoneIdVerified"], true);
}

#[tokio::test]
async fn a_phone_is_proved_also_where_the_session_is_refused() {
    let t = Test::new().await;
    t.set("sessionLimit", "1").await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    t.login(&user).await;
    resend(&t, &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    assert_eq!(verify(&t, &user.phone, &code).send().await.refusal(), (403, 1338));
    let account = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
    assert_eq!(account.ok()["PhoneIdVerified"], true);
}

#[tokio::test]
async fn a_signed_in_person_proves_the_own_phone_and_gets_no_new_session() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    let tokens = t.login(&user).await;
    let own = t.post("/identity/v2/auth/phone/otp").key().token(&tokens.access).json(&json!({}));
    own.send().await.ok();
    let code = t.code_for(&user.phone).await;
    let prove = |code: &str| t.put("/identity/v2/auth/phone/otp").key().token(&tokens.access).query("otp", code);
    assert_eq!(prove(&wrong(&code)).json(&json!({})).send().await.refusal(), (403, 1067));
    assert_eq!(prove(&code).json(&json!({})).send().await.ok(), &json!({ "IsPosted": true }));
    assert_eq!(t.profile_call(&tokens).send().await.ok()["PhoneIdVerified"], true);
}

#[tokio::test]
async fn a_signed_in_person_without_a_phone_is_told_so() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "PhoneId": null, "PhoneIdVerified": null })).await;
    let tokens = t.login(&user).await;
    let own = t.post("/identity/v2/auth/phone/otp").key().token(&tokens.access).json(&json!({}));
    assert_eq!(own.send().await.refusal(), (403, 1043));
    let prove = t.put("/identity/v2/auth/phone/otp").key().token(&tokens.access).query("otp", "123456");
    assert_eq!(prove.json(&json!({})).send().await.refusal(), (403, 1043));
}

#[tokio::test]
async fn a_code_asked_for_again_within_thirty_seconds_is_not_sent_and_the_first_stays_good() {
    let (t, user, code) = with_code().await;
    t.clock.advance(Span(29_999));
    assert_eq!(resend(&t, &user.phone).send().await.ok()["IsPosted"], true);
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 1);
    verify(&t, &user.phone, &code).send().await.ok();
}

#[tokio::test]
async fn a_code_asked_for_again_after_thirty_seconds_voids_the_first() {
    let (t, user, first) = with_code().await;
    t.clock.advance(Span::seconds(30));
    resend(&t, &user.phone).send().await.ok();
    let second = t.code_for(&user.phone).await;
    assert_ne!(first, second);
    assert_eq!(verify(&t, &user.phone, &first).send().await.refusal(), (403, 1067));
    verify(&t, &user.phone, &second).send().await.ok();
}

#[tokio::test]
async fn a_clock_that_steps_back_a_day_keeps_nobody_waiting_for_a_code() {
    let (t, user, _) = with_code().await;
    t.clock.advance(Span::days(-1));
    resend(&t, &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    assert_eq!(t.outbox().len(), 2);
    verify(&t, &user.phone, &code).send().await.ok();
}

#[tokio::test]
async fn a_proved_or_unknown_phone_is_answered_posted_and_gets_no_message() {
    let t = Test::new().await;
    let user = t.user().await;
    for phone in [user.phone.as_str(), "+919812345678"] {
        let reply = resend(&t, phone).send().await;
        assert_eq!(reply.ok()["IsPosted"], true);
        assert!(reply.json["Data"]["Sid"].is_string());
    }
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn a_number_gets_five_codes_in_a_quarter_of_an_hour_known_or_not() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    let unknown = "+919812345678";
    for _ in 0..5 {
        resend(&t, &user.phone).send().await.ok();
        resend(&t, unknown).send().await.ok();
        t.clock.advance(Span::seconds(30));
    }
    assert_eq!(resend(&t, &user.phone).send().await.refusal(), (403, 1123));
    assert_eq!(resend(&t, unknown).send().await.refusal(), (403, 1123));
    t.ask_for_reset(&user.phone).send().await.ok();
    t.clock.advance(Span::minutes(13));
    resend(&t, &user.phone).send().await.ok();
    resend(&t, unknown).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn without_phone_login_neither_a_code_is_sent_nor_taken() {
    let (t, user, code) = with_code().await;
    t.set("IsPhoneLogin", "false").await;
    assert_eq!(resend(&t, &user.phone).send().await.refusal(), (403, 1074));
    assert_eq!(verify(&t, &user.phone, &code).send().await.refusal(), (403, 1074));
}

#[tokio::test]
async fn a_code_by_voice_is_refused_while_nothing_can_speak_it() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    assert_eq!(resend(&t, &user.phone).query("isvoiceotp", "true").send().await.refusal(), (403, 1281));
}

#[tokio::test]
async fn a_changed_password_voids_the_code() {
    let (t, user, code) = with_code().await;
    t.update_call(&user, &json!({ "Password": OTHER_PASSWORD })).send().await.ok();
    assert_eq!(verify(&t, &user.phone, &code).send().await.refusal(), (403, 1068));
}

#[tokio::test]
async fn the_code_has_the_length_that_the_tenant_sets() {
    let t = Test::new().await;
    t.set("otp.OTPLength", "10").await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    resend(&t, &user.phone).send().await.ok();
    let code = t.code_for(&user.phone).await;
    assert_eq!(code.len(), 10);
    verify(&t, &user.phone, &code).send().await.ok();
}
