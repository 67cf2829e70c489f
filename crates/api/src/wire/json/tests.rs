use super::{Body, Json};
use crate::wire::body::{self, ReadBody};
use crate::wire::error::Error;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, Request};
use axum::response::IntoResponse;
use bytes::Bytes;
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Default, PartialEq, Deserialize)]
struct Reset {
    otp: Option<String>,
    minutes: Option<u32>,
}

fn parts(method: Method, kind: &str, body: impl Into<Bytes>) -> Parts {
    let request = Request::builder().method(method).header("content-type", kind).body(()).unwrap();
    let mut parts = request.into_parts().0;
    if kind.is_empty() {
        parts.headers.clear();
    }
    parts.extensions.insert(ReadBody(body.into()));
    parts
}

async fn read(mut parts: Parts) -> Result<Reset, Error> {
    Ok(Json::from_request_parts(&mut parts, &()).await?.0)
}

async fn code(parts: Parts) -> u64 {
    let response = read(parts).await.err().unwrap().into_response();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice::<Value>(&body).unwrap()["ErrorCode"].as_u64().unwrap()
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn nothing_in_its_many_forms_is_an_empty_object() {
    for (kind, body) in [(JSON, ""), (JSON, "{}"), (FORM, "\"\""), ("text/plain", ""), ("", "{ }")] {
        assert_eq!(read(parts(Method::POST, kind, body)).await.ok(), Some(Reset::default()), "{kind} {body}");
    }
}

#[tokio::test]
async fn json_is_read_under_every_harmless_declaration() {
    for kind in [JSON, "Application/JSON; charset=utf-8", "application/problem+json", FORM, ""] {
        let reset = read(parts(Method::PUT, kind, r#"{"OTP":"1"}"#)).await.unwrap();
        assert_eq!(reset.otp.as_deref(), Some("1"), "{kind}");
    }
}

#[tokio::test]
async fn a_form_is_an_object_of_texts() {
    let reset = read(parts(Method::POST, FORM, "Otp=a+b%2B&minutes=5&x")).await.unwrap();
    assert_eq!(reset, Reset { otp: Some("a b+".to_owned()), minutes: Some(5) });
    assert_eq!(code(parts(Method::POST, FORM, "otp=1&OTP=1")).await, 1090);
    assert_eq!(code(parts(Method::PUT, FORM, "otp=\u{0}")).await, 1090);
    assert_eq!(code(parts(Method::PUT, FORM, &b"otp=\xff"[..])).await, 1081);
}

#[tokio::test]
async fn another_type_of_body_is_refused_where_a_body_is_expected() {
    assert_eq!(code(parts(Method::POST, "text/plain", "{}")).await, 1083);
    assert_eq!(code(parts(Method::PUT, "multipart/form-data", "x")).await, 1083);
    assert!(read(parts(Method::DELETE, "text/plain", "{}")).await.is_ok());
}

#[tokio::test]
async fn what_is_no_json_has_a_code_for_each_method_and_ends_the_connection() {
    for (method, wanted) in [(Method::POST, 965), (Method::PUT, 1079), (Method::DELETE, 1084)] {
        for body in [&b"{"[..], b"x", b"{} {}", b"\xff", b"{\"otp\":\"\xff\"}"] {
            assert_eq!(code(parts(method.clone(), JSON, body)).await, wanted, "{method} {body:?}");
        }
    }
    let response = read(parts(Method::PUT, JSON, "{")).await.err().unwrap().into_response();
    assert_eq!(response.headers()["connection"], "close");
}

#[tokio::test]
async fn a_key_twice_is_refused_at_any_level_and_in_any_case() {
    for body in [r#"{"otp":"1","otp":"1"}"#, r#"{"otp":"1","OTP":"2"}"#, r#"{"a":[{"b":1,"B":1}]}"#] {
        assert_eq!(code(parts(Method::PUT, JSON, body)).await, 1090, "{body}");
    }
}

#[tokio::test]
async fn wrong_types_and_nul_are_refused() {
    for body in [r#"{"otp":1}"#, r#"{"minutes":"1"}"#, "[]", "null", "5", "\"text\"", r#"{"otp":"\u0000"}"#] {
        assert_eq!(code(parts(Method::POST, JSON, body)).await, 1090, "{body}");
    }
}

#[tokio::test]
async fn a_body_too_deep_is_no_json() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    assert_eq!(code(parts(Method::POST, JSON, deep)).await, 965);
}

#[tokio::test]
async fn a_raw_body_keeps_its_keys_and_still_refuses_doubles() {
    let mut good = parts(Method::POST, JSON, r#"{"FirstName":"Ann","CustomFields":{"aB":"c"}}"#);
    let Body(object) = Body::from_request_parts(&mut good, &()).await.unwrap();
    assert_eq!(Value::Object(object), json!({ "FirstName": "Ann", "CustomFields": { "aB": "c" } }));
    let mut bad = parts(Method::POST, JSON, r#"{"FirstName":"Ann","firstname":"Bob"}"#);
    assert!(Body::from_request_parts(&mut bad, &()).await.is_err());
}

#[test]
fn the_limit_is_a_quarter_of_a_megabyte() {
    assert_eq!(body::LIMIT, 262_144);
}
