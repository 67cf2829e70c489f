//! Passwords that grow too old.

use super::account;
use crate::support::{GOOD_PASSWORD, OTHER_PASSWORD, Test, User};
use doorward_model::time::Span;
use serde_json::json;

/// A tenant whose passwords serve for ten days, and somebody who set theirs now.
async fn with_ten_days() -> (Test, User) {
    let t = Test::new().await;
    t.set("passwordPolicy.ExpirationFrequency", "10").await;
    let user = t.user().await;
    (t, user)
}

#[tokio::test]
async fn a_password_is_refused_from_its_last_moment_on() {
    let (t, user) = with_ten_days().await;
    assert_eq!(account(&t, &user).await["PasswordExpirationDate"], "2026-01-25T12:00:00Z");
    t.clock.advance(Span(Span::days(10).0 - 1));
    t.login(&user).await;
    t.clock.advance(Span(1));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 90001));
    t.run_jobs().await;
}

#[tokio::test]
async fn the_owner_gets_one_code_to_choose_a_new_one() {
    let (t, user) = with_ten_days().await;
    t.clock.advance(Span::days(11));
    for _ in 0..3 {
        assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 90001));
    }
    t.run_jobs().await;
    let messages = t.outbox();
    assert_eq!(messages.len(), 1);
    assert_eq!((messages[0].to.as_str(), messages[0].template.as_str()), (user.email.as_str(), "password-expired"));
    let code = messages[0].code.clone().unwrap();
    let reset = json!({ "email": user.email, "otp": code, "password": OTHER_PASSWORD });
    t.put("/identity/v2/auth/password/reset").key().json(&reset).send().await.ok();
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    assert_eq!(account(&t, &user).await["PasswordExpirationDate"], "2026-02-05T12:00:00Z");
    t.run_jobs().await;
}

#[tokio::test]
async fn repeated_logins_send_no_more_than_the_quota() {
    let (t, user) = with_ten_days().await;
    t.set("otp.validitySeconds", "30").await;
    t.clock.advance(Span::days(11));
    for _ in 0..10 {
        assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 90001));
        t.run_jobs().await;
        t.clock.advance(Span::seconds(31));
    }
    assert_eq!(t.outbox().len(), 5);
}

#[tokio::test]
async fn a_person_without_an_address_gets_the_code_by_phone() {
    let (t, _) = with_ten_days().await;
    let user = t.user_with(&json!({ "Email": null })).await;
    t.clock.advance(Span::days(11));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 90001));
    let code = t.code_for(&user.phone).await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_wrong_password_learns_nothing_of_it_and_sends_nothing() {
    let (t, user) = with_ten_days().await;
    t.clock.advance(Span::days(11));
    assert_eq!(t.login_call(&user, OTHER_PASSWORD).send().await.refusal(), (401, 966));
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn where_the_tenant_only_warns_the_date_is_all_there_is() {
    let (t, user) = with_ten_days().await;
    t.set("passwordPolicy.expiredLogin", "warn").await;
    t.clock.advance(Span::days(11));
    let reply = t.login_call(&user, GOOD_PASSWORD).send().await;
    assert_eq!(reply.ok()["Profile"]["PasswordExpirationDate"], "2026-01-25T12:00:00Z");
}

#[tokio::test]
async fn a_date_that_the_back_end_set_goes_before_the_rule_until_the_next_password() {
    let (t, user) = with_ten_days().await;
    t.update_call(&user, &json!({ "PasswordExpirationDate": "2026-01-15T13:00:00Z" })).send().await.ok();
    t.clock.advance(Span::minutes(60));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 90001));
    let code = t.code_for(&user.email).await;
    let reset = json!({ "email": user.email, "otp": code, "password": OTHER_PASSWORD });
    t.put("/identity/v2/auth/password/reset").key().json(&reset).send().await.ok();
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn months_and_years_are_those_of_the_calendar() {
    let (t, user) = with_ten_days().await;
    t.clock.advance(Span::days(16));
    t.update_call(&user, &json!({ "Password": OTHER_PASSWORD })).send().await.ok();
    for (unit, count, end) in [("month", "1", "2026-02-28T12:00:00Z"), ("year", "2", "2028-01-31T12:00:00Z")] {
        t.set("passwordPolicy.ExpirationFrequencyType", unit).await;
        t.set("passwordPolicy.ExpirationFrequency", count).await;
        assert_eq!(account(&t, &user).await["PasswordExpirationDate"], end, "{unit}");
    }
    t.run_jobs().await;
}
