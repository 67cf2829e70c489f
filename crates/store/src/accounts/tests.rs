use super::FOLLOWERS;
use crate::migrate::MIGRATIONS;

#[test]
fn every_table_that_names_an_account_follows_its_new_uid() {
    let tables = MIGRATIONS.iter().flat_map(|(_, text)| text.split("CREATE TABLE ").skip(1));
    let with_uid = tables.filter_map(|table| {
        let (name, rest) = table.split_once(" (")?;
        let (columns, _) = rest.split_once("\n)")?;
        columns.lines().any(|line| line.trim_start().starts_with("uid ")).then_some(name)
    });
    // What they follow, and the tables of uids that no account has yet, or any more.
    let found: Vec<&str> = with_uid.filter(|name| !["accounts", "newcomers", "departures"].contains(name)).collect();
    assert!(found.contains(&"identifiers"), "the migrations are read otherwise than they are written");
    for table in found {
        let follows = FOLLOWERS.iter().any(|statement| statement.starts_with(&format!("UPDATE {table} SET uid")));
        assert!(follows, "{table} would keep the old uid");
    }
}
