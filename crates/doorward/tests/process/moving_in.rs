//! Accounts taken over from files, and written out again.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Ended, Installation, Reply, TENANT};

const PASSWORD: &str = "velvet anchor 58 tulips";

/// bcrypt of [`PASSWORD`].
const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuuXsdm0M8sHnRngM7oTA6t2s4mEkE1ESa";

fn row(name: &str) -> Value {
    json!({ "Uid": name, "Email": format!("{name}@example.com"), "EmailVerified": true, "PasswordHash": BCRYPT })
}

fn write(installation: &Installation, name: &str, rows: &[Value]) {
    let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
    fs::write(installation.path(name), lines.join("\n")).unwrap();
}

fn import(installation: &Installation, arguments: &[&str]) -> Ended {
    installation.run(&[&["user", "import", "--tenant", TENANT, "--json"], arguments].concat())
}

/// Counts that an import printed, whether it refused rows or not: new, changed, refused.
#[track_caller]
fn counts(ended: &Ended) -> (u64, u64, u64) {
    let printed: Value = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{ended:?}"));
    let number = |name: &str| printed[name].as_u64().unwrap();
    assert_eq!(ended.code == 0, number("refused") == 0, "{ended:?}");
    (number("inserted"), number("updated"), number("refused"))
}

fn sign_in(api: &Api, email: &str) -> Reply {
    let body = json!({ "email": email, "password": PASSWORD });
    api.call(Method::POST, "/identity/v2/auth/login").json(&body).send()
}

#[test]
fn people_of_a_file_sign_in_with_the_passwords_they_had() {
    let (installation, keys) = Installation::new();
    write(&installation, "people.jsonl", &[row("ann"), row("bob")]);
    assert_eq!(counts(&import(&installation, &["people.jsonl"])), (2, 0, 0));
    assert!(!installation.path("people.jsonl.refused.csv").exists());
    let (_program, api) = installation.serve(&keys);
    for email in ["ann@example.com", "bob@example.com"] {
        sign_in(&api, email).ok();
    }
}

#[test]
fn a_table_comes_in_with_a_recipe_for_its_hashes() {
    let (installation, keys) = Installation::new();
    let recipe = json!({ "Type": "SHA1", "SaltAttachType": "Prepend" });
    fs::write(installation.path("hashes.json"), recipe.to_string()).unwrap();
    let table = "email,emailverified,firstname,passwordhash,passwordsalt,customfields.tier\n\
                 ann@example.com,1,Ann,3133e9eb1d1d33cf9f838d3572c75962cf875b77,pepper,gold\n";
    fs::write(installation.path("people.csv"), table).unwrap();
    let ended = import(&installation, &["people.csv", "--password-encryption", "hashes.json"]);
    assert_eq!(counts(&ended), (1, 0, 0));
    let (_program, api) = installation.serve(&keys);
    let login = sign_in(&api, "ann@example.com");
    assert_eq!(login.ok()["Profile"]["CustomFields"], json!({ "tier": "gold" }));
}

#[test]
fn refused_rows_are_reported_by_line_without_what_stood_in_them() {
    let (installation, _) = Installation::new();
    let mut costly = row("cid");
    costly["PasswordHash"] = json!("$2b$31$abcdefghijklmnopqrstuuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    write(
        &installation,
        "people.jsonl",
        &[row("ann"), json!("quokka"), costly, row("ann"), json!({ "Email": "quokka" })],
    );
    let ended = import(&installation, &["people.jsonl"]);
    assert_eq!((ended.code, counts(&ended)), (1, (1, 0, 4)));
    let report = fs::read_to_string(installation.path("people.jsonl.refused.csv")).unwrap();
    let lines: Vec<String> = report.lines().map(|line| line.split(',').take(2).collect::<Vec<_>>().join(",")).collect();
    assert_eq!(lines, ["line,code", "2,1090", "3,1134", "4,1044", "5,1038"]);
    let said = format!("{report}{}{}", ended.out, ended.err);
    assert!(!said.contains("quokka") && !said.contains("$2b$") && !said.contains("ann@example"), "{said}");
}

#[test]
fn a_dry_run_stores_nothing_and_tells_the_same() {
    let (installation, _) = Installation::new();
    write(&installation, "people.jsonl", &[row("ann"), row("bob"), row("ann")]);
    for _ in 0..2 {
        assert_eq!(counts(&import(&installation, &["people.jsonl", "--dry-run"])), (2, 0, 1));
    }
    assert_eq!(counts(&import(&installation, &["people.jsonl"])), (2, 0, 1));
    assert_eq!(counts(&import(&installation, &["people.jsonl", "--dry-run", "--overwrite"])), (0, 3, 0));
    assert_eq!(counts(&import(&installation, &["people.jsonl", "--overwrite"])), (0, 3, 0));
}

#[test]
fn a_dry_run_writes_nothing_and_lists_what_it_would_refuse() {
    let (installation, _) = Installation::new();
    write(&installation, "people.jsonl", &[row("ann"), json!({ "FirstName": "Nobody" })]);
    let user = |arguments: &[&str]| {
        installation.run(&[&["user", "import", "people.jsonl", "--tenant", TENANT], arguments].concat())
    };
    user(&[]);
    let report = installation.path("people.jsonl.refused.csv");
    let before = fs::read(&report).unwrap();
    fs::write(&report, "an earlier report").unwrap();
    let dry = user(&["--dry-run"]);
    assert_eq!(dry.code, 1, "{dry:?}");
    assert!(dry.out.starts_with("Would add 0 accounts, change 0 and refuse 2 rows; nothing was stored.\n"), "{dry:?}");
    assert!(dry.out.contains("\n  line 2: ") && dry.err.contains("2 rows would be refused"), "{dry:?}");
    assert_eq!(fs::read_to_string(&report).unwrap(), "an earlier report");
    fs::remove_file(&report).unwrap();
    user(&["--dry-run"]);
    assert!(!report.exists());
    user(&["--dry-run", "--report", "asked-for.csv"]);
    assert!(fs::read(installation.path("asked-for.csv")).unwrap().len() > before.len(), "one row more");
}

#[test]
fn an_import_that_stopped_goes_on_and_tells_of_all_of_it() {
    let (installation, _) = Installation::new();
    let mut rows: Vec<Value> = (0..300).map(|number| row(&format!("p{number}"))).collect();
    rows[7] = json!({ "FirstName": "Nobody" });
    rows[299]["Identities"] = json!([{ "Provider": "facebook", "ID": "1" }]);
    write(&installation, "people.jsonl", &rows);

    installation.execute("ALTER TABLE identities RENAME TO away");
    let stopped = import(&installation, &["people.jsonl"]);
    assert!(stopped.code != 0 && stopped.err.contains("the same command goes on"), "{stopped:?}");
    installation.execute("ALTER TABLE away RENAME TO identities");

    assert_eq!(counts(&import(&installation, &["people.jsonl"])), (299, 0, 1));
    let report = fs::read_to_string(installation.path("people.jsonl.refused.csv")).unwrap();
    assert_eq!(report.lines().count(), 2, "{report}");
    assert_eq!(counts(&import(&installation, &["people.jsonl"])), (0, 0, 300), "it ended, so this is another import");
}

#[test]
fn what_is_exported_comes_in_at_another_tenant() {
    let (installation, _) = Installation::new();
    write(&installation, "people.jsonl", &[row("ann"), row("bob")]);
    counts(&import(&installation, &["people.jsonl"]));
    installation.run(&["user", "export", "--tenant", TENANT, "--out", "out.jsonl"]).ok();
    let mode = fs::metadata(installation.path("out.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "it holds hashes");
    installation
        .run(&["user", "export", "--tenant", TENANT, "--out", "out.jsonl"])
        .failed(1, &["out.jsonl is there already: name a file that is not"]);

    installation.run(&["tenant", "create", "globex"]).ok();
    let moved = installation.run(&["user", "import", "out.jsonl", "--tenant", "globex"]);
    assert_eq!(moved.ok().trim(), "Added 2 accounts, changed 0, refused 0 rows.");
    let printed = installation.run(&["user", "export", "--tenant", "globex", "--without-hashes"]);
    let lines: Vec<Value> = printed.ok().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().map(|line| line["Uid"].as_str().unwrap()).collect::<Vec<_>>(), ["ann", "bob"]);
    assert!(lines.iter().all(|line| line["PasswordHash"].is_null()));
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_read() {
    let (installation, _) = Installation::new();
    write(&installation, "people.jsonl", &[row("ann")]);
    fs::write(installation.path("odd.json"), "{\"Type\":\"ROT13\"}").unwrap();
    let user = |arguments: &[&str]| installation.run(&[&["user", "import"], arguments].concat());
    user(&["people.jsonl", "--tenant", "nobody"]).failed(1, &["no tenant named `nobody`"]);
    user(&["absent.jsonl", "--tenant", TENANT]).failed(1, &["absent.jsonl"]);
    user(&["people.jsonl", "--tenant", TENANT, "--password-encryption", "odd.json"]).failed(1, &["not supported"]);
    assert_eq!(user(&["people.jsonl"]).code, 2);
}
