use super::{Connection, Role};
use crate::error::Result;
use rusqlite::StatementStatus;
use std::time::Duration;

const JOIN: &str = "SELECT a.id FROM a JOIN b ON b.id = a.id WHERE a.name = $1";

#[test]
fn a_join_is_planned_once_whatever_values_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(&folder.path().join("a.db"), Role::Writer, Duration::from_secs(1)).unwrap();
    connection
        .script("CREATE TABLE a (name TEXT PRIMARY KEY, id TEXT NOT NULL); CREATE TABLE b (id TEXT PRIMARY KEY);")
        .unwrap();
    for name in ["one", "two", "three"] {
        let rows: Result<Vec<(String,)>> = connection.rows(JOIN, &[&name]);
        assert!(rows.unwrap().is_empty());
    }
    let statement = connection.raw.prepare_cached(JOIN).unwrap();
    assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
}
