//! Clients that do not play by the rules: others do not notice them.

use reqwest::Method;

use crate::support::{Api, Installation, Person, Raw};

const ACCOUNT: &str = "manage/account";

/// Everything of a POST but its body.
fn head(api: &Api, operation: &str, length: usize) -> String {
    format!(
        "POST /identity/v2/{operation}?apikey={} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         X-LoginRadius-ApiSecret: {}\r\nContent-Length: {length}\r\n\r\n",
        api.keys.api_key, api.keys.api_secret
    )
}

fn by_email(api: &Api, person: &Person) -> u64 {
    api.back_end(Method::GET, "/identity/v2/manage/account").query("email", &person.email).send().code()
}

#[test]
fn a_client_that_goes_away_in_the_middle_of_its_request_changes_nothing() {
    let (installation, keys) = Installation::new();
    let (server, api) = installation.serve(&keys);
    let person = Person::new();
    let body = person.profile().to_string();
    for cut in [0, 1, body.len() / 2, body.len() - 1] {
        Raw::connect(&api).write(&(head(&api, ACCOUNT, body.len()) + &body[..cut]));
    }
    let unknown = by_email(&api, &Person::new());
    assert_eq!(by_email(&api, &person), unknown, "nothing was made of half a request");
    api.create(&person).send().ok();
    assert!(!server.log().contains("\"level\":\"ERROR\""), "{}", server.log());
}

#[test]
fn a_client_that_does_not_wait_for_its_answer_leaves_all_or_nothing() {
    let (installation, keys) = Installation::new();
    let (server, api) = installation.serve(&keys);
    let people: Vec<Person> = (0..20).map(|_| Person::new()).collect();
    for person in &people {
        let body = person.profile().to_string();
        Raw::connect(&api).write(&(head(&api, ACCOUNT, body.len()) + &body));
    }
    api.somebody();
    for person in &people {
        // Whoever was not made can be made now, and whoever was made is whole.
        let again = api.create(person).send().code();
        assert!([0, 936].contains(&again), "{again}");
        api.login(person, &person.password).send().ok();
    }
    let ended = server.terminate();
    assert_eq!(ended.code, 0);
    assert!(!ended.err.contains("\"level\":\"ERROR\""), "{}", ended.err);
    installation.check_integrity();
}

#[test]
fn a_body_that_is_too_large_is_refused_and_the_connection_goes_on() {
    let (installation, keys) = Installation::new();
    let (_server, api) = installation.serve(&keys);
    let mut connection = Raw::connect(&api);
    let body = "x".repeat(256 * 1024 + 1);
    connection.write(&(head(&api, ACCOUNT, body.len()) + &body));
    let (status, told) = connection.answer();
    assert!(status.contains("413") && told.contains("90004"), "{status} {told}");
    connection.write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(connection.answer().0, "HTTP/1.1 200 OK");
}

#[test]
fn a_body_without_end_is_cut_off() {
    let (installation, keys) = Installation::new();
    let (server, api) = installation.serve(&keys);
    let mut connection = Raw::connect(&api);
    connection.write(&head(&api, ACCOUNT, usize::from(u16::MAX) * 1024));
    let part = "x".repeat(1024 * 1024);
    for _ in 0..64 {
        connection.try_write(&part);
    }
    // The answer may be lost with the connection; what counts is that it is over.
    connection.rest();
    api.page("/health/ready").ok();
    assert_eq!(server.terminate().code, 0);
}

#[test]
fn what_is_no_http_is_turned_away() {
    let (installation, keys) = Installation::new();
    let (server, api) = installation.serve(&keys);
    let long_head = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {}\r\n\r\n", "x".repeat(1024 * 1024));
    let tls = "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}";
    for sent in [tls, "GET\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", long_head.as_str()] {
        let mut connection = Raw::connect(&api);
        connection.try_write(sent);
        connection.try_write("\r\n\r\n");
        let answer = connection.rest();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    api.page("/health/ready").ok();
    assert_eq!(server.terminate().code, 0);
}

#[test]
fn two_requests_in_one_are_not_told_apart_by_guessing() {
    let (installation, keys) = Installation::new();
    let (_server, api) = installation.serve(&keys);
    let mut connection = Raw::connect(&api);
    connection.write(
        "POST /identity/v2/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 60\r\n\r\n\
         {}\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    assert!(connection.rest().starts_with("HTTP/1.1 400"));
}

#[test]
fn a_storm_of_logins_is_turned_away_in_part_and_nobody_else_notices() {
    const LOGINS: usize = 300;
    let (mut installation, keys) = Installation::new();
    installation.set("LIMITS_HASH_THREADS", 1);
    installation.set("LIMITS_HASH_QUEUE", 256);
    let (server, api) = installation.serve(&keys);
    let (person, _) = api.somebody();
    let (access, refresh) = api.tokens(&person);
    let mut storm: Vec<Raw> = (0..LOGINS).map(|_| Raw::connect(&api)).collect();
    for (number, connection) in storm.iter_mut().enumerate() {
        // Each is somebody else: failures of one would lock the account.
        let body = format!("{{\"email\":\"nobody{number}@example.com\",\"password\":\"not the passphrase\"}}");
        connection.write(&(head(&api, "auth/login", body.len()) + &body));
    }
    api.page("/health/ready").ok();
    api.validate(&access).send().ok();
    api.refresh(&refresh).send().ok();

    let answers: Vec<(String, String)> = storm.iter_mut().map(Raw::answer).collect();
    let count =
        |code: &str| answers.iter().filter(|(_, body)| body.contains(&format!("\"ErrorCode\":{code},"))).count();
    let (judged, turned_away) = (count("966"), count("90005"));
    assert_eq!(judged + turned_away, LOGINS, "{answers:?}");
    assert!(judged >= 256 && turned_away > 0, "{judged} were judged, {turned_away} turned away");
    assert_eq!(server.terminate().code, 0);
}
