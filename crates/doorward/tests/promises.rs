//! docs/security.md promises nothing that no test holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What stands between backticks and is named as tests are: small letters, digits, and more than two underscores.
fn named(page: &str) -> BTreeSet<String> {
    let code = page.split('`').skip(1).step_by(2);
    let is_test = |text: &&str| {
        text.matches('_').count() > 2 && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    };
    code.filter(is_test).map(str::to_owned).collect()
}

/// Every function in the crates that is a test.
fn tests(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder of the crates") {
        let path = entry.expect("an entry that can be read").path();
        if path.is_dir() {
            tests(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("source is text");
            let lines = text.lines().map(str::trim_start);
            let name = |line: &str| {
                let rest = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")?;
                Some(rest.split('(').next()?.to_owned())
            };
            found.extend(lines.filter_map(name));
        }
    }
}

#[test]
fn every_test_that_the_security_page_names_exists() {
    let page = fs::read_to_string(root().join("docs/security.md")).expect("the page is there");
    let mut exist = BTreeSet::new();
    tests(&root().join("crates"), &mut exist);
    let named = named(&page);
    let missing: Vec<_> = named.difference(&exist).collect();
    assert!(named.len() > 60, "the page names too few tests to be the page that is meant: {}", named.len());
    assert!(missing.is_empty(), "docs/security.md names tests that there are not: {missing:?}");
}

#[test]
fn every_line_of_the_list_names_a_test() {
    let page = fs::read_to_string(root().join("docs/security.md")).expect("the page is there");
    let is_item = |line: &&str| line.split_once(". ").is_some_and(|(number, _)| number.parse::<u8>().is_ok());
    let items: Vec<&str> = page.lines().filter(is_item).collect();
    assert_eq!(items.len(), 31);
    for item in items {
        assert!(!named(item).is_empty(), "{item}");
    }
}
