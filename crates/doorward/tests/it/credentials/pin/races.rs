//! Fifty callers at once.

use super::{OTHER_PIN, PIN, with_owed_pins, with_pins};
use crate::support::{Call, Reply, Test, Tokens, race};
use serde_json::json;

const CALLERS: usize = 50;

/// All connections to the database are open: else the first is through before a second one is there.
async fn warm(t: &Test) {
    for reply in race((0..CALLERS).map(|_| t.get("/identity/v2/serverinfo").key())).await {
        reply.ok();
    }
}

fn count(replies: &[Reply], status: u16, code: u64) -> usize {
    replies.iter().filter(|reply| reply.status == status && reply.json["ErrorCode"] == code).count()
}

fn won(replies: &[Reply]) -> Vec<Reply> {
    replies.iter().filter(|reply| reply.status == 200).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_wrong_pins_at_once_five_are_tried() {
    let t = with_pins().await;
    warm(&t).await;
    let holder = t.holder().await;
    let replies = race((0..CALLERS).map(|_| t.pin_call(&holder.session_token, OTHER_PIN))).await;
    assert_eq!(count(&replies, 401, 1236), 5);
    assert_eq!(count(&replies, 403, 1245), CALLERS - 5);
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1245));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_guesses_with_one_right_among_them_at_most_one_signs_in() {
    let t = with_pins().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    warm(&t).await;
    let holder = t.holder().await;
    let pin = |number: usize| if number == CALLERS / 2 { PIN.to_owned() } else { format!("{}", 4000 + 7 * number) };
    let replies = race((0..CALLERS).map(|number| t.pin_call(&holder.session_token, &pin(number)))).await;
    let won = won(&replies).len();
    assert!(won <= 1);
    // The right one forgets up to four wrong ones before it; the fifth in a row ends the token.
    let tried = count(&replies, 401, 1236);
    assert!((5..=5 + 4 * won).contains(&tried), "{tried} wrong ones were tried beside {won} right ones");
    assert_eq!(count(&replies, 403, 1245), CALLERS - won - tried);
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1245));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn over_many_tokens_no_more_than_ten_are_tried() {
    let t = with_pins().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    warm(&t).await;
    let holder = t.holder().await;
    let mut tokens = Vec::new();
    for _ in 0..10 {
        tokens.push(t.sign_in(&holder.user).await.session_token);
    }
    let replies = race((0..CALLERS).map(|number| t.pin_call(&tokens[number % 10], OTHER_PIN))).await;
    assert_eq!(count(&replies, 401, 1236), 10);
    assert_eq!(count(&replies, 403, 1245), CALLERS - 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_hold_what_sets_a_pin_one_sets_it() {
    let t = with_owed_pins().await;
    warm(&t).await;
    let user = t.user().await;
    let token = t.owed(&user).await;
    let replies = race((0..CALLERS).map(|number| t.set_call(&token, &format!("{}", 4000 + 7 * number)))).await;
    let won = won(&replies);
    assert_eq!((won.len(), count(&replies, 403, 1239)), (1, CALLERS - 1));
    assert_eq!(won[0].json["Profile"]["NoOfLogins"], 1);
    assert_eq!(t.carried("pin-changed").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_logins_that_wait_for_a_pin_one_sets_it() {
    let t = with_owed_pins().await;
    warm(&t).await;
    let user = t.user().await;
    let mut tokens = Vec::new();
    for _ in 0..10 {
        tokens.push(t.owed(&user).await);
    }
    let replies = race(tokens.iter().map(|token| t.set_call(token, PIN))).await;
    assert_eq!((won(&replies).len(), count(&replies, 403, 1239)), (1, 9));
    t.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_hold_the_code_one_resets_the_pin() {
    let t = with_pins().await;
    warm(&t).await;
    let user = t.holder().await.user;
    let code = t.pin_code(&user).await;
    let told = t.carried("pin-changed").await;
    let reset = |number: usize| t.reset_by("phone", &user.phone, &code, &format!("{}", 4000 + 7 * number));
    let replies = race((0..CALLERS).map(reset)).await;
    assert_eq!(won(&replies).len(), 1);
    assert!(
        replies
            .iter()
            .all(|reply| reply.status == 200 || [1067, 1198].map(|c| json!(c)).contains(&reply.json["ErrorCode"]))
    );
    assert_eq!(t.carried("pin-changed").await, told + 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_changes_with_the_old_pin_one_counts() {
    let t = with_pins().await;
    t.set("forceLogout", "false").await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    warm(&t).await;
    let holder = t.holder().await;
    let change = |number: usize| t.change_call(&holder.tokens, PIN, &format!("{}", 4000 + 7 * number));
    let replies = race((0..10).map(change)).await;
    assert_eq!(won(&replies).len(), 1);
    t.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_session_survives_a_block_that_came_among_logins_by_pin() {
    let t = with_pins().await;
    warm(&t).await;
    let holder = t.holder().await;
    let block = t.update_call(&holder.user, &json!({ "IsActive": false }));
    let calls = (0..CALLERS).map(|number| -> Call {
        if number == 25 { block.clone() } else { t.pin_call(&holder.session_token, PIN) }
    });
    let replies = race(calls).await;
    for reply in won(&replies).iter().filter(|reply| reply.json.get("access_token").is_some()) {
        assert_eq!(t.profile_call(&Tokens::of(reply)).send().await.refusal(), (403, 905));
    }
    assert_eq!(t.pin_call(&holder.session_token, PIN).send().await.refusal(), (403, 1245));
}
