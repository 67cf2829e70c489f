//! How often one may be wrong about a second factor.

use super::{SECOND, account, challenged, enrolled, resend, verify};
use crate::support::{OTHER_PASSWORD, Test, User, wrong};
use doorward_model::time::Span;
use serde_json::json;

/// So many wrong codes, each refused as such.
async fn miss(t: &Test, token: &str, code: &str, times: usize) {
    for _ in 0..times {
        assert_eq!(verify(t, token, &wrong(code)).send().await.refusal(), (403, 1067));
    }
}

/// A new code of the login, half a minute later.
async fn next_code(t: &Test, token: &str) -> String {
    t.clock.advance(Span::seconds(30));
    resend(t, token).send().await.ok();
    t.code_for(SECOND).await
}

#[tokio::test]
async fn five_wrong_codes_void_the_right_one_and_a_new_one_works() {
    let (t, user) = enrolled().await;
    let (token, code) = challenged(&t, &user).await;
    miss(&t, &token, &code, 5).await;
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1067));
    let code = next_code(&t, &token).await;
    verify(&t, &token, &code).send().await.ok();
}

#[tokio::test]
async fn a_new_code_voids_the_one_before_it_and_keeps_the_count() {
    let (t, user) = enrolled().await;
    let (token, old) = challenged(&t, &user).await;
    miss(&t, &token, &old, 3).await;
    let new = next_code(&t, &token).await;
    assert_ne!(old, new);
    assert_eq!(verify(&t, &token, &old).send().await.refusal(), (403, 1067));
    miss(&t, &token, &new, 1).await;
    assert_eq!(verify(&t, &token, &new).send().await.refusal(), (403, 1067), "five in all");
}

#[tokio::test]
async fn a_second_message_within_half_a_minute_is_not_sent_and_five_are_the_most() {
    let (t, user) = enrolled().await;
    t.set("otp.RequestLimit", "100").await;
    let (token, code) = challenged(&t, &user).await;
    let sent = t.outbox().len();
    resend(&t, &token).send().await.ok();
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), sent);
    for _ in 0..4 {
        next_code(&t, &token).await;
    }
    t.clock.advance(Span::seconds(30));
    assert_eq!(resend(&t, &token).send().await.refusal(), (403, 1123));
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1067), "it was resent");
}

#[tokio::test]
async fn the_last_wrong_code_locks_the_account_and_destroys_the_token() {
    let (t, user) = enrolled().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "4").await;
    let (other, _) = challenged(&t, &user).await;
    let (token, code) = challenged(&t, &user).await;
    miss(&t, &token, &code, 3).await;
    assert_eq!(verify(&t, &token, &wrong(&code)).send().await.refusal(), (403, 1264));
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1103));
    assert_eq!(resend(&t, &other).send().await.refusal(), (403, 1103), "every pending login goes");
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1198));
    assert_eq!(account(&t, &user).await["IsLoginLocked"], true);
    t.clock.advance(Span::seconds(900));
    let (token, code) = challenged(&t, &user).await;
    verify(&t, &token, &code).send().await.ok();
}

#[tokio::test]
async fn a_right_password_forgets_no_wrong_code_and_a_completed_login_does() {
    let (t, user) = enrolled().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "4").await;
    let (token, code) = challenged(&t, &user).await;
    miss(&t, &token, &code, 3).await;
    verify(&t, &token, &code).send().await.ok();
    let (token, code) = challenged(&t, &user).await;
    miss(&t, &token, &code, 3).await;
    let (token, code) = challenged(&t, &user).await;
    assert_eq!(verify(&t, &token, &wrong(&code)).send().await.refusal(), (403, 1264));
}

/// Resets the password by the code that a phone or a mailbox gets.
async fn reset(t: &Test, user: &User, way: &str) {
    let reply = if way == "phone" {
        let code = t.reset_code(user).await;
        t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await
    } else {
        t.post("/identity/v2/auth/password").key().json(&json!({ "email": user.email })).send().await.ok();
        let body = json!({ "email": user.email, "otp": t.code_for(&user.email).await, "password": OTHER_PASSWORD });
        t.put("/identity/v2/auth/password/reset").key().json(&body).send().await
    };
    reply.ok();
}

#[tokio::test]
async fn a_new_password_forgets_no_wrong_second_factor() {
    for way in ["phone", "mailbox"] {
        let (t, user) = enrolled().await;
        t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "4").await;
        let (token, code) = challenged(&t, &user).await;
        miss(&t, &token, &code, 3).await;
        reset(&t, &user, way).await;
        let user = User { password: OTHER_PASSWORD.to_owned(), ..user };
        let (token, code) = challenged(&t, &user).await;
        assert_eq!(verify(&t, &token, &wrong(&code)).send().await.refusal(), (403, 1264), "by {way}");
        t.run_jobs().await;
    }
}

#[tokio::test]
async fn a_new_password_lifts_no_lock_that_wrong_second_factors_tripped() {
    for way in ["phone", "mailbox"] {
        let (t, user) = enrolled().await;
        t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
        let (token, code) = challenged(&t, &user).await;
        miss(&t, &token, &code, 1).await;
        assert_eq!(verify(&t, &token, &wrong(&code)).send().await.refusal(), (403, 1264));
        reset(&t, &user, way).await;
        assert_eq!(t.login_call(&user, OTHER_PASSWORD).send().await.refusal(), (403, 1198), "by {way}");
        t.update_call(&user, &json!({ "IsLoginLocked": false })).send().await.ok();
        let user = User { password: OTHER_PASSWORD.to_owned(), ..user };
        let (token, code) = challenged(&t, &user).await;
        verify(&t, &token, &code).send().await.ok();
        t.run_jobs().await;
    }
}

#[tokio::test]
async fn a_right_password_lifts_no_lock_that_wrong_second_factors_tripped() {
    let (t, user) = enrolled().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    let (token, code) = challenged(&t, &user).await;
    miss(&t, &token, &code, 1).await;
    verify(&t, &token, &wrong(&code)).send().await.refusal();
    for _ in 0..3 {
        assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1198));
    }
}

#[tokio::test]
async fn where_failures_block_wrong_codes_do_and_the_back_end_opens_the_account() {
    let (t, user) = enrolled().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    t.set("LoginLockedConfiguration.LoginLockedType", "Block").await;
    let (token, code) = challenged(&t, &user).await;
    miss(&t, &token, &code, 1).await;
    assert_eq!(verify(&t, &token, &wrong(&code)).send().await.refusal(), (403, 991));
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1103));
    assert_eq!(account(&t, &user).await["IsActive"], false);
    t.update_call(&user, &json!({ "IsActive": true, "IsLoginLocked": false })).send().await.ok();
    let (token, code) = challenged(&t, &user).await;
    verify(&t, &token, &code).send().await.ok();
}

#[tokio::test]
async fn wrong_passwords_that_lock_the_account_end_its_pending_logins() {
    let (t, user) = enrolled().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    let (token, code) = challenged(&t, &user).await;
    for _ in 0..2 {
        t.login_call(&user, OTHER_PASSWORD).send().await.refusal();
    }
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1103));
}
