//! A fresh database for each test, and ways to hold one up.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use doorward_store::{Error, Isolation, PostgresOptions, Result, SqliteOptions, Store};
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// Where the PostgreSQL server of the tests is, if there is one.
pub(crate) fn postgres_url() -> Option<String> {
    std::env::var("DOORWARD_TEST_POSTGRES").ok()
}

/// The options of both databases that tests vary.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) threads: usize,
    pub(crate) queue: usize,
    pub(crate) statement: std::time::Duration,
    pub(crate) isolation: Isolation,
}

impl Default for Setup {
    fn default() -> Setup {
        let usual = PostgresOptions::default();
        Setup { threads: 4, queue: usual.queue, statement: usual.statement, isolation: usual.isolation }
    }
}

impl Setup {
    pub(crate) fn sqlite(&self) -> SqliteOptions {
        SqliteOptions { queue: self.queue, statement: self.statement, ..SqliteOptions::default() }
    }

    pub(crate) fn postgres(&self) -> PostgresOptions {
        PostgresOptions {
            threads: self.threads,
            queue: self.queue,
            statement: self.statement,
            isolation: self.isolation,
            ..PostgresOptions::default()
        }
    }
}

/// Runs a test on every database there is, each time with two numbers, both 0, in a table of numbers.
pub(crate) async fn on_each(test: impl AsyncFn(Store)) {
    on_each_with(Setup::default(), test).await;
}

/// [`on_each`] with other options.
pub(crate) async fn on_each_with(setup: Setup, test: impl AsyncFn(Store)) {
    on_sqlite_with(setup.clone(), &test).await;
    on_postgres_with(setup, &test).await;
}

/// [`on_each_with`] on SQLite alone.
pub(crate) async fn on_sqlite_with(setup: Setup, test: impl AsyncFn(Store)) {
    let folder = TempDir::new().unwrap();
    let store = Store::open_sqlite(folder.path().join("test.db"), setup.sqlite()).unwrap();
    add_numbers(&store).await;
    test(store.clone()).await;
    store.close().await;
}

/// [`on_each_with`] on PostgreSQL alone.
pub(crate) async fn on_postgres_with(setup: Setup, test: impl AsyncFn(Store)) {
    let Some(database) = Database::create().await else {
        return;
    };
    let store = Store::open_postgres(&database.url, setup.postgres()).unwrap();
    add_numbers(&store).await;
    test(store.clone()).await;
    store.close().await;
    database.remove().await;
}

/// A database of the server, empty.
pub(crate) struct Database {
    pub(crate) url: String,
    name: String,
}

impl Database {
    /// `None` where there is no server.
    pub(crate) async fn create() -> Option<Database> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = postgres_url()?;
        let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        administer(&format!("CREATE DATABASE {name}")).await;
        let (place, _) = server.rsplit_once('/').expect("the address ends in a database");
        Some(Database { url: format!("{place}/{name}"), name })
    }

    pub(crate) async fn remove(self) {
        administer(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

async fn administer(sql: &str) {
    let url = postgres_url().expect("there is a server");
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}

pub(crate) async fn add_numbers(store: &Store) {
    store
        .write::<_, Error>(|tx| {
            tx.execute("CREATE TABLE numbers (id BIGINT PRIMARY KEY, value BIGINT NOT NULL)", &[])?;
            tx.execute("INSERT INTO numbers (id, value) VALUES (1, 0), (2, 0)", &[])
        })
        .await
        .unwrap();
}

/// One integer from the database.
pub(crate) async fn integer(store: &Store, sql: &'static str) -> i64 {
    let (number,) = store.read::<(i64,), Error>(move |tx| tx.one(sql, &[])).await.unwrap();
    number
}

/// Adds one to the first number.
pub(crate) async fn add_one(store: Store) -> Result<u64> {
    store.write(|tx| tx.execute("UPDATE numbers SET value = value + 1 WHERE id = 1", &[])).await
}

/// A call that has begun: its job is queued, or refused already.
pub(crate) struct Begun<T>(Pin<Box<dyn Future<Output = T> + Send>>, Option<T>);

impl<T> Begun<T> {
    /// Lets the call go as far as it comes by itself.
    pub(crate) fn new(call: impl Future<Output = T> + Send + 'static) -> Begun<T> {
        let mut call: Pin<Box<dyn Future<Output = T> + Send>> = Box::pin(call);
        match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => Begun(call, Some(answer)),
            Poll::Pending => Begun(call, None),
        }
    }

    pub(crate) fn is_answered(&self) -> bool {
        self.1.is_some()
    }

    pub(crate) async fn answer(self) -> T {
        match self.1 {
            Some(answer) => answer,
            None => self.0.await,
        }
    }
}

/// A write that occupies its thread until it is let go.
pub(crate) struct Held {
    write: JoinHandle<Result<()>>,
    release: crossbeam_channel::Sender<()>,
}

impl Held {
    /// Comes back when the write has begun.
    pub(crate) async fn begin(store: &Store) -> Held {
        let (release, held) = crossbeam_channel::bounded::<()>(0);
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let store = store.clone();
        let write = tokio::spawn(async move {
            store
                .write(move |_| {
                    // A second run, where a neighbour spoilt the batch, tells nobody.
                    let _ = tell.send(());
                    // Ends when the other end is dropped.
                    let _ = held.recv();
                    Ok(())
                })
                .await
        });
        told.recv().await.unwrap();
        Held { write, release }
    }

    pub(crate) async fn let_go(self) {
        drop(self.release);
        self.write.await.unwrap().unwrap();
    }
}
