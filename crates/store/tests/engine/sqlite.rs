//! What only a file can meet.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use doorward_store::{Error, Result, SqliteOptions, Store};
use tempfile::TempDir;

use crate::support::{Begun, Held, Setup, add_numbers, add_one, integer, on_sqlite_with};

const FIRST: &str = "SELECT value FROM numbers WHERE id = 1";

fn refused(path: &std::path::Path) -> String {
    match Store::open_sqlite(path, SqliteOptions::default()) {
        Err(Error::Open(text)) => text,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("{} was opened", path.display()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest() {
    on_sqlite_with(Setup::default(), async |store| {
        let text = "CREATE TABLE texts (id BIGINT PRIMARY KEY, text TEXT NOT NULL)";
        store.write::<_, Error>(move |tx| tx.execute(text, &[])).await.unwrap();
        store.limit_pages(400).await.unwrap();
        let calls: Vec<_> = (0..400)
            .map(|number: i64| {
                let store = store.clone();
                let text = "x".repeat(if number % 7 == 0 { 60_000 } else { 100 });
                tokio::spawn(async move {
                    let sql = "INSERT INTO texts (id, text) VALUES ($1, $2)";
                    store.write::<_, Error>(move |tx| tx.execute(sql, &[&number, &text])).await
                })
            })
            .collect();
        let (mut stored, mut full) = (0, 0);
        for call in calls {
            match call.await.unwrap() {
                Ok(_) => stored += 1,
                Err(Error::Full(_)) => full += 1,
                Err(other) => panic!("{other}"),
            }
        }
        assert!(full > 0, "the limit was never reached");
        assert_eq!(stored + full, 400);
        assert_eq!(integer(&store, "SELECT COUNT(*) FROM texts").await, stored);

        store.limit_pages(1_000_000).await.unwrap();
        add_one(store.clone()).await.unwrap();
        assert_eq!(integer(&store, FIRST).await, 1);
    })
    .await;
}

#[tokio::test]
async fn neighbours_of_a_write_that_ran_too_long_stand() {
    const ENDLESS: &str = "INSERT INTO numbers (id, value)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT 3, COUNT(*) FROM n";
    let setup = Setup { statement: Duration::from_millis(500), ..Setup::default() };
    on_sqlite_with(setup, async |store| {
        let held = Held::begin(&store).await;
        let before = Begun::new(add_one(store.clone()));
        let slow = store.clone();
        let slow = Begun::new(async move { slow.write::<_, Error>(|tx| tx.execute(ENDLESS, &[])).await });
        let after = Begun::new(add_one(store.clone()));
        held.let_go().await;
        assert_eq!(before.answer().await, Ok(1));
        assert_eq!(slow.answer().await, Err(Error::TimedOut));
        assert_eq!(after.answer().await, Ok(1));
        assert_eq!(integer(&store, FIRST).await, 2);
    })
    .await;
}

#[tokio::test]
async fn the_lock_of_another_process_is_waited_for_and_then_told() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shared.db");
    let store = Store::open_sqlite(&path, SqliteOptions::default()).unwrap();
    add_numbers(&store).await;
    let other = rusqlite::Connection::open(&path).unwrap();

    other.execute_batch("BEGIN IMMEDIATE; UPDATE numbers SET value = 5 WHERE id = 1").unwrap();
    let impatient = store.with_patience(Duration::from_millis(500));
    assert_eq!(add_one(impatient).await, Err(Error::Busy));
    assert_eq!(integer(&store, FIRST).await, 0, "reads go on");

    let waiting = tokio::spawn(add_one(store.clone()));
    tokio::task::yield_now().await;
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(waiting.await.unwrap(), Ok(1));
    assert_eq!(integer(&store, FIRST).await, 6);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_stores_on_one_file_lose_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shared.db");
    let opening: Vec<_> = (0..4)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || Store::open_sqlite(path, SqliteOptions::default()))
        })
        .collect();
    let stores: Vec<Store> = opening.into_iter().map(|store| store.join().unwrap().unwrap()).collect();
    add_numbers(&stores[0]).await;
    let calls: Vec<_> = (0..100).map(|number| tokio::spawn(add_one(stores[number % 4].clone()))).collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), Ok(1));
    }
    assert_eq!(integer(&stores[3], FIRST).await, 100);
}

#[tokio::test]
async fn a_loop_of_reads_lets_its_neighbours_run() {
    on_sqlite_with(Setup::default(), async |store| {
        let ran = Arc::new(AtomicBool::new(false));
        let neighbour = Arc::clone(&ran);
        tokio::spawn(async move { neighbour.store(true, Ordering::SeqCst) });
        for _ in 0..10_000 {
            integer(&store, FIRST).await;
        }
        assert!(ran.load(Ordering::SeqCst));
    })
    .await;
}

#[tokio::test]
async fn a_read_does_not_wait_for_a_write() {
    on_sqlite_with(Setup::default(), async |store| {
        let held = Held::begin(&store).await;
        assert_eq!(integer(&store, FIRST).await, 0);
        let scan: Result<(i64,)> = store.scan(|tx| tx.one(FIRST, &[])).await;
        assert_eq!(scan, Ok((0,)));
        held.let_go().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_stored_is_there_after_closing_in_one_file_of_ones_own() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("kept.db");
    let store = Store::open_sqlite(&path, SqliteOptions::default()).unwrap();
    add_numbers(&store).await;
    assert_eq!(add_one(store.clone()).await, Ok(1));
    assert_eq!(integer(&store, FIRST).await, 1);
    let others_rights = fs::metadata(&path).unwrap().permissions().mode() & 0o077;
    assert_eq!(others_rights, 0);
    store.close().await;

    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let store = Store::open_sqlite(&path, SqliteOptions::default()).unwrap();
    assert_eq!(integer(&store, FIRST).await, 1);
}

#[test]
fn a_file_that_is_no_database_is_told() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("letter.txt");
    fs::write(&path, "Dear Sir or Madam, ".repeat(100)).unwrap();
    let text = refused(&path);
    assert!(text.contains("letter.txt") && text.contains("SQLite database"), "{text}");
}

#[test]
fn a_missing_folder_is_told() {
    let folder = TempDir::new().unwrap();
    let text = refused(&folder.path().join("nowhere/test.db"));
    assert!(text.contains("nowhere") && text.contains("folder"), "{text}");
}

#[test]
fn a_folder_and_memory_are_no_file() {
    let folder = TempDir::new().unwrap();
    assert!(refused(folder.path()).contains("directory"));
    assert!(refused(":memory:".as_ref()).contains("file"));
    assert!(refused("".as_ref()).contains("file"));
}

#[test]
fn a_file_that_may_not_be_written_is_told() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("fixed.db");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    // Root may write anything: nothing to be seen then.
    if fs::OpenOptions::new().write(true).open(&path).is_err() {
        assert!(refused(&path).contains("allowed to write"));
    }
}

#[tokio::test]
async fn whoever_closes_leaves_nothing_beside_the_file_however_often() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tidy.db");
    for _ in 0..100 {
        let store = Store::open_sqlite(&path, SqliteOptions::default()).unwrap();
        let scan: Result<(i64,)> = store.scan(|tx| tx.one("SELECT 1", &[])).await;
        assert_eq!(scan, Ok((1,)));
        store.close().await;
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
