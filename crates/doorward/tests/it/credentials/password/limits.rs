//! How often one may guess at a reset, and how often a code is sent.

use super::{assert_refused, reset};
use crate::support::{GOOD_PASSWORD, OTHER_PASSWORD, Test, User, wrong};
use doorward_model::time::Span;

const UNKNOWN: &str = "+919812345678";

async fn guess_wrong(t: &Test, user: &User, code: &str, times: usize) {
    for _ in 0..times {
        assert_refused(&t.reset_call(&user.phone, &wrong(code), OTHER_PASSWORD).send().await);
    }
}

#[tokio::test]
async fn after_five_wrong_guesses_the_right_code_is_refused_and_a_new_one_works() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    guess_wrong(&t, &user, &code, 5).await;
    assert_refused(&t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await);
    t.login(&user).await;
    reset(&t, &user).await;
}

#[tokio::test]
async fn after_four_wrong_guesses_the_right_code_works() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    guess_wrong(&t, &user, &code, 4).await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn the_count_of_failures_survives_a_new_code() {
    let t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "7").await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    guess_wrong(&t, &user, &code, 4).await;
    let code = t.reset_code(&user).await;
    guess_wrong(&t, &user, &code, 3).await;
    assert_refused(&t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await);
}

#[tokio::test]
async fn too_many_failures_close_the_reset_and_time_opens_it() {
    let t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    guess_wrong(&t, &user, &code, 3).await;
    t.clock.advance(Span::seconds(899));
    let code = t.reset_code(&user).await;
    assert_refused(&t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await);
    t.clock.advance(Span::seconds(1));
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_reset_that_closes_again_and_again_stays_closed_longer_but_never_for_good() {
    let t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let user = t.user().await;
    let day = Span::days(1);
    // 15 minutes, 30, 60 .. and from the eighth time on a day.
    for (time, closed) in [15, 30, 60, 120, 240, 480, 960, 1440, 1440].map(Span::minutes).into_iter().enumerate() {
        guess_wrong(&t, &user, "000000", 3).await;
        t.clock.advance(Span(closed.0 - 1000));
        let code = t.reset_code(&user).await;
        assert_eq!(t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.refusal(), (401, 1409), "time {time}");
        t.clock.advance(Span(1000));
    }
    t.clock.advance(day);
    let code = t.reset_code(&user).await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_closed_reset_still_lets_its_owner_sign_in() {
    let t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    guess_wrong(&t, &user, &code, 3).await;
    t.login(&user).await;
}

#[tokio::test]
async fn failed_sign_ins_never_close_the_reset() {
    let t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    let user = t.user().await;
    for _ in 0..5 {
        t.login_call(&user, "not it").send().await.refusal();
    }
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 1198));
    reset(&t, &user).await;
}

#[tokio::test]
async fn a_success_forgets_the_failures_before_it() {
    let t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "5").await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    guess_wrong(&t, &user, &code, 4).await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    let code = t.reset_code(&user).await;
    guess_wrong(&t, &user, &code, 4).await;
    t.reset_call(&user.phone, &code, "cobalt lantern 33 ferries").send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn under_block_failed_resets_suspend_the_reset_and_block_nobody() {
    let t = Test::new().await;
    t.set("LoginLockedConfiguration.LoginLockedType", "Block").await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    guess_wrong(&t, &user, &code, 3).await;
    assert_refused(&t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await);
    t.login(&user).await;
    t.clock.advance(Span::seconds(900));
    reset(&t, &user).await;
}

#[tokio::test]
async fn a_number_gets_five_codes_in_a_quarter_of_an_hour_known_or_not() {
    let t = Test::new().await;
    let user = t.user().await;
    for phone in [user.phone.as_str(), UNKNOWN] {
        for _ in 0..5 {
            t.ask_for_reset(phone).send().await.ok();
        }
        assert_eq!(t.ask_for_reset(phone).send().await.refusal(), (403, 1123));
    }
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 5);
    t.clock.advance(Span::minutes(15));
    for phone in [user.phone.as_str(), UNKNOWN] {
        t.ask_for_reset(phone).send().await.ok();
    }
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), 6);
}

#[tokio::test]
async fn the_last_code_stays_good_when_no_more_are_sent() {
    let t = Test::new().await;
    let user = t.user().await;
    for _ in 0..5 {
        t.ask_for_reset(&user.phone).send().await.ok();
    }
    let code = t.code_for(&user.phone).await;
    assert_eq!(t.ask_for_reset(&user.phone).send().await.refusal(), (403, 1123));
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn a_clock_that_steps_back_a_day_revives_neither_codes_nor_sessions_nor_locked_ways() {
    let t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    let (user, guessed) = (t.user().await, t.user().await);
    let before = t.login(&user).await;
    let spent = t.reset_code(&user).await;
    t.reset_call(&user.phone, &spent, OTHER_PASSWORD).send().await.ok();
    let code = t.reset_code(&guessed).await;
    guess_wrong(&t, &guessed, &code, 3).await;
    t.clock.advance(Span::days(-1));
    assert_refused(&t.reset_call(&user.phone, &spent, "cobalt lantern 33 ferries").send().await);
    assert_refused(&t.reset_call(&guessed.phone, &code, OTHER_PASSWORD).send().await);
    assert_eq!(t.profile_call(&before).send().await.refusal(), (403, 905));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_clock_that_steps_back_a_day_keeps_nobody_from_a_reset() {
    let t = Test::new().await;
    let user = t.user().await;
    t.reset_code(&user).await;
    t.clock.advance(Span::days(-1));
    reset(&t, &user).await;
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
}
