//! What commits, what rolls back, and what a closure sees.

use std::sync::Mutex;

use doorward_store::{Error, Store};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;

use crate::support::{Setup, add_one, integer, on_each, on_each_with};

/// What a flow answers: its own refusals beside the store's errors.
#[derive(Debug, PartialEq)]
enum Fault {
    Refused,
    Store(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Store(error)
    }
}

const FIRST: &str = "SELECT value FROM numbers WHERE id = 1";

#[tokio::test]
async fn ok_commits_and_err_rolls_back() {
    on_each(async |store| {
        let refused: Result<(), Fault> = store
            .write(|tx| {
                tx.execute("UPDATE numbers SET value = 9 WHERE id = 1", &[])?;
                Err(Fault::Refused)
            })
            .await;
        assert_eq!(refused, Err(Fault::Refused));
        assert_eq!(integer(&store, FIRST).await, 0);

        add_one(store.clone()).await.unwrap();
        assert_eq!(integer(&store, FIRST).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_inside_ok_leaves_its_trace() {
    on_each(async |store| {
        let refused: Result<(), Fault> = store
            .write(|tx| -> Result<Result<(), Fault>, Fault> {
                tx.execute("UPDATE numbers SET value = value + 1 WHERE id = 1", &[])?;
                Ok(Err(Fault::Refused))
            })
            .await
            .and_then(|inner| inner);
        assert_eq!(refused, Err(Fault::Refused));
        assert_eq!(integer(&store, FIRST).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_failed_statement_dooms_the_transaction_even_when_it_is_forgotten() {
    on_each(async |store| {
        let ended: Result<(), Error> = store
            .write(|tx| {
                tx.execute("UPDATE numbers SET value = 9 WHERE id = 1", &[])?;
                let _ = tx.execute("INSERT INTO numbers (id, value) VALUES (1, 1)", &[]);
                let after = tx.execute("UPDATE numbers SET value = 9 WHERE id = 2", &[]);
                assert!(matches!(after, Err(Error::Unique(_))), "{after:?}");
                Ok(())
            })
            .await;
        assert!(matches!(ended, Err(Error::Unique(_))), "{ended:?}");
        assert_eq!(integer(&store, "SELECT COUNT(*) FROM numbers WHERE value = 9").await, 0);
    })
    .await;
}

#[tokio::test]
async fn whether_a_value_is_taken_is_asked_by_the_count() {
    on_each(async |store| {
        let counts: Result<(u64, u64), Error> = store
            .write(|tx| {
                let sql = "INSERT INTO numbers (id, value) VALUES ($1, 0) ON CONFLICT DO NOTHING";
                Ok((tx.execute(sql, &[&3])?, tx.execute(sql, &[&1])?))
            })
            .await;
        assert_eq!(counts, Ok((1, 0)));
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_changes_no_table_counts_nothing() {
    on_each(async |store| {
        let counted: Result<u64, Error> = store
            .write(|tx| {
                assert_eq!(tx.execute("UPDATE numbers SET value = 1", &[])?, 2);
                tx.execute("CREATE TABLE others (id BIGINT PRIMARY KEY)", &[])
            })
            .await;
        assert_eq!(counted, Ok(0));
    })
    .await;
}

#[tokio::test]
async fn a_panic_rolls_back_goes_to_the_caller_and_poisons_nothing() {
    on_each(async |store| {
        for _ in 0..20 {
            let writing = store.clone();
            let write = tokio::spawn(async move {
                writing
                    .write::<(), Error>(|tx| {
                        tx.execute("UPDATE numbers SET value = 9 WHERE id = 1", &[])?;
                        panic!("boom")
                    })
                    .await
            });
            assert!(write.await.unwrap_err().is_panic());
            let reading = store.clone();
            let read = tokio::spawn(async move {
                reading
                    .read::<(), Error>(|tx| {
                        tx.one::<(i64,)>(FIRST, &[])?;
                        panic!("boom")
                    })
                    .await
            });
            assert!(read.await.unwrap_err().is_panic());
        }
        assert_eq!(integer(&store, FIRST).await, 0);
        add_one(store.clone()).await.unwrap();
        assert_eq!(integer(&store, FIRST).await, 1);
    })
    .await;
}

#[tokio::test]
async fn reads_and_scans_cannot_write() {
    const PLAIN: &str = "UPDATE numbers SET value = 9";
    const HIDDEN: &str = "WITH one AS (SELECT 1 AS id) UPDATE numbers SET value = 9 WHERE id IN (SELECT id FROM one)";
    on_each(async |store| {
        for sql in [PLAIN, HIDDEN] {
            let read: Result<u64, Error> = store.read(move |tx| tx.execute(sql, &[])).await;
            assert!(matches!(read, Err(Error::Database(_))), "{read:?}");
            let scan: Result<u64, Error> = store.scan(move |tx| tx.execute(sql, &[])).await;
            assert!(matches!(scan, Err(Error::Database(_))), "{scan:?}");
        }
        assert_eq!(integer(&store, FIRST).await, 0);
    })
    .await;
}

#[tokio::test]
async fn returning_is_run_to_its_end() {
    on_each(async |store| {
        let ids: Result<Vec<(i64,)>, Error> = store
            .write(|tx| {
                let one: Option<(i64,)> =
                    tx.optional("INSERT INTO numbers (id, value) VALUES (3, 7) RETURNING value", &[])?;
                assert_eq!(one, Some((7,)));
                assert_eq!(tx.execute("UPDATE numbers SET value = 7 WHERE id = 3 RETURNING id", &[])?, 1);
                tx.all("UPDATE numbers SET value = 5 RETURNING id", &[])
            })
            .await;
        let mut ids = ids.unwrap();
        ids.sort_unstable();
        assert_eq!(ids, [(1,), (2,), (3,)]);
        assert_eq!(integer(&store, "SELECT COUNT(*) FROM numbers WHERE value = 5").await, 3);
    })
    .await;
}

#[tokio::test]
async fn one_row_too_many_or_too_few_is_an_error() {
    on_each(async |store| {
        let many: Result<Option<(i64,)>, Error> = store.read(|tx| tx.optional("SELECT id FROM numbers", &[])).await;
        assert!(matches!(many, Err(Error::Database(_))), "{many:?}");
        let none: Result<(i64,), Error> = store.read(|tx| tx.one("SELECT id FROM numbers WHERE id = $1", &[&7])).await;
        assert!(matches!(none, Err(Error::Database(_))), "{none:?}");
    })
    .await;
}

#[tokio::test]
async fn a_scan_sees_one_snapshot() {
    on_each(async |store| {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let (go_on, gone_on) = crossbeam_channel::bounded::<()>(0);
        let scanning = store.clone();
        let scan = tokio::spawn(async move {
            scanning
                .scan::<((i64,), (i64,)), Error>(move |tx| {
                    let before = tx.one(FIRST, &[])?;
                    tell.send(()).unwrap();
                    let _ = gone_on.recv();
                    Ok((before, tx.one(FIRST, &[])?))
                })
                .await
        });
        told.recv().await.unwrap();
        add_one(store.clone()).await.unwrap();
        drop(go_on);
        assert_eq!(scan.await.unwrap(), Ok(((0,), (0,))));
        assert_eq!(integer(&store, FIRST).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_runs_too_long_is_ended() {
    const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT COUNT(*) FROM n";
    let setup = Setup { statement: std::time::Duration::from_millis(300), ..Setup::default() };
    on_each_with(setup, async |store: Store| {
        let read: Result<(i64,), Error> = store.read(|tx| tx.one(ENDLESS, &[])).await;
        assert_eq!(read, Err(Error::TimedOut));
        let scan: Result<(i64,), Error> = store.scan(|tx| tx.one(ENDLESS, &[])).await;
        assert_eq!(scan, Err(Error::TimedOut));
        let write: Result<(i64,), Error> = store.write(|tx| tx.one(ENDLESS, &[])).await;
        assert_eq!(write, Err(Error::TimedOut));
        add_one(store.clone()).await.unwrap();
        assert_eq!(integer(&store, FIRST).await, 1);
    })
    .await;
}

/// Notes the name of the span in which each event happens.
struct SpanNames;

static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl<S: tracing::Subscriber + for<'s> LookupSpan<'s>> tracing_subscriber::Layer<S> for SpanNames {
    fn on_event(&self, event: &tracing::Event<'_>, context: tracing_subscriber::layer::Context<'_, S>) {
        if let Some(span) = context.event_span(event) {
            SEEN.lock().unwrap().push(span.name().to_owned());
        }
    }
}

#[tokio::test]
async fn the_span_of_the_caller_goes_with_the_closure() {
    let subscriber = tracing_subscriber::registry().with(SpanNames);
    tracing::subscriber::set_global_default(subscriber).expect("no other test sets it");
    on_each(async |store| {
        SEEN.lock().unwrap().retain(|name| name != "a_request");
        let span = tracing::info_span!("a_request");
        let call = store.write::<(), Error>(|_| {
            tracing::info!("inside");
            Ok(())
        });
        tracing::Instrument::instrument(call, span).await.unwrap();
        assert!(SEEN.lock().unwrap().iter().any(|name| name == "a_request"));
    })
    .await;
}
