//! A fresh database for each test, and ways to hold one up.

use std::future::Future;
use std::io::{BufRead as _, BufReader};
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

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
        Database::create_as("").await
    }

    /// [`Database::create`] with options of `CREATE DATABASE`.
    pub(crate) async fn create_as(options: &str) -> Option<Database> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = postgres_url()?;
        let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        administer(&format!("CREATE DATABASE {name} {options}")).await;
        let (place, _) = server.rsplit_once('/').expect("the address ends in a database");
        Some(Database { url: format!("{place}/{name}"), name })
    }

    /// Runs SQL that is none of the store's business.
    pub(crate) async fn execute(&self, sql: &str) {
        execute(&self.url, sql).await;
    }

    pub(crate) async fn remove(self) {
        administer(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

async fn administer(sql: &str) {
    execute(&postgres_url().expect("there is a server"), sql).await;
}

pub(crate) async fn execute(url: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}

/// A server that only its test knows, started by the script that starts the one of all.
pub(crate) struct Cluster {
    /// Ends the server when its input is closed.
    script: Child,
    pub(crate) url: String,
    pub(crate) port: String,
    /// The way through its pooler, if it has one.
    pub(crate) pooler: String,
}

impl Cluster {
    /// `None` where tests have no PostgreSQL.
    pub(crate) fn start(options: &[&str]) -> Option<Cluster> {
        postgres_url()?;
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/postgres-for-tests");
        let told = "echo \"$DOORWARD_TEST_POSTGRES $DOORWARD_TEST_POOLER\"; cat";
        let mut script = Command::new(script)
            .args(options)
            .args(["sh", "-c", told])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(script.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let (url, pooler) = line.trim_end_matches('\n').split_once(' ').expect("the server was started");
        let (place, _) = url.rsplit_once('/').unwrap();
        let port = place.rsplit_once(':').unwrap().1.to_owned();
        Some(Cluster { url: url.to_owned(), port, pooler: pooler.to_owned(), script })
    }

    pub(crate) async fn execute(&self, sql: &str) {
        execute(&self.url, sql).await;
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        // The test has said all it had to say.
        let _ = self.script.wait();
    }
}

/// What `look` sees, as soon as it sees something; fails when that takes too long.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(90);
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(Instant::now() < end, "this did not happen: {what}");
        tokio::task::yield_now().await;
    }
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
