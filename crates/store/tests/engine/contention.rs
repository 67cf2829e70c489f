//! Many at once.

use std::sync::Arc;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};

use doorward_store::{Error, Isolation, Result, Store};

use crate::support::{Setup, integer, on_each, on_each_with, on_postgres_with};

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_callers_for_one_token_one_wins() {
    on_each(async |store| {
        let calls: Vec<_> = (0..50)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    store
                        .write::<bool, Error>(|tx| {
                            let taken = tx.execute("UPDATE numbers SET value = 1 WHERE id = 1 AND value = 0", &[])?;
                            tx.execute(
                                "UPDATE numbers SET value = value + $1 WHERE id = 2",
                                &[&i64::from(taken == 1)],
                            )?;
                            Ok(taken == 1)
                        })
                        .await
                })
            })
            .collect();
        let mut winners = 0;
        for call in calls {
            winners += u32::from(call.await.unwrap().unwrap());
        }
        assert_eq!(winners, 1);
        assert_eq!(integer(&store, "SELECT value FROM numbers WHERE id = 2").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_guesses_among_fifty_are_counted_and_the_right_one_wins_once() {
    const MOST: i64 = 60;
    on_each(async |store| {
        // The first number counts the tries, the second one holds 0 until the code is used.
        let guess = |right: bool| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .write::<Result<(), &str>, Error>(move |tx| {
                        let counted =
                            tx.execute("UPDATE numbers SET value = value + 1 WHERE id = 1 AND value < $1", &[&MOST])?;
                        if counted == 0 || !right {
                            return Ok(Err("wrong"));
                        }
                        let used = tx.execute("UPDATE numbers SET value = 1 WHERE id = 2 AND value = 0", &[])?;
                        Ok(if used == 1 { Ok(()) } else { Err("used") })
                    })
                    .await
            })
        };
        let calls: Vec<_> = (0..50).map(|number| guess(number % 12 != 0)).collect();
        let mut winners = 0;
        for call in calls {
            winners += u32::from(call.await.unwrap().unwrap().is_ok());
        }
        assert_eq!(winners, 1);
        assert_eq!(integer(&store, "SELECT value FROM numbers WHERE id = 1").await, 50);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn serializable_transactions_that_collide_are_run_again() {
    let setup = Setup { threads: 8, isolation: Isolation::Serializable, ..Setup::default() };
    on_each_with(setup, async |store| {
        // Each reads the sum and makes it one more by changing either number: a write skew where nothing stops it.
        let calls: Vec<_> = (0..64)
            .map(|number: i64| {
                let store = store.clone();
                tokio::spawn(async move {
                    store
                        .write::<u64, Error>(move |tx| {
                            let (mine, other) = (1 + number % 2, 2 - number % 2);
                            let values: Vec<(i64, i64)> = tx.all("SELECT id, value FROM numbers", &[])?;
                            let sum: i64 = values.iter().map(|(_, value)| value).sum();
                            let rest: i64 = values.iter().filter(|(id, _)| *id == other).map(|(_, value)| value).sum();
                            tx.execute("UPDATE numbers SET value = $2 WHERE id = $1", &[&mine, &(sum + 1 - rest)])
                        })
                        .await
                })
            })
            .collect();
        let mut done = 0;
        for call in calls {
            done += i64::from(call.await.unwrap().is_ok());
        }
        assert_eq!(done, 64);
        assert_eq!(integer(&store, "SELECT CAST(SUM(value) AS BIGINT) FROM numbers").await, 64);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_transactions_that_lock_each_other_out_are_run_again() {
    on_postgres_with(Setup::default(), async |store| {
        let runs = Arc::new(AtomicU32::new(0));
        // Both hold their first row before either asks for its second.
        let both = Arc::new(Barrier::new(2));
        let cross = |from: i64, to: i64| {
            let (store, runs, both) = (store.clone(), Arc::clone(&runs), Arc::clone(&both));
            tokio::spawn(async move {
                store
                    .write::<u64, Error>(move |tx| {
                        tx.execute("UPDATE numbers SET value = value + 1 WHERE id = $1", &[&from])?;
                        if runs.fetch_add(1, Ordering::SeqCst) < 2 {
                            both.wait();
                        }
                        tx.execute("UPDATE numbers SET value = value + 1 WHERE id = $1", &[&to])
                    })
                    .await
            })
        };
        let (one, other) = (cross(1, 2), cross(2, 1));
        assert_eq!((one.await.unwrap(), other.await.unwrap()), (Ok(1), Ok(1)));
        assert!(runs.load(Ordering::SeqCst) > 2);
        assert_eq!(integer(&store, "SELECT COUNT(*) FROM numbers WHERE value = 2").await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_crossing_transactions_all_commit() {
    let setup = Setup { threads: 8, ..Setup::default() };
    on_each_with(setup, async |store: Store| {
        let calls: Vec<_> = (0..20)
            .map(|number: i64| {
                let store = store.clone();
                tokio::spawn(async move {
                    store
                        .write::<u64, Error>(move |tx| {
                            let sql = "UPDATE numbers SET value = value + 1 WHERE id = $1";
                            tx.execute(sql, &[&(1 + number % 2)])?;
                            tx.execute(sql, &[&(2 - number % 2)])
                        })
                        .await
                })
            })
            .collect();
        for call in calls {
            assert_eq!(call.await.unwrap(), Ok(1));
        }
        assert_eq!(integer(&store, "SELECT COUNT(*) FROM numbers WHERE value = 20").await, 2);
    })
    .await;
}
