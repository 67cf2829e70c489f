use super::{Malformed, Request, Signature};
use crate::secret::Secret;
use crate::time::{Span, Timestamp};
use aws_lc_rs::hmac;
use data_encoding::BASE64;

const KEY: &str = "11111111-2222-3333-4444-555555555555";
const SECRET: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
const EXPIRES: &str = "2025-01-02 04:04:05";
const KNOWN: &str = "SHA-256=aXE1dDLGNIsePdrysvlXJumY0TyFPwnE+6Qv29dt1S4=";

fn now() -> Timestamp {
    Timestamp::parse("2025-01-02T03:04:05Z").unwrap()
}

fn request(query: &str, body: &str) -> Request {
    let url = format!("https://api.example.test/identity/v2/manage/account?apiKey={KEY}&email={query}");
    Request { url, body: body.as_bytes().to_vec() }
}

fn is_right(digest: &str, expires: &str, request: &Request) -> bool {
    Signature::read(digest, expires, now(), Span::minutes(65)).unwrap().is_of(&Secret::new(SECRET), request)
}

/// The header of somebody who signs this text.
fn sign(text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    format!("SHA-256={}", BASE64.encode(hmac::sign(&key, text.as_bytes()).as_ref()))
}

fn encoded(email: &str) -> String {
    format!("https%3a%2f%2fapi.example.test%2fidentity%2fv2%2fmanage%2faccount%3fapikey%3d{KEY}%26email%3d{email}")
}

#[test]
fn the_known_signature_is_right() {
    assert!(is_right(KNOWN, EXPIRES, &request("a@b.test", "")));
    assert!(is_right(KNOWN, EXPIRES, &request("a%40b.test", "")));
}

#[test]
fn what_differs_from_what_was_signed_is_refused() {
    assert!(!is_right(KNOWN, EXPIRES, &request("c@b.test", "")));
    assert!(!is_right(KNOWN, EXPIRES, &request("a@b.test", r#"{"a":1}"#)));
    assert!(!is_right(KNOWN, "2025-01-02 04:04:06", &request("a@b.test", "")));
    let other = Signature::read(KNOWN, EXPIRES, now(), Span::minutes(65)).unwrap();
    assert!(!other.is_of(&Secret::new("another secret"), &request("a@b.test", "")));
}

#[test]
fn the_body_is_signed_as_it_was_sent() {
    let body = r#"{"Email":"a@b.test"}"#;
    let digest = sign(&format!("{EXPIRES}:{}:{body}", encoded("x")));
    assert!(is_right(&digest, EXPIRES, &request("x", body)));
    assert!(!is_right(&digest, EXPIRES, &request("x", "{}")));
    assert!(!is_right(&digest, EXPIRES, &request("x", "")));
}

#[test]
fn a_body_that_says_nothing_is_signed_or_not() {
    let (with, without) =
        (sign(&format!("{EXPIRES}:{}:{{}}", encoded("x"))), sign(&format!("{EXPIRES}:{}", encoded("x"))));
    for body in ["", "{}"] {
        assert!(is_right(&with, EXPIRES, &request("x", body)));
        assert!(is_right(&without, EXPIRES, &request("x", body)));
    }
}

#[test]
fn both_ways_to_encode_are_known() {
    let (form, rfc) =
        (sign(&format!("{EXPIRES}:{}", encoded("a+%7e*"))), sign(&format!("{EXPIRES}:{}", encoded("a%20~%2a"))));
    assert!(is_right(&form, EXPIRES, &request("a%20~*", "")));
    assert!(is_right(&rfc, EXPIRES, &request("a%20~*", "")));
}

#[test]
fn every_way_to_write_the_expiry_is_read() {
    for text in ["2025-1-2 4:4:5", "2025-01-02 04:04:05", "2025-1-2 4:4:5 AM", "2025/1/2 4:4:5"] {
        let digest = sign(&format!("{text}:{}", encoded("x")));
        assert!(is_right(&digest, text, &request("x", "")), "{text}");
    }
    let noon = Timestamp::parse("2025-01-02T11:30:00Z").unwrap();
    assert!(Signature::read(KNOWN, "2025-1-2 12:4:5 PM", noon, Span::minutes(65)).is_ok());
    assert!(Signature::read(KNOWN, "2025-1-2 12:4:5 AM", noon, Span::minutes(65)).is_err());
}

#[test]
fn an_expiry_that_is_none_is_told_from_one_that_is_not_accepted() {
    let why = |expires: &str| Signature::read(KNOWN, expires, now(), Span::minutes(65)).unwrap_err();
    for text in ["", "soon", "2025-13-01 00:00:00", "1735790645", "2025-1-2 16:4:5 PM", "2025-01-02T04:04:05Z"] {
        assert_eq!(why(text), Malformed::Expiry, "{text}");
    }
    assert_eq!(why("2025-01-02 03:04:05"), Malformed::Expired);
    assert_eq!(why("2025-01-02 04:09:06"), Malformed::Expired);
    assert!(Signature::read(KNOWN, "2025-01-02 04:09:05", now(), Span::minutes(65)).is_ok());
    assert!(Signature::read(KNOWN, EXPIRES, now().plus(Span::minutes(60)), Span::minutes(65)).is_err());
}

#[test]
fn a_digest_that_is_none_is_refused() {
    for text in
        ["", "SHA-256", "SHA-256=", "MD5=aXE1dDLGNIsePdrysvlXJumY0TyFPwnE+6Qv29dt1S4=", "SHA-256=AAAA", "SHA-256=?"]
    {
        assert_eq!(Signature::read(text, EXPIRES, now(), Span::minutes(65)).unwrap_err(), Malformed::Digest, "{text}");
    }
}
