//! One list of files for both databases.

use doorward_store::{Error, migrate};

use crate::support::{integer, on_each};

type Files = &'static [(&'static str, &'static str)];

const FILES: Files = &[
    (
        "0001_things",
        "-- A comment; with a semicolon.
         CREATE TABLE things (id BIGINT PRIMARY KEY, document JSONB NOT NULL);
         CREATE INDEX things_by_kind ON things ((document->>'kind'));",
    ),
    (
        "0002_names",
        "ALTER TABLE things ADD COLUMN name TEXT; INSERT INTO things (id, document, name) VALUES (1, '{}', 'x');",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_at_once_run_each_file_once() {
    on_each(async |store| {
        let runs: Vec<_> = (0..4)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { migrate::run_files(&store, FILES).await })
            })
            .collect();
        let mut applied = Vec::new();
        for run in runs {
            applied.extend(run.await.unwrap().unwrap());
        }
        applied.sort();
        assert_eq!(applied, ["0001_things", "0002_names"]);
        assert_eq!(integer(&store, "SELECT COUNT(*) FROM things").await, 1);
        assert_eq!(migrate::run_files(&store, FILES).await, Ok(Vec::new()));
    })
    .await;
}

#[tokio::test]
async fn a_changed_file_is_refused() {
    const CHANGED: Files = &[("0001_things", "CREATE TABLE things (id BIGINT)")];
    on_each(async |store| {
        migrate::run_files(&store, FILES.split_at(1).0).await.unwrap();
        let refused = migrate::run_files(&store, CHANGED).await;
        assert!(matches!(&refused, Err(Error::Database(text)) if text.contains("0001_things")), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_failing_file_leaves_nothing() {
    const FAILING: Files = &[("0001_half", "CREATE TABLE half (id BIGINT); nonsense;")];
    const WHOLE: Files = &[("0001_half", "CREATE TABLE half (id BIGINT);")];
    on_each(async |store| {
        assert!(migrate::run_files(&store, FAILING).await.is_err());
        assert_eq!(migrate::run_files(&store, WHOLE).await, Ok(vec!["0001_half".to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn a_database_newer_than_the_program_is_refused() {
    on_each(async |store| {
        migrate::run_files(&store, FILES).await.unwrap();
        let older = FILES.split_at(1).0;
        let refused = migrate::run_files(&store, older).await;
        assert_eq!(refused, Err(Error::Newer("0002_names".to_owned())));
        assert!(matches!(migrate::run(&store).await, Err(Error::Newer(_))));
        assert!(matches!(migrate::pending(&store).await, Err(Error::Newer(_))));
    })
    .await;
}

#[tokio::test]
async fn what_is_pending_is_told_and_then_run() {
    on_each(async |store| {
        let names: Vec<String> = migrate::MIGRATIONS.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(migrate::pending(&store).await.unwrap(), names);
        assert_eq!(migrate::run(&store).await.unwrap(), names);
        assert_eq!(migrate::pending(&store).await.unwrap(), Vec::<String>::new());
    })
    .await;
}
