//! A pooler between the store and its server that gives each transaction another connection.

use doorward_store::{Error, Json, Pooler, PostgresOptions, Result, Store, migrate};
use tokio::task::JoinSet;

use crate::support::{Cluster, Setup, add_numbers, add_one, integer};

fn pooled() -> PostgresOptions {
    PostgresOptions { pooler: Pooler::Transaction, ..Setup::default().postgres() }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_work_through_fewer_connections_than_they_have_threads() {
    let Some(cluster) = Cluster::start(&["--pooler"]) else { return };
    let stores = [0, 1].map(|_| Store::open_postgres(&cluster.pooler, pooled()).unwrap());
    add_numbers(&stores[0]).await;
    assert_eq!(migrate::run(&stores[0]).await.unwrap().len(), migrate::MIGRATIONS.len());
    assert_eq!(migrate::pending(&stores[1]).await, Ok(Vec::new()));

    let mut writers = JoinSet::new();
    for store in stores.iter().cycle().take(60) {
        writers.spawn(add_one(store.clone()));
    }
    assert!(writers.join_all().await.iter().all(|written| *written == Ok(1)));
    assert_eq!(integer(&stores[1], "SELECT value FROM numbers WHERE id = 1").await, 60);
    assert_eq!(stores[0].require_writable().await, Ok(()));
    for store in stores {
        store.close().await;
    }
}

type Cells = (i64, bool, String, Json, Vec<u8>, Option<String>);

#[tokio::test(flavor = "multi_thread")]
async fn values_of_every_type_pass_through_a_pooler() {
    let Some(cluster) = Cluster::start(&["--pooler"]) else { return };
    let store = Store::open_postgres(&cluster.pooler, pooled()).unwrap();
    let document = r#"{"a": [1, "zwei"]}"#;
    let stored: Result<Option<Cells>> = store
        .write(move |tx| {
            tx.execute("CREATE TABLE cells (i BIGINT, b BOOLEAN, t TEXT, j JSONB, y BYTEA, n TEXT)", &[])?;
            let bytes: &[u8] = &[0, 1, 254, 255];
            let json = Json::from_text(document.to_owned());
            let count = tx.execute(
                "INSERT INTO cells (i, b, t, j, y, n) VALUES ($1, $2, $3, $4, $5, $6)",
                &[&i64::MIN, &true, &"'; \\ 李雷", &json, &bytes, &None::<String>],
            )?;
            assert_eq!(count, 1);
            tx.optional("SELECT i, b, t, j, y, n FROM cells WHERE y = $1 AND b = $2 AND i < $3", &[&bytes, &true, &0])
        })
        .await;
    let expected =
        (i64::MIN, true, "'; \\ 李雷".to_owned(), Json::from_text(document.to_owned()), vec![0, 1, 254, 255], None);
    assert_eq!(stored, Ok(Some(expected)));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_hold_through_a_pooler_and_stay_with_their_transaction() {
    const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT COUNT(*) FROM n";
    const UPDATE: &str = "WITH one AS (SELECT 1 AS id) UPDATE numbers SET value = 9 WHERE id IN (SELECT id FROM one)";
    let Some(cluster) = Cluster::start(&["--pooler"]) else { return };
    let options = PostgresOptions { statement: std::time::Duration::from_millis(300), ..pooled() };
    let store = Store::open_postgres(&cluster.pooler, options).unwrap();
    add_numbers(&store).await;
    let read: Result<(i64,)> = store.read(|tx| tx.one(ENDLESS, &[])).await;
    assert_eq!(read, Err(Error::TimedOut));
    let hidden: Result<u64> = store.read(|tx| tx.execute(UPDATE, &[])).await;
    assert!(matches!(hidden, Err(Error::Database(_))), "{hidden:?}");
    store.close().await;

    let (client, connection) = tokio_postgres::connect(&cluster.pooler, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    for _ in 0..4 {
        let left = client.simple_query("SHOW statement_timeout").await.unwrap();
        let left = left.iter().find_map(|said| match said {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        assert_eq!(left, Some("0"), "the next one on this connection meets what we set");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_nobody_told_of_is_told_at_the_start() {
    let Some(cluster) = Cluster::start(&["--pooler"]) else { return };
    let opened = Store::open_postgres(&cluster.pooler, PostgresOptions::default());
    let Some(Error::Unfit { problem, remedy }) = opened.err() else { panic!("it was taken") };
    assert!(problem.contains("pooler") && remedy.contains("pooler = \"transaction\""), "{problem}: {remedy}");
    // Which a server itself is not.
    Store::open_postgres(&cluster.url, PostgresOptions::default()).unwrap().close().await;
}
