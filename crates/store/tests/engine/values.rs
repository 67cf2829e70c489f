//! What goes in comes out.

use doorward_model::id::{TenantId, Uid};
use doorward_model::time::Timestamp;
use doorward_store::{Engine, Error, Json, row};

use crate::support::on_each;

#[tokio::test]
async fn parameters_are_bound_by_their_number() {
    on_each(async |store| {
        let found: Result<(i64, i64, i64), Error> = store
            .read(|tx| tx.one("SELECT CAST($2 AS BIGINT), CAST($1 AS BIGINT), CAST($2 AS BIGINT)", &[&1, &2]))
            .await;
        assert_eq!(found, Ok((2, 1, 2)));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_number_of_parameters_is_an_error() {
    on_each(async |store| {
        let few: Result<u64, Error> =
            store.write(|tx| tx.execute("UPDATE numbers SET value = $2 WHERE id = $1", &[&1])).await;
        assert!(matches!(few, Err(Error::Database(_))), "{few:?}");
        let many: Result<u64, Error> = store.write(|tx| tx.execute("UPDATE numbers SET value = $1", &[&1, &2])).await;
        assert!(matches!(many, Err(Error::Database(_))), "{many:?}");
    })
    .await;
}

#[derive(Debug, Clone, PartialEq)]
struct Thing {
    tenant: TenantId,
    uid: Uid,
    made_at: Timestamp,
    hash: Vec<u8>,
    active: bool,
    note: Option<String>,
    seen_at: Option<Timestamp>,
    document: Json,
}

row!(Thing { tenant, uid, made_at, hash, active, note, seen_at, document });

const THINGS: &str = "CREATE TABLE things (tenant TEXT NOT NULL, uid TEXT NOT NULL, made_at BIGINT NOT NULL,
    hash BYTEA NOT NULL, active BOOLEAN NOT NULL, note TEXT, seen_at BIGINT, document JSONB NOT NULL)";

#[tokio::test]
async fn every_type_comes_back_as_it_was() {
    on_each(async |store| {
        let thing = Thing {
            tenant: TenantId::new("acme"),
            uid: Uid::new("usr_ü"),
            made_at: Timestamp(1_789_000_000_123),
            hash: vec![0, 255, 39],
            active: true,
            note: None,
            seen_at: Some(Timestamp(-1)),
            document: Json::of(&serde_json::json!({"a": {"b": "x'y"}})).unwrap(),
        };
        let written = thing.clone();
        let read: Result<(Thing, (String,)), Error> = store
            .write(move |tx| {
                let thing = &written;
                tx.execute(THINGS, &[])?;
                tx.execute(
                    "INSERT INTO things (tenant, uid, made_at, hash, active, note, seen_at, document)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    &[
                        &thing.tenant,
                        &thing.uid,
                        &thing.made_at,
                        &thing.hash,
                        &thing.active,
                        &thing.note,
                        &thing.seen_at,
                        &thing.document,
                    ],
                )?;
                let read = tx.one(
                    "SELECT tenant, uid, made_at, hash, active, note, seen_at, document FROM things WHERE active",
                    &[],
                )?;
                Ok((read, tx.one("SELECT document->'a'->>'b' FROM things", &[])?))
            })
            .await;
        let (read, inner) = read.unwrap();
        assert_eq!(read.document.parse::<serde_json::Value>().unwrap()["a"]["b"], "x'y");
        let document = thing.document.clone();
        assert_eq!(Thing { document, ..read }, thing);
        assert_eq!(inner.0, "x'y");
    })
    .await;
}

#[derive(Debug)]
struct Pair {
    id: i64,
    value: i64,
}

row!(Pair { id, value });

#[tokio::test]
async fn columns_in_another_order_than_the_fields_fail_a_test() {
    on_each(async |store| {
        let pairs: Result<Vec<Pair>, Error> = store.read(|tx| tx.all("SELECT id, value FROM numbers", &[])).await;
        assert_eq!(pairs.unwrap().iter().map(|pair| pair.id + pair.value).sum::<i64>(), 3);
        for wrong in ["SELECT value, id FROM numbers", "SELECT id, value, 1 AS more FROM numbers"] {
            let store = store.clone();
            let read = tokio::spawn(async move { store.read::<Vec<Pair>, Error>(|tx| tx.all(wrong, &[])).await });
            assert!(read.await.unwrap_err().is_panic(), "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_cell_of_another_kind_is_refused_by_the_name_of_its_column() {
    on_each(async |store| {
        let text: Result<(String,), Error> =
            store.read(|tx| tx.one("SELECT value FROM numbers WHERE id = 1", &[])).await;
        let Err(Error::Database(message)) = text else {
            panic!("{text:?}");
        };
        assert!(message.contains("value") && message.contains("an integer"), "{message}");
    })
    .await;
}

#[test]
fn a_scalar_is_no_document() {
    assert!(Json::of(&12).is_err());
    assert!(Json::of("12").is_err());
    assert!(Json::of(&None::<bool>).is_err());
    assert_eq!(Json::of(&[12]).unwrap().as_str(), "[12]");
}

#[tokio::test]
async fn a_nul_character_is_refused_alike() {
    on_each(async |store| {
        let nul: Result<(String,), Error> = store.read(|tx| tx.one("SELECT CAST($1 AS TEXT)", &[&"a\0b"])).await;
        assert!(matches!(nul, Err(Error::Database(_))), "{nul:?}");
    })
    .await;
}

#[tokio::test]
async fn errors_never_hold_what_was_given() {
    const SECRET: &str = "31337-secret";
    on_each(async |store| {
        let taken: Result<u64, Error> = store
            .write(|tx| {
                tx.execute("CREATE TABLE names (name TEXT PRIMARY KEY, age BIGINT CHECK (age > 0))", &[])?;
                tx.execute("INSERT INTO names (name, age) VALUES ($1, 1)", &[&SECRET])?;
                tx.execute("INSERT INTO names (name, age) VALUES ($1, 1)", &[&SECRET])
            })
            .await;
        assert!(matches!(taken, Err(Error::Unique(_))), "{taken:?}");
        // SQLite reads the digits and is content, PostgreSQL quotes what it refuses.
        let cast: Result<(i64,), Error> =
            store.read(|tx| tx.one("SELECT CAST(CAST($1 AS TEXT) AS BIGINT)", &[&SECRET])).await;
        assert_eq!(cast.is_err(), store.engine() == Engine::Postgres);
        let checked: Result<u64, Error> = store
            .write(|tx| {
                tx.execute("CREATE TABLE checked (name TEXT CHECK (name = 'right'))", &[])?;
                tx.execute("INSERT INTO checked (name) VALUES ($1)", &[&SECRET])
            })
            .await;
        assert!(checked.is_err());
        for error in [taken.err(), cast.err(), checked.err()].into_iter().flatten() {
            assert!(!format!("{error} {error:?}").contains("31337"), "{error}");
        }
    })
    .await;
}
