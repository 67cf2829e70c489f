//! A new installation, from nothing to a server that runs.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::{Ended, Installation};

fn init(installation: &Installation, arguments: &[&str]) -> Ended {
    installation.run(&[&["init", "--folder", "a site"], arguments].concat())
}

fn https(installation: &Installation, arguments: &[&str]) -> Ended {
    init(installation, &[&["--public-url", "https://id.example.com"], arguments].concat())
}

#[test]
fn what_it_makes_is_closed_and_fit_to_serve() {
    let installation = Installation::bare();
    let made = https(&installation, &[]);
    let whole = fs::canonicalize(installation.path("a site")).unwrap();
    for told in [
        format!("export DOORWARD_CONFIG='{}/doorward.toml'", whole.display()),
        "tenant create acme".to_owned(),
        "copy of the master key".to_owned(),
    ] {
        assert!(made.ok().contains(&told), "{told}: {made:?}");
    }
    for (name, mode) in [("", 0o700), ("data", 0o700), ("doorward.toml", 0o600), ("master.key", 0o600)] {
        let found = fs::metadata(whole.join(name)).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode, "{name}");
    }
    let run = |arguments: &[&str]| installation.run(&[arguments, &["--config", "a site/doorward.toml"]].concat());
    run(&["config", "--check"]).ok();
    run(&["migrate"]).ok();
    assert!(run(&["tenant", "create", "acme"]).ok().starts_with("Made the tenant acme.\n"));
    assert!(whole.join("data/doorward.db").exists());
    let shown = run(&["config"]);
    assert!(shown.ok().contains("trusted_proxies = [\"127.0.0.1/32\"]"), "{shown:?}");
}

#[test]
fn a_second_time_changes_nothing() {
    let installation = Installation::bare();
    https(&installation, &[]).ok();
    let read = |name: &str| fs::read(installation.path("a site").join(name)).unwrap();
    let (settings, key) = (read("doorward.toml"), read("master.key"));
    assert!(https(&installation, &[]).ok().contains("nothing was changed"));
    for other in [&["--listen", "127.0.0.1:9000"][..], &["--database-url", "sqlite:/elsewhere.db"]] {
        https(&installation, other).failed(1, &["doorward.toml is there already and stays as it is", "--folder"]);
    }
    assert_eq!((settings, key), (read("doorward.toml"), read("master.key")));

    fs::remove_file(installation.path("a site/doorward.toml")).unwrap();
    let again = https(&installation, &["--listen", "127.0.0.1:9000"]);
    assert!(again.ok().contains("the master key was there already"), "{again:?}");
}

#[test]
fn a_database_without_its_master_key_is_left_alone() {
    let installation = Installation::bare();
    https(&installation, &[]).ok();
    installation.run(&["migrate", "--config", "a site/doorward.toml"]).ok();
    fs::remove_file(installation.path("a site/master.key")).unwrap();
    https(&installation, &[]).failed(1, &["not the master key it was made with", "put that back"]);
    assert!(!installation.path("a site/master.key").exists());
}

#[test]
fn what_serve_would_refuse_is_not_written() {
    let installation = Installation::bare();
    https(&installation, &["--listen", "0.0.0.0:80"]).failed(3, &["[server] listen"]);
    https(&installation, &["--database-url", "mysql://x", "--listen", "0.0.0.0:80"])
        .failed(3, &["[server] listen", "[database] url"]);
    https(&installation, &["--certificate", "none.pem", "--key", "none.key"]).failed(3, &["none.pem"]);
    init(&installation, &["--public-url", "http://id.example.com"]).failed(3, &["[server] public_url"]);
    init(&installation, &["--public-url", "id.example.com"]).failed(2, &["as https://id.example.com"]);
    init(&installation, &[]).failed(2, &["--public-url"]);
    assert!(!installation.path("a site").exists());
    https(&installation, &["--listen", "0.0.0.0:80", "--trusted-proxy", "10.0.0.5"]).ok();
}
