//! Heads of requests that two readers could read in two ways.

use crate::support::{Installation, Raw};

#[test]
fn a_head_that_can_be_read_in_two_ways_is_turned_away() {
    let (installation, keys) = Installation::new();
    let (server, api) = installation.serve(&keys);
    for head in [
        "GET /health/live HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost : localhost\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Long: one\r\n two\r\n\r\n",
        "GET /health/live HTTP/1.1\r\n Host: localhost\r\n\r\n",
    ] {
        let mut connection = Raw::connect(&api);
        connection.try_write(head);
        let answer = connection.rest();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{head:?}: {answer}");
    }
    let mut connection = Raw::connect(&api);
    connection.write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(connection.answer().0.starts_with("HTTP/1.1 200 "));
    assert_eq!(server.terminate().code, 0);
}
