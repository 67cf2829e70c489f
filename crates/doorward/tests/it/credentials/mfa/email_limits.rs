//! How often one may be wrong about a code by email, and how many there are.

use super::{enrolled_email, knock, mail, verify_mail};
use crate::support::{Test, Tokens, User, race, wrong};
use doorward_model::time::Span;

const CALLERS: usize = 50;

async fn challenged(t: &Test, user: &User) -> (String, String) {
    let token = knock(t, user).await;
    (token, t.code_for(&user.email).await)
}

async fn miss(t: &Test, token: &str, user: &User, code: &str, times: usize) {
    for _ in 0..times {
        assert_eq!(verify_mail(t, token, &user.email, &wrong(code)).send().await.refusal(), (403, 1067));
    }
}

/// A new code of the login, half a minute later.
async fn next_code(t: &Test, token: &str, user: &User) -> String {
    t.clock.advance(Span::seconds(30));
    mail(t, token, &user.email).send().await.ok();
    t.code_for(&user.email).await
}

#[tokio::test]
async fn five_wrong_codes_void_the_right_one_and_a_new_one_works() {
    let (t, user) = enrolled_email().await;
    let (token, code) = challenged(&t, &user).await;
    miss(&t, &token, &user, &code, 5).await;
    assert_eq!(verify_mail(&t, &token, &user.email, &code).send().await.refusal(), (403, 1067));
    let code = next_code(&t, &token, &user).await;
    verify_mail(&t, &token, &user.email, &code).send().await.ok();
}

#[tokio::test]
async fn a_new_code_voids_the_one_before_it_and_keeps_the_count() {
    let (t, user) = enrolled_email().await;
    let (token, old) = challenged(&t, &user).await;
    miss(&t, &token, &user, &old, 3).await;
    let new = next_code(&t, &token, &user).await;
    assert_eq!(verify_mail(&t, &token, &user.email, &old).send().await.refusal(), (403, 1067));
    miss(&t, &token, &user, &new, 1).await;
    assert_eq!(verify_mail(&t, &token, &user.email, &new).send().await.refusal(), (403, 1067), "five in all");
}

#[tokio::test]
async fn a_second_mail_within_half_a_minute_is_not_sent_and_five_are_the_most() {
    let (t, user) = enrolled_email().await;
    t.set("otp.RequestLimit", "100").await;
    let (token, _) = challenged(&t, &user).await;
    let sent = t.outbox().len();
    mail(&t, &token, &user.email).send().await.ok();
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), sent);
    for _ in 0..4 {
        next_code(&t, &token, &user).await;
    }
    t.clock.advance(Span::seconds(30));
    assert_eq!(mail(&t, &token, &user.email).send().await.refusal(), (403, 1122));
}

#[tokio::test]
async fn one_address_gets_so_many_codes_whatever_the_login() {
    let (t, user) = enrolled_email().await;
    t.set("otp.RequestLimit", "2").await;
    for _ in 0..2 {
        challenged(&t, &user).await;
    }
    let reply = t.login_call(&user, &user.password).send().await;
    assert!(super::pending(&reply)["EmailOTPStatus"].is_null(), "none went out, and the login waits all the same");
    let token = super::token(&reply);
    assert_eq!(mail(&t, &token, &user.email).send().await.refusal(), (403, 1122));
    t.clock.advance(Span::minutes(14));
    assert_eq!(mail(&t, &token, &user.email).send().await.refusal(), (403, 1122));
    let token = {
        t.clock.advance(Span::minutes(2));
        knock(&t, &user).await
    };
    let code = t.code_for(&user.email).await;
    verify_mail(&t, &token, &user.email, &code).send().await.ok();
}

#[tokio::test]
async fn a_code_is_over_after_its_time_and_a_login_after_its_own() {
    let (t, user) = enrolled_email().await;
    let (token, code) = challenged(&t, &user).await;
    t.clock.advance(Span::seconds(300));
    assert_eq!(verify_mail(&t, &token, &user.email, &code).send().await.refusal(), (403, 1069));
    t.clock.advance(Span::minutes(10));
    assert_eq!(verify_mail(&t, &token, &user.email, &code).send().await.refusal(), (403, 1104));
    assert_eq!(mail(&t, &token, &user.email).send().await.refusal(), (403, 1104));
}

#[tokio::test]
async fn the_last_wrong_code_locks_the_account_and_destroys_the_token() {
    let (t, user) = enrolled_email().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "4").await;
    let (token, code) = challenged(&t, &user).await;
    miss(&t, &token, &user, &code, 3).await;
    assert_eq!(verify_mail(&t, &token, &user.email, &wrong(&code)).send().await.refusal(), (403, 1264));
    assert_eq!(verify_mail(&t, &token, &user.email, &code).send().await.refusal(), (403, 1103));
    assert_eq!(mail(&t, &token, &user.email).send().await.refusal(), (403, 1103));
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1198));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_hold_the_right_code_one_is_signed_in() {
    let (t, user) = enrolled_email().await;
    let (token, code) = challenged(&t, &user).await;
    let replies = race((0..CALLERS).map(|_| verify_mail(&t, &token, &user.email, &code))).await;
    let (won, lost): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 200);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|reply| reply.refusal() == (403, 1103)));
    t.profile_call(&Tokens::of(&won[0])).send().await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_guesses_five_are_tried() {
    let (t, user) = enrolled_email().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    let (token, code) = challenged(&t, &user).await;
    let replies = race((0..CALLERS).map(|_| verify_mail(&t, &token, &user.email, &wrong(&code)))).await;
    assert!(replies.iter().all(|reply| reply.refusal() == (403, 1067)));
    assert_eq!(verify_mail(&t, &token, &user.email, &code).send().await.refusal(), (403, 1067));
}
