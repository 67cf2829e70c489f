//! The database of one installation: a file, or a database of its own on the server that the environment names.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::{NoTls, SimpleQueryMessage};

/// The database of one installation.
pub(super) enum Database {
    Sqlite(String),
    Postgres { name: String, url: String },
}

impl Database {
    pub(super) fn create(folder: &Path) -> Database {
        match std::env::var("DOORWARD_TEST_DATABASE").as_deref() {
            Err(_) | Ok("sqlite") => Database::Sqlite(folder.join("doorward.db").display().to_string()),
            Ok("postgres") => Database::create_on_server(),
            Ok(other) => panic!("DOORWARD_TEST_DATABASE is sqlite or postgres, not {other}"),
        }
    }

    fn create_on_server() -> Database {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("process_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        execute(&server(), &format!("CREATE DATABASE {name}"));
        let (place, _) = server().rsplit_once('/').map(|(place, name)| (place.to_owned(), name.to_owned())).unwrap();
        Database::Postgres { url: format!("{place}/{name}"), name }
    }

    pub(super) fn url(&self) -> String {
        match self {
            Database::Sqlite(path) => format!("sqlite:{path}"),
            Database::Postgres { url, .. } => url.clone(),
        }
    }

    /// Runs SQL that both engines understand.
    pub(super) fn execute(&self, sql: &str) {
        match self {
            Database::Sqlite(path) => rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap(),
            Database::Postgres { url, .. } => execute(url, sql),
        }
    }

    /// Fails when the file is damaged; a database server answers for itself.
    pub(super) fn check_integrity(&self) {
        let Database::Sqlite(path) = self else { return };
        let connection = rusqlite::Connection::open(path).unwrap();
        let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
        let mut dangling = connection.prepare("PRAGMA foreign_key_check").unwrap();
        assert!(!dangling.exists([]).unwrap(), "a row refers to one that is not there");
    }

    /// Closes the database to everybody, as if its server were gone.
    pub(super) fn cut_off(&self) {
        let Database::Postgres { name, .. } = self else { panic!("only a database server can be away") };
        execute(
            &server(),
            &format!(
                "ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false;
                 SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ),
        );
    }

    /// Undoes [`Database::cut_off`].
    pub(super) fn let_in(&self) {
        let Database::Postgres { name, .. } = self else { panic!("only a database server can be away") };
        execute(&server(), &format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true"));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Database::Postgres { name, .. } = self {
            execute(&server(), &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

fn server() -> String {
    std::env::var("DOORWARD_TEST_POSTGRES").expect("scripts/postgres-for-tests says where the server is")
}

pub(super) fn execute(url: &str, sql: &str) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        let work = async {
            client.batch_execute(sql).await.unwrap();
            drop(client);
        };
        let (ended, ()) = tokio::join!(connection, work);
        ended.unwrap();
    });
}

/// The one cell of an answer, as text.
pub(super) fn ask(url: &str, sql: &str) -> String {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        let work = async {
            let told = client.simple_query(sql).await.unwrap();
            drop(client);
            let row = told.into_iter().find_map(|message| match message {
                SimpleQueryMessage::Row(row) => Some(row),
                _ => None,
            });
            row.and_then(|row| row.get(0).map(str::to_owned)).unwrap_or_default()
        };
        let (ended, cell) = tokio::join!(connection, work);
        ended.unwrap();
        cell
    })
}
