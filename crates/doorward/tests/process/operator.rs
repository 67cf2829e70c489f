//! What an operator gets wrong, and what the program says to it.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::support::{Ended, Installation, MASTER_KEY, Reserved, TENANT};

const SETTINGS: i32 = 3;
const DATABASE: i32 = 4;

#[test]
fn another_master_key_than_the_databases_own_is_refused() {
    let (mut installation, _) = Installation::new();
    installation.set("KEYS_MASTER", "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=");
    for command in [&["serve"][..], &["tenant", "create", "globex"], &["tenant", "list"]] {
        installation.run(command).failed(SETTINGS, &["another master key", "[keys] master", "[keys] previous"]);
    }
    installation.set("KEYS_PREVIOUS", MASTER_KEY);
    installation.run(&["tenant", "list"]).ok();
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let (installation, _) = Installation::new();
    installation.execute("INSERT INTO migrations (name, text) VALUES ('9999_future', 'CREATE TABLE dreams (x TEXT)')");
    for command in [&["serve"][..], &["migrate"], &["tenant", "list"]] {
        installation.run(command).failed(DATABASE, &["newer than this program", "9999_future"]);
    }
}

#[test]
fn a_migration_that_was_changed_after_it_ran_is_noticed() {
    let (installation, _) = Installation::new();
    installation.execute("UPDATE migrations SET text = 'CREATE TABLE something_else (x TEXT)'");
    installation.run(&["serve"]).failed(DATABASE, &["0001_house", "was changed after it ran"]);
}

#[test]
fn tenants_need_a_database_that_is_up_to_date() {
    let installation = Installation::bare();
    installation.run(&["tenant", "list"]).failed(DATABASE, &["doorward migrate"]);
}

#[test]
fn a_port_in_use_is_named() {
    let (mut installation, _) = Installation::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    installation.set("SERVER_LISTEN", &address);
    let ended = installation.run(&["serve"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.err.contains(&address) && ended.err.contains("another program uses it"), "{ended:?}");
}

#[test]
fn unknown_settings_are_refused_by_name() {
    let installation = Installation::bare();
    let file = installation.path("doorward.toml");
    let settings = fs::read_to_string(&file).unwrap();
    fs::write(&file, settings.replace("listen =", "lisen =")).unwrap();
    for command in [&["serve"][..], &["config"], &["config", "--check"], &["migrate"], &["tenant", "list"]] {
        installation.run(command).failed(SETTINGS, &["doorward.toml line 3", "lisen", "docs/config.md"]);
    }
    fs::write(&file, settings).unwrap();
    let mut command = installation.command(&["serve"]);
    let ended = Ended::of(command.env("DOORWARD_SERVER_LISEN", "127.0.0.1:0"));
    ended.failed(SETTINGS, &["DOORWARD_SERVER_LISEN", "names no key of [server]"]);
}

#[test]
fn a_settings_file_that_is_named_must_be_there() {
    let installation = Installation::bare();
    installation.run(&["serve", "--config", "elsewhere.toml"]).failed(SETTINGS, &["elsewhere.toml", "Check the path"]);
}

#[test]
fn a_settings_file_with_secrets_must_be_closed_to_others() {
    let installation = Installation::bare();
    let file = installation.path("doorward.toml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    installation.run(&["serve"]).failed(SETTINGS, &["chmod o-rwx"]);
}

#[test]
fn a_place_that_can_hold_no_database_is_told_with_the_reason() {
    let mut installation = Installation::bare();
    fs::create_dir(installation.path("folder")).unwrap();
    fs::write(installation.path("letter.txt"), "Dear reader, this is no database at all.".repeat(100)).unwrap();
    for (place, told) in [
        ("no/such/folder/doorward.db", "its folder must be there"),
        ("folder", "is a directory"),
        ("letter.txt", "give the path of an SQLite database"),
        (":memory:", "must be a file"),
    ] {
        installation.set("DATABASE_URL", format!("sqlite:{place}"));
        for command in [&["serve"][..], &["migrate"], &["tenant", "list"]] {
            installation.run(command).failed(DATABASE, &[told]);
        }
    }
}

/// The program as a user who owns nothing: root may write whatever its mode says.
fn run_unprivileged(installation: &Installation, arguments: &[&str]) -> Ended {
    let mut command = installation.command(arguments);
    if fs::metadata(installation.path("")).unwrap().uid() == 0 {
        let copy = installation.path("doorward");
        if !copy.exists() {
            fs::copy(env!("CARGO_BIN_EXE_doorward"), &copy).unwrap();
        }
        let variables: Vec<_> =
            command.get_envs().map(|(name, value)| (name.to_owned(), value.unwrap().to_owned())).collect();
        command = Command::new(copy);
        command.args(arguments).current_dir(installation.path("")).env_clear().envs(variables).uid(65_534).gid(65_534);
    }
    Ended::of(&mut command)
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_database_that_can_only_be_read_is_told_with_the_reason() {
    let (mut installation, _) = Installation::new();
    let Some(file) = installation.file() else { return };
    installation.set("DATABASE_URL", format!("sqlite:{}", file.display()));
    // Settings of its own: those in the folder are for their owner's eyes.
    fs::remove_file(installation.path("doorward.toml")).unwrap();
    installation.set("KEYS_MASTER", MASTER_KEY);
    installation.set("SERVER_PUBLIC_URL", "http://localhost");
    installation.set("SERVER_LISTEN", "127.0.0.1:0");
    set_mode(&installation.path(""), 0o555);
    set_mode(&file, 0o444);
    for command in [&["serve"][..], &["migrate"], &["tenant", "create", "globex"]] {
        let ended = run_unprivileged(&installation, command);
        ended.failed(DATABASE, &["must be allowed to write the file and its folder"]);
    }
    set_mode(&installation.path(""), 0o755);
}

#[test]
fn a_database_server_that_is_not_there_is_named_without_its_password() {
    let mut installation = Installation::bare();
    let nobody = Reserved::port();
    installation.set("DATABASE_URL", format!("postgres://anna:hunter2@{}/doorward", nobody.address()));
    for command in [&["serve"][..], &["migrate"], &["tenant", "list"]] {
        let ended = installation.run(command);
        ended.failed(DATABASE, &[&nobody.address().to_string(), "check that it runs"]);
        assert!(!ended.err.contains("hunter2"), "{ended:?}");
    }
}

#[test]
fn a_setting_of_a_tenant_that_cannot_be_is_refused_and_nothing_is_changed() {
    let (installation, _) = Installation::new();
    let show = || installation.run(&["tenant", "show", TENANT, "--json"]).json();
    let before = show();
    for (change, told) in [
        ("accessTokenLifetime=0", "accessTokenLifetime must be between 1 and 129600"),
        ("accessTokenLifetime=long", "accessTokenLifetime"),
        ("accessTokenLifetim=5", "there is no setting `accessTokenLifetim`"),
        ("otp.OTPLength=4", "OTPLength must be between 6 and 10"),
        ("domains=[\"nowhere\"]", "`nowhere` is no origin"),
    ] {
        installation.run(&["tenant", "set", TENANT, "IsEmailLogin=false", change]).failed(1, &[told]);
        assert_eq!(show(), before, "{change}");
    }
    installation.run(&["tenant", "set", "nobody", "IsEmailLogin=false"]).failed(1, &["no tenant named `nobody`"]);
    installation.run(&["tenant", "create", TENANT]).failed(1, &["there is a tenant named `acme` already"]);
    installation.run(&["tenant", "create", " "]).failed(1, &["is no name for a tenant"]);
    assert_eq!(installation.run(&["tenant", "set", TENANT]).code, 2);
}

#[test]
fn a_demo_with_another_folders_master_key_says_so() {
    let installation = Installation::bare();
    installation.demo(&[]).0.terminate();
    fs::write(installation.path("demo/master.key"), MASTER_KEY).unwrap();
    let ended = installation.run(&["demo", "--listen", "127.0.0.1:0", "--data", "demo"]);
    ended.failed(SETTINGS, &["master key"]);
}
