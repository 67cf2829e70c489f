//! What each command prints, and the code it leaves with.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Ended, Installation, Keys, TENANT};

#[test]
fn help_has_examples_and_wrong_usage_its_code() {
    let installation = Installation::bare();
    for command in [&["--help"][..], &["demo", "--help"], &["tenant", "--help"], &["template", "--help"]] {
        assert!(installation.run(command).ok().contains("Examples:"), "{command:?}");
    }
    assert_eq!(installation.run(&["--version"]).ok().trim(), concat!("doorward ", env!("CARGO_PKG_VERSION")));
    for wrong in [&["tenent"][..], &["tenant", "set", TENANT, "without-a-value"], &["serve", "--lisen", "x"]] {
        installation.run(wrong).failed(2, &["--help"]);
    }
}

#[test]
fn migrate_does_its_work_once() {
    let installation = Installation::bare();
    let migrated = installation.run(&["migrate"]);
    let told = migrated.ok();
    assert!(told.contains(": 0001_house") && told.ends_with(" applied.\n"), "{told}");
    assert_eq!(installation.run(&["migrate"]).ok(), "The database is up to date.\n");
}

#[test]
fn serve_migrates_unless_told_not_to() {
    let mut installation = Installation::bare();
    installation.set("DATABASE_MIGRATE", false);
    installation.run(&["serve"]).failed(4, &["run `doorward migrate`"]);
    installation.set("DATABASE_MIGRATE", true);
    let (server, api) = installation.serve(&Keys::of(&json!({ "api_key": "", "api_secret": "" })));
    api.page("/health/ready").ok();
    assert_eq!(server.terminate().code, 0);
    assert_eq!(installation.run(&["migrate"]).ok(), "The database is up to date.\n");
}

#[test]
fn serve_has_no_mailbox_and_no_welcome_page() {
    let (installation, keys) = Installation::new();
    let (server, api) = installation.serve(&keys);
    for page in ["/health/live", "/health/ready", "/openapi.json", "/docs"] {
        api.page(page).ok();
    }
    for page in ["/", "/dev/outbox", "/dev/mailbox", "/dev/mailbox/messages", "/DEV/OUTBOX", "/dev/outbox/"] {
        let reply = api.page(page);
        assert_eq!((reply.status, reply.code()), (404, 90002), "{page}");
    }
    let ended = server.terminate();
    assert_eq!((ended.code, ended.out.as_str()), (0, ""));
}

#[test]
fn serve_refuses_what_is_unsafe_and_names_all_of_it() {
    let mut installation = Installation::bare();
    fs::remove_file(installation.path("doorward.toml")).unwrap();
    installation.set("SERVER_LISTEN", "0.0.0.0:0");
    for command in [&["serve"][..], &["config", "--check"]] {
        installation.run(command).failed(3, &["[server] public_url", "[server] listen", "[keys] master"]);
    }
    assert!(!installation.path("doorward.db").exists(), "nothing was begun");
}

#[test]
fn config_shows_what_holds_without_secrets() {
    let mut installation = Installation::bare();
    installation.set("LOGGING_LEVEL", "debug");
    let shown = installation.run(&["config"]);
    assert!(shown.ok().contains("public_url = \"http://localhost/\"") && shown.out.contains("level = \"debug\""));
    assert!(shown.out.contains("master = \"(set)\""), "{}", shown.out);
    installation.set("DATABASE_URL", "postgres://anna:hunter2@localhost/doorward?sslmode=require");
    let shown = installation.run(&["config"]);
    assert!(shown.ok().contains("url = \"postgres://anna@localhost/doorward?sslmode=require\""), "{}", shown.out);
    assert!(installation.run(&["config", "--check"]).ok().contains("fit for `doorward serve`"));
}

#[test]
fn openapi_prints_the_document_that_the_server_has() {
    let (installation, keys) = Installation::new();
    let printed: Value = installation.run(&["openapi"]).json();
    assert!(printed["paths"]["/identity/v2/auth/password/otp"]["put"].is_object());
    let (_server, api) = installation.serve(&keys);
    assert_eq!(*api.page("/openapi.json").ok(), printed);
}

#[test]
fn tenants_are_listed_and_shown_without_their_secrets() {
    let (installation, keys) = Installation::new();
    let made = installation.run(&["tenant", "create", "globex"]);
    let secret = made.ok().lines().find_map(|line| line.strip_prefix("API secret  ")).unwrap();
    let (listed, shown) = (installation.run(&["tenant", "list"]), installation.run(&["tenant", "show", TENANT]));
    assert_eq!(listed.ok().lines().count(), 3, "a heading and two tenants: {}", listed.out);
    assert!(shown.ok().contains("\"IsPhoneLogin\": true"), "{}", shown.out);
    let as_json = installation.run(&["tenant", "list", "--json"]);
    let names: Vec<Value> = as_json.json().as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, [TENANT, "globex"]);
    let document = installation.run(&["tenant", "show", TENANT, "--json"]);
    assert_eq!(document.json()["api_key"], keys.api_key);
    for printed in [&listed, &shown, &as_json, &document] {
        assert!(!printed.out.contains(secret) && !printed.out.contains(&keys.api_secret), "{printed:?}");
    }
}

#[test]
fn a_tenant_starts_from_a_document_or_not_at_all() {
    let (installation, _) = Installation::new();
    fs::write(installation.path("good.json"), r#"{"accessTokenLifetime":30}"#).unwrap();
    fs::write(installation.path("bad.json"), r#"{"accessTokenLifetim":30}"#).unwrap();
    let create = |name, file| installation.run(&["tenant", "create", name, "--settings", file]);
    create("other", "bad.json").failed(1, &["bad.json", "accessTokenLifetim"]);
    create("other", "missing.json").failed(1, &["reading missing.json"]);
    create("other", "doorward.toml").failed(1, &["is no JSON document"]);
    installation.run(&["tenant", "show", "other"]).failed(1, &["there is no tenant named `other`"]);
    create("other", "good.json").ok();
    let shown = installation.run(&["tenant", "show", "other", "--json"]).json();
    assert_eq!(shown["settings"]["accessTokenLifetime"], 30);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let installation = Installation::bare();
    let mut shell = std::process::Command::new("bash");
    let pipe = format!("set -o pipefail; {} openapi | head -n 1", env!("CARGO_BIN_EXE_doorward"));
    let ended = Ended::of(shell.args(["-c", &pipe]).current_dir(installation.path("")));
    assert_eq!((ended.code, ended.out.as_str()), (0, "{\n"), "{ended:?}");
}
