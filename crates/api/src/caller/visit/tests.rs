use super::{client_ip, origin_ip, webhooks};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use doorward_flows::access::Webhooks;

fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
    let value = |value: &&str| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    values.iter().map(value).collect()
}

fn client(peer: &str, forwarded: &[&str]) -> String {
    let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
    client_ip(peer.parse().unwrap(), &headers("x-forwarded-for", forwarded), &trusted).to_string()
}

#[test]
fn a_stranger_cannot_name_its_own_address() {
    assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
}

#[test]
fn a_proxy_is_believed_up_to_the_first_address_that_is_no_proxy() {
    assert_eq!(client("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
    assert_eq!(client("::1", &["1.1.1.1", "198.51.100.1"]), "198.51.100.1");
    assert_eq!(client("10.0.0.1", &["10.0.0.3"]), "10.0.0.3");
    assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
}

#[test]
fn addresses_may_carry_brackets_and_ports() {
    assert_eq!(client("10.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
    assert_eq!(client("10.0.0.1", &["[2001:db8::1]:4711"]), "2001:db8::1");
    assert_eq!(client("10.0.0.1", &["::ffff:198.51.100.1"]), "198.51.100.1");
}

#[test]
fn what_is_no_address_ends_the_walk() {
    assert_eq!(client("10.0.0.1", &["198.51.100.1, unknown"]), "10.0.0.1");
}

#[test]
fn the_address_of_the_person_is_read_from_its_header() {
    assert_eq!(origin_ip(&headers("x-origin-ip", &[" 198.51.100.7 "])), "198.51.100.7".parse().ok());
    assert_eq!(origin_ip(&headers("x-origin-ip", &["me"])), None);
}

#[test]
fn the_header_beats_the_query_and_odd_values_prevent_nothing() {
    assert_eq!(webhooks(Some("false"), Some("true")), Webhooks::Fire);
    assert_eq!(webhooks(Some("True"), Some("false")), Webhooks::Prevent);
    assert_eq!(webhooks(None, Some("true")), Webhooks::Prevent);
    assert_eq!(webhooks(Some("1"), None), Webhooks::Fire);
    assert_eq!(webhooks(None, None), Webhooks::Fire);
}
