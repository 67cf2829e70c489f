//! What is served, held against the contract: all operations there are, as facts in `contract/operations.tsv`.
//!
//! `contract/missing.txt` names those that are not served yet, one per line, sorted. It only ever gets shorter.

use crate::support::operations::{Declared, declared};
use std::collections::{BTreeMap, BTreeSet};

/// Operations that the contract does not have, since they belong to what only this program has.
const OUR_OWN: [&str; 1] = ["exchange-sign-in-code"];

/// One operation of the contract.
struct Row {
    /// Method and path, the canonical one first, then the aliases.
    ways: BTreeSet<(String, String)>,
    canonical: (String, String),
    /// Credentials, sorted, those with a question mark optional.
    auth: String,
}

fn contract() -> BTreeMap<&'static str, Row> {
    let mut lines = include_str!("contract/operations.tsv").lines();
    assert_eq!(lines.next(), Some("id\tmethod\tpath\taliases\tauth\ttier"));
    lines.map(row).collect()
}

fn row(line: &'static str) -> (&'static str, Row) {
    let [id, method, path, aliases, auth, _tier] = line.split('\t').collect::<Vec<_>>()[..] else {
        panic!("six columns: {line}");
    };
    let canonical = way(method, path);
    let aliases = aliases.split(", ").filter_map(|alias| alias.split_once(' '));
    let ways = aliases.map(|(method, path)| way(method, path)).chain([canonical.clone()]).collect();
    (id, Row { ways, canonical, auth: auth.to_owned() })
}

fn missing() -> Vec<&'static str> {
    include_str!("contract/missing.txt").lines().collect()
}

/// Names of parameters are not on the wire, and case does not matter there.
fn way(method: &str, path: &str) -> (String, String) {
    let blank = |segment: &str| if segment.starts_with('{') { "{}".to_owned() } else { segment.to_ascii_lowercase() };
    (method.to_owned(), path.split('/').map(blank).collect::<Vec<_>>().join("/"))
}

fn ways(declared: &Declared) -> BTreeSet<(String, String)> {
    let aliases = declared.operation.aliases.iter().map(|(method, path)| way(method.as_str(), path));
    aliases.chain([way(declared.operation.method.as_str(), declared.operation.path)]).collect()
}

fn auth(declared: &Declared) -> String {
    let required = declared.required.iter().map(|credential| (credential.name(), ""));
    let optional = declared.optional.iter().map(|credential| (credential.name(), "?"));
    let all: BTreeSet<String> = required.chain(optional).map(|(name, mark)| format!("{name}{mark}")).collect();
    if all.is_empty() { "none".to_owned() } else { all.into_iter().collect::<Vec<_>>().join(" ") }
}

#[test]
fn what_is_served_is_served_as_the_contract_says() {
    let contract = contract();
    let mut wrong = Vec::new();
    for declared in declared() {
        let id = declared.operation.id.as_str();
        if OUR_OWN.contains(&id) {
            assert!(!contract.contains_key(id), "{id} is not our own");
            continue;
        }
        let Some(row) = contract.get(id) else {
            wrong.push(format!("{id}: the contract has no such operation"));
            continue;
        };
        let canonical = way(declared.operation.method.as_str(), declared.operation.path);
        if canonical != row.canonical {
            wrong.push(format!("{id}: served at {canonical:?}, in the contract at {:?}", row.canonical));
        }
        if ways(&declared) != row.ways {
            wrong.push(format!("{id}: served at {:?}, in the contract at {:?}", ways(&declared), row.ways));
        }
        if auth(&declared) != row.auth {
            wrong.push(format!("{id}: asks for `{}`, in the contract for `{}`", auth(&declared), row.auth));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_not_served_is_listed_as_missing() {
    let served: BTreeSet<String> = declared().into_iter().map(|declared| declared.operation.id).collect();
    let expected: Vec<&str> = contract().into_keys().filter(|id| !served.contains(*id)).collect();
    assert_eq!(missing(), expected, "contract/missing.txt: what is served leaves it, and nothing enters it");
}

#[test]
fn the_contract_is_whole() {
    assert_eq!(contract().len(), 484);
}
