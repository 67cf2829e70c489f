//! A database for each test, copied from one that is migrated once.

use doorward_store::{Error, PostgresOptions, SqliteOptions, Store, jobs, migrate};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// The database of one test.
pub(crate) enum Database {
    Sqlite(TempDir),
    Postgres(String),
}

impl Database {
    pub(crate) fn create() -> Database {
        if is_postgres() {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let name = format!("it_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
            administer(format!("CREATE DATABASE {name} TEMPLATE {}", postgres_template()));
            Database::Postgres(name)
        } else {
            let folder = TempDir::new().unwrap();
            std::fs::copy(sqlite_template(), file_in(folder.path())).unwrap();
            Database::Sqlite(folder)
        }
    }

    pub(crate) fn open(&self) -> Store {
        match self {
            Database::Sqlite(folder) => open_sqlite(&file_in(folder.path())),
            Database::Postgres(name) => open_postgres(name),
        }
    }

    /// Closes the store and takes the database away; how many messages waited in it, none if it was closed already.
    pub(crate) fn close_and_remove(self, store: Store) -> i64 {
        let waiting = finish(async move {
            let waiting = store.read::<_, Error>(jobs::waiting).await.unwrap_or(0);
            store.close().await;
            waiting
        });
        if let Database::Postgres(name) = self {
            administer(format!("DROP DATABASE {name} WITH (FORCE)"));
        }
        waiting
    }
}

fn is_postgres() -> bool {
    match std::env::var("DOORWARD_TEST_DATABASE").as_deref() {
        Err(_) | Ok("sqlite") => false,
        Ok("postgres") => true,
        Ok(other) => panic!("DOORWARD_TEST_DATABASE is sqlite or postgres, not {other}"),
    }
}

fn sqlite_template() -> PathBuf {
    static TEMPLATE: OnceLock<TempDir> = OnceLock::new();
    let folder = TEMPLATE.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        migrate_and_close(open_sqlite(&file_in(folder.path())));
        folder
    });
    file_in(folder.path())
}

fn postgres_template() -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let name = format!("it_{}_template", std::process::id());
        administer(format!("CREATE DATABASE {name}"));
        migrate_and_close(open_postgres(&name));
        name
    })
}

fn migrate_and_close(store: Store) {
    finish(async move {
        migrate::run(&store).await.unwrap();
        store.close().await;
    });
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join("test.db")
}

fn open_sqlite(path: &Path) -> Store {
    Store::open_sqlite(path, SqliteOptions { scanners: 1, ..SqliteOptions::default() }).unwrap()
}

fn open_postgres(name: &str) -> Store {
    let server = postgres_server();
    let (place, _) = server.rsplit_once('/').expect("the address ends in a database");
    let options = PostgresOptions { threads: 4, scanners: 1, ..PostgresOptions::default() };
    Store::open_postgres(&format!("{place}/{name}"), options).unwrap()
}

fn postgres_server() -> String {
    std::env::var("DOORWARD_TEST_POSTGRES").expect("scripts/postgres-for-tests says where the server is")
}

fn administer(sql: String) {
    finish(async move {
        let (client, connection) = tokio_postgres::connect(&postgres_server(), tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(&sql).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
    });
}

/// Runs `work` to its end on a thread of its own, so that it can be waited for wherever one stands, also in a drop.
fn finish<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let run = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
    std::thread::spawn(run).join().unwrap()
}
