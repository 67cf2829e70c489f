//! Copies of the embedded database, and their way back. A database server has tools of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use reqwest::Method;

use crate::support::{Api, Installation, Person, Reply};

fn by_phone(api: &Api, person: &Person) -> Reply {
    api.back_end(Method::GET, "/identity/v2/manage/account").query("phone", &person.phone).send()
}

#[test]
fn a_copy_made_while_people_register_comes_back_whole() {
    let installation = Installation::bare();
    let (demo, api, _) = installation.demo(&[]);
    let (before, _) = api.somebody();
    let over = AtomicBool::new(false);
    let during: Vec<Person> = thread::scope(|scope| {
        let register = || {
            let mut people = Vec::new();
            while !over.load(Ordering::Relaxed) {
                people.push(api.somebody().0);
            }
            people
        };
        let registering = scope.spawn(register);
        for copy in ["one.db", "two.db", "three.db"] {
            let told = installation.run(&["backup", copy, "--data", "demo"]);
            assert!(told.ok().contains("is whole"), "{told:?}");
        }
        over.store(true, Ordering::Relaxed);
        registering.join().unwrap()
    });
    let (after, _) = api.somebody();
    assert_eq!(fs::metadata(installation.path("three.db")).unwrap().permissions().mode() & 0o777, 0o600);
    let restore = || installation.run(&["restore", "three.db", "--data", "demo", "--replace"]);
    restore().failed(4, &["doorward.db is in use: stop the program"]);
    by_phone(&api, &after).ok();
    assert_eq!(demo.terminate().code, 0);

    installation.run(&["restore", "three.db", "--data", "demo"]).failed(1, &["give --replace"]);
    assert!(restore().ok().contains("the one before is demo/doorward.db.before-restore"));
    let (demo, api, _) = installation.demo(&[]);
    api.login(&before, &before.password).send().ok();
    assert_eq!(by_phone(&api, &after).code(), by_phone(&api, &Person::new()).code());
    // Whoever is in the copy is so wholly: the account, its phone, its password.
    let kept = during.iter().filter(|person| by_phone(&api, person).status == 200);
    for person in kept {
        api.login(person, &person.password).send().ok();
    }
    assert_eq!(demo.terminate().code, 0);
    restore().failed(4, &["is there from an earlier restore"]);
}

#[test]
fn a_lost_database_comes_back_without_being_asked_twice() {
    let installation = Installation::bare();
    let (demo, api, _) = installation.demo(&[]);
    let (person, _) = api.somebody();
    installation.run(&["backup", "copy.db", "--data", "demo"]).ok();
    installation
        .run(&["backup", "copy.db", "--data", "demo"])
        .failed(1, &["copy.db is there already: name a file that is not"]);
    assert_eq!(demo.terminate().code, 0);
    fs::remove_file(installation.path("demo/doorward.db")).unwrap();
    installation.run(&["restore", "copy.db", "--data", "demo"]).ok();
    let (_demo, api, _) = installation.demo(&[]);
    api.login(&person, &person.password).send().ok();
}

#[test]
fn a_damaged_database_can_be_replaced() {
    let installation = Installation::bare();
    let (demo, api, _) = installation.demo(&[]);
    let (person, _) = api.somebody();
    installation.run(&["backup", "copy.db", "--data", "demo"]).ok();
    assert_eq!(demo.terminate().code, 0);
    fs::write(installation.path("demo/doorward.db"), "no database").unwrap();
    installation.run(&["backup", "damaged.db", "--data", "demo"]).failed(4, &["doorward.db"]);
    installation.run(&["restore", "copy.db", "--data", "demo", "--replace"]).ok();
    let (_demo, api, _) = installation.demo(&[]);
    api.login(&person, &person.password).send().ok();
}

#[test]
fn what_serve_would_refuse_is_not_put_in_place() {
    let (installation, other) = (Installation::bare(), Installation::bare());
    let (demo, _, before) = installation.demo(&[]);
    assert_eq!(demo.terminate().code, 0);
    let (demo, _, _) = other.demo(&[]);
    assert_eq!(demo.terminate().code, 0);
    let foreign = installation.path("foreign.db");
    other.run(&["backup", foreign.to_str().unwrap(), "--data", "demo"]).ok();
    fs::write(installation.path("text.db"), "a text that is long enough to be looked at as a database, and is none")
        .unwrap();
    rusqlite::Connection::open(installation.path("empty.db")).unwrap().execute_batch("CREATE TABLE other (a)").unwrap();
    installation.run(&["backup", "newer.db", "--data", "demo"]).ok();
    let newer = rusqlite::Connection::open(installation.path("newer.db")).unwrap();
    newer.execute_batch("INSERT INTO migrations (name, text) VALUES ('9999_later', '')").unwrap();
    drop(newer);

    let refused = [
        ("foreign.db", 3, "another master key"),
        ("text.db", 4, "text.db"),
        ("empty.db", 1, "is no database of this program"),
        ("newer.db", 4, "newer than this program"),
        ("missing.db", 4, "missing.db"),
    ];
    for (file, code, told) in refused {
        installation.run(&["restore", file, "--data", "demo", "--replace"]).failed(code, &[told]);
    }
    let mut left: Vec<String> = fs::read_dir(installation.path("demo"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("restore") || name.contains("partial"))
        .collect();
    left.sort();
    assert_eq!(left, Vec::<String>::new());
    let (_demo, _, after) = installation.demo(&[]);
    assert_eq!(before["api_key"], after["api_key"]);
}

#[test]
fn a_database_server_is_left_to_its_own_tools() {
    let mut installation = Installation::bare();
    installation.set("DATABASE_URL", "postgres://a:b@localhost/doorward");
    for command in [&["backup", "copy.db"][..], &["restore", "copy.db"]] {
        installation.run(command).failed(1, &["pg_dump"]);
    }
}
