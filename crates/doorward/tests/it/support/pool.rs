//! A hash pool that a test keeps at work, so that something happens while a password waits to be verified.

use super::{Call, Reply, Test, User};
use doorward_flows::app::hashing::HashPool;
use std::num::NonZeroUsize;
use std::sync::mpsc;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Keeps a pool of one thread and one place in its queue at work, until the sender is dropped.
pub(crate) async fn occupy(pool: &HashPool, runners: &mut JoinSet<()>) -> mpsc::Sender<()> {
    let (release, released) = mpsc::channel::<()>();
    let (begun, has_begun) = oneshot::channel();
    let thread = pool.clone();
    runners.spawn(async move {
        let work = move || {
            begun.send(()).unwrap();
            assert!(released.recv().is_err());
        };
        thread.run(work).await.unwrap();
    });
    has_begun.await.unwrap();
    release
}

/// A product with one hashing thread that is at work, and as many `places` in the queue.
pub(crate) async fn with_busy_pool(places: usize) -> (Test, User, JoinSet<()>, mpsc::Sender<()>) {
    let mut t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "1").await;
    let user = t.user().await;
    t.restart(|setup| setup.hashing = HashPool::start(NonZeroUsize::MIN, places)).await;
    let mut runners = JoinSet::new();
    let release = occupy(&t.app.hashing, &mut runners).await;
    (t, user, runners, release)
}

/// Lets `call` wait for the pool in a task of its own.
pub(crate) async fn waiting(t: &Test, call: Call) -> JoinSet<Reply> {
    let before = t.app.hashing.runs();
    let mut waiting = JoinSet::new();
    waiting.spawn(call.send());
    while t.app.hashing.runs() == before {
        tokio::task::yield_now().await;
    }
    waiting
}
