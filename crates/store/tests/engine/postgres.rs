//! What only a server can meet. A relay between store and server stands for the network.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use doorward_store::{Absence, Error, PostgresOptions, Result, Store, Why, migrate};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::support::{Database, Setup, add_numbers, add_one, integer, on_postgres_with};

const FIRST: &str = "SELECT value FROM numbers WHERE id = 1";

/// One thread: every statement meets the same connection.
fn single() -> Setup {
    Setup { threads: 1, ..Setup::default() }
}

#[tokio::test]
async fn a_lost_connection_is_replaced_and_the_closure_run_again() {
    on_postgres_with(single(), async |store| {
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        let ended: Result<u64> = store
            .write(move |tx| {
                tx.execute("UPDATE numbers SET value = value + 1 WHERE id = 1", &[])?;
                if counted.fetch_add(1, Ordering::SeqCst) == 0 {
                    tx.execute("SELECT pg_terminate_backend(pg_backend_pid())", &[])?;
                }
                tx.execute("UPDATE numbers SET value = value + 1 WHERE id = 2", &[])
            })
            .await;
        assert_eq!(ended, Ok(1));
        assert_eq!(runs.load(Ordering::SeqCst), 2);
        assert_eq!(integer(&store, "SELECT COUNT(*) FROM numbers WHERE value = 1").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_changed_table_does_not_disturb_prepared_statements() {
    on_postgres_with(single(), async |store| {
        let look = async || store.read::<_, Error>(|tx| tx.execute("SELECT * FROM numbers", &[])).await;
        let touch = async || {
            let sql = "UPDATE numbers SET value = value RETURNING *";
            store.write::<_, Error>(move |tx| tx.execute(sql, &[])).await
        };
        assert_eq!((look().await, touch().await), (Ok(2), Ok(2)));
        for change in ["ALTER TABLE numbers ADD COLUMN more TEXT", "ALTER TABLE numbers ADD COLUMN most TEXT"] {
            store.write::<_, Error>(move |tx| tx.execute(change, &[])).await.unwrap();
            assert_eq!((look().await, touch().await), (Ok(2), Ok(2)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_away_is_told_at_the_start() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let url = format!("postgres://someone:secret@127.0.0.1:{port}/doorward");
    let Err(Error::Gone(Absence { why: Why::Away, cause: text })) =
        Store::open_postgres(&url, PostgresOptions::default())
    else {
        panic!("nobody is there");
    };
    assert!(text.contains(&format!("127.0.0.1:{port}/doorward")), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn an_address_that_is_none_is_told() {
    let opened = Store::open_postgres("postgres://host:port:secret", PostgresOptions::default());
    let Err(Error::Open(text)) = opened else {
        panic!("{:?}", opened.err());
    };
    assert!(!text.contains("secret"), "{text}");
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_tls_is_required() {
    let Some(database) = Database::create().await else {
        return;
    };
    let url = format!("{}?sslmode=require", database.url);
    let opened = Store::open_postgres(&url, PostgresOptions::default());
    assert!(matches!(opened.err(), Some(Error::Gone(Absence { why: Why::NoTls, .. }))));
    database.remove().await;
}

#[tokio::test]
async fn what_keeps_a_server_from_being_used_is_told_apart() {
    let Some(database) = Database::create().await else {
        return;
    };
    let (place, name) = database.url.rsplit_once('/').unwrap();
    let port = place.rsplit_once(':').unwrap().1;
    for (url, why) in [
        (format!("{place}/no_such_{name}"), Why::NoDatabase),
        (format!("postgres://nobody@127.0.0.1:{port}/{name}"), Why::NotAdmitted),
        (format!("postgres://doorward@nobody.invalid:{port}/{name}"), Why::UnknownName),
        (format!("{}?sslmode=verify-full", database.url), Why::NoTls),
    ] {
        let opened = Store::open_postgres(&url, PostgresOptions::default());
        assert!(matches!(opened.err(), Some(Error::Gone(absence)) if absence.why == why), "{url}");
    }
    database.remove().await;
}

#[tokio::test]
async fn a_database_that_cannot_hold_every_name_is_refused() {
    let Some(database) = Database::create_as("ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'").await
    else {
        return;
    };
    let opened = Store::open_postgres(&database.url, PostgresOptions::default());
    let Some(Error::Unfit { problem, remedy }) = opened.err() else { panic!("it was taken") };
    assert!(problem.contains("LATIN1") && remedy.contains("--encoding=UTF8"), "{problem}: {remedy}");
    database.remove().await;
}

#[tokio::test]
async fn a_server_that_is_too_old_is_refused() {
    let Some(database) = Database::create().await else {
        return;
    };
    // A server that says it is older than it is.
    database
        .execute(
            "CREATE SCHEMA past; CREATE FUNCTION past.current_setting(TEXT) RETURNS TEXT LANGUAGE SQL AS $$
             SELECT CASE $1 WHEN 'server_version_num' THEN '90624' ELSE pg_catalog.current_setting($1) END $$",
        )
        .await;
    let url = format!("{}?options=-csearch_path%3Dpast,pg_catalog", database.url);
    let opened = Store::open_postgres(&url, PostgresOptions::default());
    let Some(Error::Unfit { problem, .. }) = opened.err() else { panic!("it was taken") };
    assert!(problem.contains("PostgreSQL 9.6"), "{problem}");
    database.remove().await;
}

#[tokio::test]
async fn a_user_who_may_make_no_tables_is_told_so() {
    let Some(database) = Database::create().await else {
        return;
    };
    let role = database.url.rsplit_once('/').unwrap().1;
    database.execute(&format!("CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC")).await;
    let url = database.url.replace("doorward@", &format!("{role}@"));
    let store = Store::open_postgres(&url, single().postgres()).unwrap();
    assert_eq!(migrate::may_run(&store).await, Ok(false));
    let ran = migrate::run(&store).await;
    assert!(matches!(&ran, Err(Error::Rights(_))), "{ran:?}");
    store.close().await;
    database.execute(&format!("DROP ROLE {role}")).await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_away_is_told_and_one_that_returns_is_used() {
    let Some(database) = Database::create().await else {
        return;
    };
    let mut relay = Relay::begin(&database.url).await;
    let store = Store::open_postgres(&relay.url(&database.url), Setup::default().postgres()).unwrap();
    add_numbers(&store).await;

    relay.stop().await;
    for _ in 0..10 {
        let away = add_one(store.clone()).await;
        assert!(matches!(away, Err(Error::Gone(_))), "{away:?}");
    }
    relay.resume().await;
    // It is tried again four times a second.
    let back = loop {
        match add_one(store.clone()).await {
            Err(Error::Gone(_)) => tokio::task::yield_now().await,
            ended => break ended,
        }
    };
    assert_eq!(back, Ok(1));
    assert_eq!(integer(&store, FIRST).await, 1);
    store.close().await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lost_in_the_commit_leaves_it_unknown_and_is_not_run_again() {
    let Some(database) = Database::create().await else {
        return;
    };
    let relay = Relay::begin(&database.url).await;
    let store = Store::open_postgres(&relay.url(&database.url), single().postgres()).unwrap();
    add_numbers(&store).await;

    relay.cut_commits.store(true, Ordering::SeqCst);
    let ended = add_one(store.clone()).await;
    assert!(matches!(ended, Err(Error::Unknown(_))), "{ended:?}");
    relay.cut_commits.store(false, Ordering::SeqCst);
    assert_eq!(integer(&store, FIRST).await, 1);
    assert_eq!(add_one(store.clone()).await, Ok(1));
    store.close().await;
    database.remove().await;
}

/// Passes on what comes to a port of its own.
struct Relay {
    address: SocketAddr,
    server: String,
    /// Whether a `COMMIT` still arrives, and its answer does not.
    cut_commits: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

impl Relay {
    async fn begin(url: &str) -> Relay {
        let (_, after) = url.rsplit_once('@').expect("the address names a user");
        let (server, _) = after.split_once('/').expect("the address ends in a database");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut relay = Relay {
            address: listener.local_addr().unwrap(),
            server: server.to_owned(),
            cut_commits: Arc::default(),
            accepting: None,
        };
        relay.accept(listener);
        relay
    }

    /// The same database by way of the relay.
    fn url(&self, url: &str) -> String {
        url.replace(&self.server, &self.address.to_string())
    }

    async fn stop(&mut self) {
        let accepting = self.accepting.take().expect("it runs");
        accepting.abort();
        assert!(accepting.await.unwrap_err().is_cancelled());
    }

    async fn resume(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.accept(listener);
    }

    fn accept(&mut self, listener: TcpListener) {
        let (server, cut) = (self.server.clone(), Arc::clone(&self.cut_commits));
        self.accepting = Some(tokio::spawn(async move {
            // Ends with the task that owns it, and all connections with it.
            let mut connections = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(&server).await.unwrap();
                connections.spawn(pass(client, server, Arc::clone(&cut)));
            }
        }));
    }
}

async fn pass(mut client: TcpStream, mut server: TcpStream, cut: Arc<AtomicBool>) {
    let (mut there, mut back) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            count = client.read(&mut there) => {
                let Ok(count @ 1..) = count else { return };
                if server.write_all(&there[..count]).await.is_err() {
                    return;
                }
                let commits = there[..count].windows(7).any(|bytes| bytes == b"COMMIT\0");
                if commits && cut.load(Ordering::SeqCst) {
                    // The answer is waited for, so that the commit has happened.
                    let _ = server.read(&mut back).await;
                    return;
                }
            }
            count = server.read(&mut back) => {
                let Ok(count @ 1..) = count else { return };
                if client.write_all(&back[..count]).await.is_err() {
                    return;
                }
            }
        }
    }
}
