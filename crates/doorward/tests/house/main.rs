//! The house stays as ARCHITECTURE.md draws it: which crate may use which, which outside library, and which room of a
//! crate may use which.

mod doors;
mod reader;
mod rooms;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Crate, and the crates of the house that it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("store", &["model"]),
    ("flows", &["model", "store"]),
    ("api", &["flows", "model", "store"]),
    ("web", &["flows", "model", "store"]),
    ("doorward", &["api", "flows", "model", "store", "web"]),
    ("bench", &["flows", "model", "store"]),
];

/// Library, and the only crates that may use it outside of their tests.
const KEPT_IN: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("tokio-postgres", &["store"]),
    ("axum", &["api", "web", "doorward", "bench"]),
    ("schemars", &["api", "doorward"]),
    ("lettre", &["doorward"]),
    ("reqwest", &["doorward"]),
    ("config", &["doorward"]),
    ("clap", &["doorward", "bench"]),
    ("rcgen", &["doorward"]),
    ("tokio-rustls", &["doorward"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The names under `[dependencies]` of a crate.
fn dependencies(name: &str) -> BTreeSet<String> {
    let path = root().join("crates").join(name).join("Cargo.toml");
    let text = fs::read_to_string(path).expect("every crate has a Cargo.toml");
    let section = text.split("\n[").find(|section| section.starts_with("dependencies]")).unwrap_or_default();
    let lines = section.lines().skip(1).map(|line| line.split(['.', '=', ' ']).next().unwrap_or_default());
    lines.filter(|name| !name.is_empty() && !name.starts_with('#')).map(str::to_owned).collect()
}

fn crates() -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("crates")).expect("the crates stand in crates/");
    entries.map(|entry| entry.expect("a folder that can be read").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_crate_uses_only_what_its_arrows_allow() {
    let drawn: BTreeSet<String> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(crates(), drawn, "a crate was added or removed: draw it here and in ARCHITECTURE.md");
    for (name, allowed) in ARROWS {
        for used in dependencies(name).iter().filter_map(|used| used.strip_prefix("doorward-")) {
            assert!(allowed.contains(&used), "crates/{name} must not use crates/{used}");
        }
    }
}

#[test]
fn libraries_with_one_home_stay_there() {
    for name in crates() {
        let used = dependencies(&name);
        for (library, homes) in KEPT_IN {
            assert!(!used.contains(*library) || homes.contains(&name.as_str()), "crates/{name} must not use {library}");
        }
    }
}

#[test]
fn cargo_run_can_only_mean_the_program() {
    let text = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace has a Cargo.toml");
    let listed = text.lines().find_map(|line| line.strip_prefix("default-members = ")).unwrap_or_default();
    let built: BTreeSet<String> =
        listed.split('"').filter_map(|part| part.strip_prefix("crates/")).map(str::to_owned).collect();
    let others: Vec<String> = crates().difference(&built).cloned().collect();
    assert_eq!(others, ["bench"], "what cargo builds where no crate is named: see default-members");
    let is_program = |name: &&String| root().join("crates").join(name).join("src/main.rs").exists();
    let programs: Vec<&String> = built.iter().filter(is_program).collect();
    assert_eq!(programs, ["doorward"], "`cargo run -- demo` of the README must not have to guess");
}
