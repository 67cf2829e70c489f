//! Who gets in, who waits, and who hears what.

use std::time::Duration;

use doorward_store::{Error, Result};

use crate::support::{Begun, Held, Setup, add_one, integer, on_each_with};

const FIRST: &str = "SELECT value FROM numbers WHERE id = 1";

/// One thread that writes on PostgreSQL too.
fn narrow(queue: usize) -> Setup {
    Setup { threads: 1, queue, ..Setup::default() }
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_work_whose_caller_left_is_skipped() {
    on_each_with(narrow(10), async |store| {
        let held = Held::begin(&store).await;
        let calls: Vec<_> = (0..30).map(|_| Begun::new(add_one(store.clone()))).collect();
        let (refused, waiting): (Vec<_>, Vec<_>) = calls.into_iter().partition(Begun::is_answered);
        assert_eq!((refused.len(), waiting.len()), (20, 10));
        for call in refused {
            assert_eq!(call.answer().await, Err(Error::Busy));
        }
        let mut staying = waiting;
        drop(staying.split_off(5));
        held.let_go().await;
        for call in staying {
            assert_eq!(call.answer().await, Ok(1));
        }
        assert_eq!(integer(&store, FIRST).await, 5);
    })
    .await;
}

#[tokio::test]
async fn work_that_waited_too_long_is_not_begun() {
    on_each_with(narrow(10), async |store| {
        let held = Held::begin(&store).await;
        let impatient = Begun::new(add_one(store.with_patience(Duration::ZERO)));
        let patient = Begun::new(add_one(store.clone()));
        held.let_go().await;
        assert_eq!(impatient.answer().await, Err(Error::TimedOut));
        assert_eq!(patient.answer().await, Ok(1));
        assert_eq!(integer(&store, FIRST).await, 1);
    })
    .await;
}

#[tokio::test]
async fn close_answers_what_is_queued_and_refuses_what_comes_later() {
    on_each_with(narrow(500), async |store| {
        let held = Held::begin(&store).await;
        let calls: Vec<_> = (0..500).map(|_| Begun::new(add_one(store.clone()))).collect();
        let closing = store.clone();
        let closing = tokio::spawn(async move { closing.close().await });
        held.let_go().await;
        for call in calls {
            assert_eq!(call.answer().await, Ok(1));
        }
        closing.await.unwrap();
        assert_eq!(add_one(store.clone()).await, Err(Error::Closed));
        let read: Result<(i64,)> = store.read(|tx| tx.one(FIRST, &[])).await;
        assert_eq!(read, Err(Error::Closed));
        let scan: Result<(i64,)> = store.scan(|tx| tx.one(FIRST, &[])).await;
        assert_eq!(scan, Err(Error::Closed));
    })
    .await;
}

#[tokio::test]
async fn neighbours_of_failing_work_are_unharmed() {
    on_each_with(narrow(500), async |store| {
        let held = Held::begin(&store).await;
        let calls: Vec<_> = (0..200)
            .map(|number: i64| {
                let store = store.clone();
                tokio::spawn(async move {
                    store
                        .write::<(), Error>(move |tx| {
                            tx.execute("INSERT INTO numbers (id, value) VALUES ($1, 0)", &[&(100 + number)])?;
                            match number % 10 {
                                3 => tx.execute("INSERT INTO numbers (id, value) VALUES (1, 0)", &[]).map(drop),
                                5 => Err(Error::Closed),
                                7 => panic!("boom"),
                                _ => Ok(()),
                            }
                        })
                        .await
                })
            })
            .collect();
        // Nothing runs in between: the tasks above get their first turn here.
        tokio::task::yield_now().await;
        held.let_go().await;
        let mut stand = 0;
        for call in calls {
            if matches!(call.await, Ok(Ok(()))) {
                stand += 1;
            }
        }
        assert_eq!(stand, 140);
        assert_eq!(integer(&store, "SELECT COUNT(*) FROM numbers WHERE id >= 100").await, 140);
    })
    .await;
}
