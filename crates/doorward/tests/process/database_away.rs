//! A database that is busy or gone while the server runs: it says so, and recovers by itself.

use std::thread;

use crate::support::{Api, Installation, Person, Reply, eventually, until};

fn is_busy(reply: &Reply) -> bool {
    let says_when = reply.headers.get("retry-after").is_some_and(|seconds| seconds != "0");
    (reply.status, reply.code()) == (503, 90005) && says_when
}

fn until_ready(api: &Api) {
    until("the server is ready again", || api.page("/health/ready").status == 200);
}

#[test]
fn while_another_process_holds_the_lock_reads_go_on_and_writes_are_told_to_come_back() {
    let (installation, keys) = Installation::new();
    let Some(file) = installation.file() else { return };
    let (server, api) = installation.serve(&keys);
    let (person, uid) = api.somebody();
    let (access, _) = api.tokens(&person);

    let intruder = rusqlite::Connection::open(file).unwrap();
    intruder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let late = Person::new();
    thread::scope(|scope| {
        let writer = scope.spawn(|| api.create(&late).send());
        api.account(&uid).send().ok();
        api.validate(&access).send().ok();
        api.page("/health/ready").ok();
        assert!(is_busy(&writer.join().unwrap()));
    });
    intruder.execute_batch("ROLLBACK").unwrap();

    api.create(&late).send().ok();
    api.login(&person, &person.password).send().ok();
    assert_eq!(server.terminate().code, 0);
}

#[test]
fn while_the_database_server_is_gone_requests_are_told_to_come_back() {
    let (installation, keys) = Installation::new();
    if installation.file().is_some() {
        return;
    }
    let (server, api) = installation.serve(&keys);
    let (person, uid) = api.somebody();
    let (access, _) = api.tokens(&person);

    installation.cut_off_database();
    let late = Person::new();
    for call in [api.account(&uid), api.validate(&access), api.create(&late), api.login(&person, &person.password)] {
        let reply = call.send();
        assert!(is_busy(&reply), "{reply:?}");
    }
    let ready = api.page("/health/ready");
    assert_eq!(ready.status, 503, "{ready:?}");
    api.page("/health/live").ok();
    assert!(server.log().contains("the database server is away"), "{}", server.log());

    installation.let_database_in();
    until_ready(&api);
    api.validate(&access).send().ok();
    api.create(&late).send().ok();
    assert_eq!(server.terminate().code, 0);
}

#[test]
fn connections_that_the_database_server_ends_are_made_again() {
    let (installation, keys) = Installation::new();
    if installation.file().is_some() {
        return;
    }
    let (_server, api) = installation.serve(&keys);
    let (_, uid) = api.somebody();
    for _ in 0..3 {
        installation.cut_off_database();
        installation.let_database_in();
        // While it was closed, a thread may have found nobody there: for a moment it does not try again.
        eventually("a read is answered", || (api.account(&uid).send().status == 200).then_some(()));
        eventually("a write is answered", || (api.create(&Person::new()).send().status == 200).then_some(()));
    }
}

#[test]
fn a_server_stops_while_its_database_is_gone() {
    let (installation, keys) = Installation::new();
    if installation.file().is_some() {
        return;
    }
    let (server, api) = installation.serve(&keys);
    installation.cut_off_database();
    assert!(is_busy(&api.create(&Person::new()).send()));
    assert_eq!(server.terminate().code, 0);
    installation.let_database_in();
}
