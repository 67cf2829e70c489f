//! What follows from too many wrong passwords.

use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Reply, Test, User, wrong};
use doorward_model::time::Span;
use serde_json::{Value, json};

const THRESHOLD: &str = "LoginLockedConfiguration.MaximumFailedLoginAttempts";
const TYPE: &str = "LoginLockedConfiguration.LoginLockedType";

fn nobody(t: &Test) -> Call {
    let body = json!({ "email": "nobody@example.com", "password": OTHER_PASSWORD });
    t.post("/identity/v2/auth/login").key().json(&body)
}

/// So many wrong passwords in a row; the last answer.
async fn fail(t: &Test, user: &User, times: usize) -> Reply {
    for _ in 1..times {
        t.login_call(user, OTHER_PASSWORD).send().await.refusal();
    }
    t.login_call(user, OTHER_PASSWORD).send().await
}

async fn account(t: &Test, user: &User) -> Value {
    let reply = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
    reply.ok().clone()
}

#[tokio::test]
async fn the_last_failure_allowed_still_answers_like_the_others() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    assert_eq!(fail(&t, &user, 3).await.refusal(), (401, 966));
    assert_eq!(fail(&t, &user, 1).await.refusal(), (403, 1198));
}

#[tokio::test]
async fn a_suspended_account_is_told_until_when() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    t.set("LoginLockedConfiguration.SuspendConfiguration.EffectivePeriodInSeconds", "120").await;
    let user = t.user().await;
    fail(&t, &user, 3).await;
    t.clock.advance(Span::seconds(20));
    let reply = t.login_call(&user, GOOD_PASSWORD).send().await;
    assert_eq!(reply.refusal(), (403, 1198));
    assert_eq!(reply.json["Data"], json!({ "LoginLockedTimeout": "2026-01-15T12:02:00Z" }));
    assert_eq!(reply.header("retry-after"), Some("100"));
    assert_eq!(account(&t, &user).await["IsLoginLocked"], true);
}

#[tokio::test]
async fn an_unknown_identifier_is_suspended_alike() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    for _ in 0..5 {
        let (known, unknown) = (fail(&t, &user, 1).await, nobody(&t).send().await);
        assert_eq!((known.status, known.text.as_str()), (unknown.status, unknown.text.as_str()));
        assert_eq!(known.header("retry-after"), unknown.header("retry-after"));
    }
    assert_eq!(nobody(&t).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn the_failures_of_all_identifiers_of_an_account_add_up() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    for (name, value) in [("email", &user.email), ("phone", &user.phone), ("username", &user.user_name)] {
        let body = json!({ name: value, "password": OTHER_PASSWORD });
        t.post("/identity/v2/auth/login").key().json(&body).send().await.refusal();
    }
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn the_right_password_is_refused_during_a_suspension_and_time_lifts_it() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    fail(&t, &user, 3).await;
    t.clock.advance(Span(899_999));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
    t.clock.advance(Span(1));
    let reply = t.login_call(&user, GOOD_PASSWORD).send().await;
    assert_eq!(reply.ok()["Profile"]["IsLoginLocked"], false);
}

#[tokio::test]
async fn attempts_during_a_suspension_are_not_counted() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    fail(&t, &user, 3).await;
    for _ in 0..10 {
        t.login_call(&user, GOOD_PASSWORD).send().await.refusal();
        fail(&t, &user, 1).await;
    }
    t.clock.advance(Span::seconds(900));
    assert_eq!(fail(&t, &user, 2).await.refusal(), (401, 966));
    t.login(&user).await;
}

#[tokio::test]
async fn a_success_forgets_the_failures_before_it() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    for _ in 0..3 {
        fail(&t, &user, 2).await;
        t.login(&user).await;
    }
}

#[tokio::test]
async fn a_right_password_that_is_refused_for_another_reason_forgets_nothing() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user_with(&json!({ "DisableLogin": true })).await;
    fail(&t, &user, 2).await;
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1130));
    fail(&t, &user, 1).await;
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn wrong_phone_codes_count_like_wrong_passwords() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    t.post("/identity/v2/auth/phone/otp").key().json(&json!({ "phone": user.phone })).send().await.ok();
    let code = t.code_for(&user.phone).await;
    let verify = |otp: &str| {
        let call = t.put("/identity/v2/auth/phone/otp").key().query("otp", otp);
        call.json(&json!({ "phone": user.phone })).send()
    };
    fail(&t, &user, 1).await;
    for _ in 0..2 {
        assert_eq!(verify(&wrong(&code)).await.refusal(), (403, 1067));
    }
    assert_eq!(verify(&code).await.refusal(), (403, 1198));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn a_suspension_leaves_open_sessions_alone() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    fail(&t, &user, 4).await;
    t.profile_call(&tokens).send().await.ok();
    t.refresh_call(&tokens).send().await.ok();
}

#[tokio::test]
async fn the_back_end_lifts_a_suspension() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    fail(&t, &user, 3).await;
    let reply = t.update_call(&user, &json!({ "IsLoginLocked": false })).send().await;
    assert_eq!(reply.ok()["IsLoginLocked"], false);
    t.login(&user).await;
}

#[tokio::test]
async fn another_change_by_the_back_end_lifts_no_suspension() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    fail(&t, &user, 3).await;
    t.update_call(&user, &json!({ "FirstName": "Ravi", "IsActive": true })).send().await.ok();
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn under_block_the_account_stays_closed_until_the_back_end_opens_it() {
    let t = Test::new().await;
    t.set(TYPE, "Block").await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    fail(&t, &user, 3).await;
    assert_eq!(t.profile_call(&tokens).send().await.refusal(), (403, 905));
    assert_eq!(t.refresh_call(&tokens).send().await.refusal(), (403, 1217));
    t.clock.advance(Span::days(30));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 991));
    assert_eq!(account(&t, &user).await["IsActive"], false);
    t.update_call(&user, &json!({ "IsActive": true, "IsLoginLocked": false })).send().await.ok();
    t.login(&user).await;
}

#[tokio::test]
async fn under_block_a_reset_does_not_open_the_account() {
    let t = Test::new().await;
    t.set(TYPE, "Block").await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    fail(&t, &user, 3).await;
    assert_eq!(t.reset_call(&user.phone, &code, "cobalt lantern 33 ferries").send().await.refusal(), (401, 1409));
    t.ask_for_reset(&user.phone).send().await.ok();
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 1);
}

#[tokio::test]
async fn under_block_wrong_passwords_answer_alike_for_known_and_unknown_however_many() {
    let t = Test::new().await;
    t.set(TYPE, "Block").await;
    t.set(THRESHOLD, "30").await;
    t.set("remainingAttempts", "true").await;
    let user = t.user().await;
    for _ in 0..102 {
        let (known, unknown) = (fail(&t, &user, 1).await, nobody(&t).send().await);
        assert_eq!((known.status, known.text.as_str()), (unknown.status, unknown.text.as_str()));
    }
}

#[tokio::test]
async fn under_none_nothing_follows_until_a_hundred_failures_in_a_row() {
    let t = Test::new().await;
    t.set(TYPE, "None").await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    assert_eq!(fail(&t, &user, 99).await.refusal(), (401, 966));
    t.login(&user).await;
    assert_eq!(fail(&t, &user, 100).await.refusal(), (401, 966));
    t.clock.advance(Span::days(1000));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn a_hundred_failures_without_a_success_close_the_account_through_all_suspensions() {
    let t = Test::new().await;
    t.set(THRESHOLD, "50").await;
    let user = t.user().await;
    fail(&t, &user, 50).await;
    t.clock.advance(Span::days(1));
    assert_eq!(fail(&t, &user, 50).await.refusal(), (401, 966));
    t.clock.advance(Span::days(1));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
    let code = t.reset_code(&user).await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn the_count_and_the_lock_survive_a_restart() {
    let mut t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    fail(&t, &user, 2).await;
    t.restart(|_| {}).await;
    assert_eq!(fail(&t, &user, 1).await.refusal(), (401, 966));
    assert_eq!(fail(&t, &user, 1).await.refusal(), (403, 1198));
    t.restart(|_| {}).await;
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn failures_at_one_tenant_lock_nobody_at_another() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let other = t.tenant("other").await;
    let user = t.user().await;
    let email = json!([{ "Type": "Primary", "Value": user.email }]);
    t.user_at(&json!({ "Uid": user.uid, "Email": email }), |call| call.back_end_of(&other)).await;
    fail(&t, &user, 4).await;
    let body = json!({ "email": user.email, "password": GOOD_PASSWORD });
    t.post("/identity/v2/auth/login").query("apikey", &other.api_key).json(&body).send().await.ok();
}

#[tokio::test]
async fn a_deleted_and_remade_account_starts_without_failures() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    fail(&t, &user, 3).await;
    t.delete(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await.ok();
    let email = json!([{ "Type": "Primary", "Value": user.email }]);
    let again = t.user_with(&json!({ "Uid": user.uid, "Email": email })).await;
    t.login(&again).await;
}

#[tokio::test]
async fn tries_left_are_told_where_the_tenant_wants_it_known_or_not() {
    let t = Test::new().await;
    t.set(THRESHOLD, "3").await;
    let user = t.user().await;
    assert!(fail(&t, &user, 1).await.json.get("Data").is_none());
    t.login(&user).await;
    t.set("remainingAttempts", "true").await;
    for left in [2, 1, 0] {
        let data = json!({ "RemainingAttempts": left });
        assert_eq!(fail(&t, &user, 1).await.json["Data"], data);
        assert_eq!(nobody(&t).send().await.json["Data"], data);
    }
    assert_eq!(fail(&t, &user, 1).await.refusal(), (403, 1198));
}
