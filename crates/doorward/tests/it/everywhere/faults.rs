//! What happens when something around the product fails.

use crate::support::pool::{occupy, waiting, with_busy_pool};
use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Reply, Test, User};
use doorward_flows::app::hashing::HashPool;
use doorward_store::Engine;
use serde_json::json;
use std::num::NonZeroUsize;
use std::time::Duration;
use tokio::task::JoinSet;

#[track_caller]
fn assert_busy(reply: &Reply) {
    assert_eq!(reply.refusal(), (503, 90005));
    assert_eq!(reply.header("retry-after"), Some("1"));
}

/// Requests that write.
fn writing(t: &Test, user: &User) -> Vec<Call> {
    vec![
        t.login_call(user, GOOD_PASSWORD),
        t.login_call(user, OTHER_PASSWORD),
        t.ask_for_reset(&user.phone),
        t.reset_call(&user.phone, "123456", OTHER_PASSWORD),
        t.update_call(user, &json!({ "NickName": "Ash" })),
        t.delete(&format!("/identity/v2/manage/account/{}", user.uid)).back_end(),
    ]
}

#[tokio::test]
async fn a_closed_store_is_busy_to_everybody() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    t.app.store.close().await;
    assert_busy(&t.profile_call(&tokens).send().await);
    for call in writing(&t, &user) {
        assert_busy(&call.send().await);
    }
}

#[tokio::test]
async fn a_store_that_cannot_take_more_is_busy_and_nothing_is_written() {
    let mut t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "1").await;
    let user = t.user().await;
    t.restart(|setup| setup.store = setup.store.with_patience(Duration::ZERO)).await;
    for call in writing(&t, &user) {
        assert_busy(&call.send().await);
    }
    t.restart(|_| {}).await;
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
    t.login(&user).await;
    let account = t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await;
    assert_eq!(account.ok()["NickName"], json!(null));
}

#[tokio::test]
async fn a_full_queue_of_passwords_is_busy_at_once_and_counts_nothing() {
    let (t, user, mut runners, release) = with_busy_pool(1).await;
    let first = waiting(&t, t.login_call(&user, GOOD_PASSWORD)).await;
    for password in [GOOD_PASSWORD, OTHER_PASSWORD] {
        assert_busy(&t.login_call(&user, password).send().await);
    }
    drop(release);
    first.join_all().await[0].ok();
    runners.join_next().await.unwrap().unwrap();
    t.login(&user).await;
}

#[tokio::test]
async fn nobody_who_needs_no_hash_waits_for_the_passwords_of_others() {
    let mut t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    t.restart(|setup| setup.hashing = HashPool::start(NonZeroUsize::MIN, 1)).await;
    let mut runners = JoinSet::new();
    let release = occupy(&t.app.hashing, &mut runners).await;
    t.profile_call(&tokens).send().await.ok();
    t.refresh_call(&tokens).send().await.ok();
    t.reset_code(&user).await;
    t.update_call(&user, &json!({ "NickName": "Ash" })).send().await.ok();
    drop(release);
    runners.join_next().await.unwrap().unwrap();
}

#[tokio::test]
async fn a_caller_who_goes_away_while_waiting_is_forgotten() {
    // The work of the caller who went away may still lie in one place when the next one comes.
    let (t, user, mut runners, release) = with_busy_pool(2).await;
    let mut gone = waiting(&t, t.login_call(&user, OTHER_PASSWORD)).await;
    gone.shutdown().await;
    drop(release);
    runners.join_next().await.unwrap().unwrap();
    t.login(&user).await;
}

#[tokio::test]
async fn a_full_disk_refuses_what_writes_and_needs_no_restart_when_there_is_room_again() {
    let t = Test::new().await;
    if t.app.store.engine() != Engine::Sqlite {
        // Whose disk is full, and how, is the server's affair there.
        return;
    }
    let user = t.user().await;
    let tokens = t.login(&user).await;
    t.app.store.limit_pages(1).await.unwrap();
    let create = |number: usize| {
        let body = json!({ "UserName": format!("u{number}"), "About": "x".repeat(4000) });
        t.post("/identity/v2/manage/account").back_end().json(&body)
    };
    let mut made = 0;
    let failed = loop {
        let reply = create(made).send().await;
        if reply.status != 200 {
            break reply;
        }
        made += 1;
    };
    assert_eq!(failed.refusal(), (503, 90005));
    assert_eq!(failed.header("retry-after"), Some("1"));
    t.profile_call(&tokens).send().await.ok();
    t.app.store.limit_pages(1_000_000).await.unwrap();
    create(made).send().await.ok();
    t.login(&user).await;
}
