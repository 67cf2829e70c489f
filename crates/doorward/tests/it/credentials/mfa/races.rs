//! Fifty callers at once.

use super::{challenged, enrolled, verify};
use crate::support::{Test, Tokens, User, race, wrong};

const CALLERS: usize = 50;

async fn ready() -> (Test, User) {
    let (t, user) = enrolled().await;
    for reply in race((0..CALLERS).map(|_| t.get("/identity/v2/serverinfo").key())).await {
        reply.ok();
    }
    (t, user)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_hold_the_right_code_one_is_signed_in() {
    let (t, user) = ready().await;
    let (token, code) = challenged(&t, &user).await;
    let replies = race((0..CALLERS).map(|_| verify(&t, &token, &code))).await;
    let (won, lost): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 200);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|reply| reply.refusal() == (403, 1103)));
    let profile = t.profile_call(&Tokens::of(&won[0])).send().await;
    assert_eq!(profile.ok()["NoOfLogins"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_guesses_five_are_tried() {
    let (t, user) = ready().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    let (token, code) = challenged(&t, &user).await;
    let replies = race((0..CALLERS).map(|_| verify(&t, &token, &wrong(&code)))).await;
    assert!(replies.iter().all(|reply| reply.refusal() == (403, 1067)));
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1067));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_guesses_with_a_right_one_among_them_at_most_one_succeeds() {
    let (t, user) = ready().await;
    let (token, code) = challenged(&t, &user).await;
    let guess = |number: usize| if number == CALLERS / 2 { code.clone() } else { wrong(&code) };
    let replies = race((0..CALLERS).map(|number| verify(&t, &token, &guess(number)))).await;
    assert!(replies.iter().filter(|reply| reply.status == 200).count() <= 1);
    assert_eq!(verify(&t, &token, &code).send().await.refusal(), (403, 1103), "used, or destroyed by the lock");
}
