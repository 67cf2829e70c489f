//! How a running server is stopped.

use serde_json::Value;

use crate::support::{Api, Installation, Mood, Person, Program, Raw, until};

/// A request to make an account for `person` that the server is at, and its last byte, which it waits for.
fn all_but_the_end(api: &Api, person: &Person) -> (Raw, String) {
    let body = person.profile().to_string();
    let (begin, end) = body.split_at(body.len() - 1);
    let mut connection = Raw::connect(api);
    connection.write(&format!(
        "POST /identity/v2/manage/account?apikey={} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         X-LoginRadius-ApiSecret: {}\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        api.keys.api_key,
        api.keys.api_secret,
        body.len()
    ));
    assert_eq!(connection.answer().0, "HTTP/1.1 100 Continue", "the body is asked for when the request is worked on");
    connection.write(begin);
    (connection, end.to_owned())
}

fn stop(server: &Program, api: &Api) {
    server.signal("TERM");
    until("nobody is let in any more", || !Raw::is_open(api));
}

#[test]
fn requests_under_way_are_answered_and_stored_before_the_end() {
    let (installation, keys) = Installation::new();
    let (server, api) = installation.serve(&keys);
    let people: Vec<Person> = (0..5).map(|_| Person::new()).collect();
    let mut requests: Vec<(Raw, String)> = people.iter().map(|person| all_but_the_end(&api, person)).collect();
    stop(&server, &api);
    for (connection, end) in &mut requests {
        connection.write(end);
    }
    let mut made = Vec::new();
    for (mut connection, _) in requests {
        let (status, body) = connection.answer();
        assert_eq!(status, "HTTP/1.1 200 OK", "{body}");
        made.push(serde_json::from_str::<Value>(&body).unwrap()["Uid"].as_str().unwrap().to_owned());
        assert_eq!(connection.rest(), "", "the connection is closed after its answer");
    }
    let ended = server.ended();
    assert_eq!(ended.code, 0, "{}", ended.err);

    let (_server, api) = installation.serve(&keys);
    for (uid, person) in made.iter().zip(&people) {
        assert_eq!(api.account(uid).send().ok()["PhoneId"], person.phone);
    }
}

#[test]
fn an_idle_connection_does_not_hold_the_server() {
    let (installation, keys) = Installation::new();
    let (server, api) = installation.serve(&keys);
    let mut idle = Raw::connect(&api);
    idle.write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(idle.answer().0, "HTTP/1.1 200 OK");
    server.signal("INT");
    assert_eq!(server.ended().code, 0);
    assert_eq!(idle.rest(), "");
}

#[test]
fn heads_that_never_end_do_not_hold_the_server() {
    let (mut installation, keys) = Installation::new();
    installation.set("SERVER_DRAIN_SECONDS", 1);
    let (server, api) = installation.serve(&keys);
    let begun: Vec<Raw> = (0..100)
        .map(|_| {
            let mut connection = Raw::connect(&api);
            connection.write("POST /identity/v2/auth/login HTTP/1.1\r\nHost: local");
            connection
        })
        .collect();
    api.page("/health/ready").ok();
    api.somebody();
    assert_eq!(server.terminate().code, 0);
    for connection in begun {
        assert!(!connection.rest().contains("200"));
    }
}

#[test]
fn a_request_that_never_ends_is_given_up_after_the_drain() {
    let (mut installation, keys) = Installation::new();
    installation.set("SERVER_DRAIN_SECONDS", 1);
    let (server, api) = installation.serve(&keys);
    let person = Person::new();
    let (_connection, _) = all_but_the_end(&api, &person);
    assert_eq!(server.terminate().code, 0);
    let (_server, api) = installation.serve(&keys);
    api.create(&person).send().ok();
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let (mut installation, keys) = Installation::new();
    // Longer than this test is patient.
    installation.set("SERVER_DRAIN_SECONDS", 600);
    let (server, api) = installation.serve(&keys);
    let (_connection, _) = all_but_the_end(&api, &Person::new());
    stop(&server, &api);
    server.signal("INT");
    let ended = server.ended();
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("second signal"), "{}", ended.err);
    installation.check_integrity();
}

#[test]
fn messages_in_the_queue_go_out_after_a_restart() {
    let (mut installation, keys, sms) = Installation::with_sms();
    installation.set("SMS_TIMEOUT_SECONDS", 1);
    sms.is_now(Mood::Hang);
    let (server, api) = installation.serve(&keys);
    let (person, _) = api.somebody();
    api.ask_for_reset(&person).send().ok();
    until("the worker has the message in hand", || sms.tries() > 0);
    assert_eq!(server.terminate().code, 0);
    assert_eq!(sms.texts().len(), 0);

    sms.is_now(Mood::Take);
    let (_server, api) = installation.serve(&keys);
    until("the message arrives", || sms.texts_to(&person.phone).len() == 1);
    let code = sms.texts()[0].code();
    api.reset(&person, &code, "granite kettle 91 orbits").send().ok();
}

#[test]
fn it_goes_on_when_nobody_reads_its_log_any_more() {
    let (installation, keys, sms) = Installation::with_sms();
    let (server, api) = installation.serve(&keys);
    server.stop_listening();
    // The first of these is the last line that is read.
    for _ in 0..5 {
        let (person, _) = api.somebody();
        let code = api.reset_code(&person, &sms);
        api.reset(&person, &code, "granite kettle 91 orbits").send().ok();
    }
    assert_eq!(server.terminate().code, 0);
}
