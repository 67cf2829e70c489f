//! Servers that take no writes, and finding the one that does.

use doorward_store::{Absence, Error, PostgresOptions, Result, Store, Why};

use crate::support::{Cluster, Setup, add_numbers, add_one, eventually, integer};

const PORT: &str = "SELECT current_setting('port')::BIGINT";

fn takes_none<T>(ended: &Result<T>) -> bool {
    matches!(ended, Err(Error::Gone(Absence { why: Why::ReadOnly, .. })))
}

async fn until_written(store: &Store) {
    eventually("a write is taken", async || add_one(store.clone()).await.ok()).await;
}

async fn tell_to_read_only(cluster: &Cluster, setting: &str) {
    cluster.execute(&format!("ALTER SYSTEM SET default_transaction_read_only = {setting}")).await;
    cluster.execute("SELECT pg_reload_conf()").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_take_no_writes_is_away_until_it_takes_them_again() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let store = Store::open_postgres(&cluster.url, Setup::default().postgres()).unwrap();
    add_numbers(&store).await;
    assert_eq!(store.require_writable().await, Ok(()));

    tell_to_read_only(&cluster, "on").await;
    eventually("a write is refused", async || takes_none(&add_one(store.clone()).await).then_some(())).await;
    // Whoever reads on would read what the next primary may have changed since.
    assert!(takes_none(&store.read::<_, Error>(|tx| tx.execute("SELECT 1", &[])).await));
    assert!(takes_none(&store.require_writable().await));
    let opened = Store::open_postgres(&cluster.url, PostgresOptions::default());
    assert!(
        matches!(opened.err(), Some(Error::Gone(absence)) if absence.cause.contains("default_transaction_read_only"))
    );

    tell_to_read_only(&cluster, "off").await;
    until_written(&store).await;
    assert_eq!(store.require_writable().await, Ok(()));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_alone_finds_that_a_server_takes_no_writes() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let any = format!("{}?target_session_attrs=any", cluster.url);
    for url in [&cluster.url, &any] {
        let store = Store::open_postgres(url, Setup::default().postgres()).unwrap();
        tell_to_read_only(&cluster, "on").await;
        eventually("it is noticed", async || takes_none(&store.require_writable().await).then_some(())).await;
        // Where any server is wanted, reading goes on.
        let read: Result<u64> = store.read(|tx| tx.execute("SELECT 1", &[])).await;
        assert_eq!(read.is_ok(), *url == any);
        tell_to_read_only(&cluster, "off").await;
        eventually("it takes writes again", async || store.require_writable().await.ok()).await;
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_that_takes_writes_is_found_there_and_back_again() {
    let Some(first) = Cluster::start(&[]) else { return };
    let (here, port) = (first.port.clone(), first.port.parse::<i64>().unwrap());
    let second = Cluster::start(&["--standby-of", &here]).unwrap();
    let other = second.port.parse::<i64>().unwrap();
    // The standby stands first: it answers, and is not the one.
    let url = format!("postgres://doorward@127.0.0.1:{other},127.0.0.1:{port}/postgres");
    let store = Store::open_postgres(&url, Setup::default().postgres()).unwrap();
    add_numbers(&store).await;
    assert_eq!(integer(&store, PORT).await, port);
    let alone = Store::open_postgres(&second.url, PostgresOptions::default());
    assert!(matches!(alone.err(), Some(Error::Gone(absence)) if absence.cause.contains("standby")));

    drop(first);
    second.execute("SELECT pg_promote()").await;
    until_written(&store).await;
    assert_eq!(integer(&store, PORT).await, other);

    let back = Cluster::start(&["--port", &here, "--standby-of", &second.port]).unwrap();
    add_one(store.clone()).await.unwrap();
    assert_eq!(integer(&store, PORT).await, other, "the old primary is a standby now");
    drop(second);
    back.execute("SELECT pg_promote()").await;
    until_written(&store).await;
    assert_eq!(integer(&store, PORT).await, port);
    store.close().await;
}
