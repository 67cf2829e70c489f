use super::{access_token, api_key, api_key_if_any, api_secret, sott};
use crate::wire::body::ReadBody;
use crate::wire::error::Error;
use axum::http::Request;
use axum::http::request::Parts;
use axum::response::IntoResponse;

fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn key(uri: &str, headers: &[(&str, &str)]) -> Option<String> {
    api_key(&mut parts(uri, headers)).unwrap()
}

fn token(uri: &str, headers: &[(&str, &str)]) -> Option<String> {
    access_token(&mut parts(uri, headers)).unwrap().map(|token| token.expose().to_owned())
}

fn status(error: Error) -> u16 {
    error.into_response().status().as_u16()
}

#[test]
fn the_api_key_is_found_wherever_a_client_puts_it() {
    for uri in ["/a?apiKey=k", "/a?client_id=k", "/api/v2/x?key=k", "/a?apikey=k&client_id=k"] {
        assert_eq!(key(uri, &[]).as_deref(), Some("k"), "{uri}");
    }
    assert_eq!(key("/a?apikey=", &[("X-LoginRadius-apiKey", "k")]).as_deref(), Some("k"));
    assert_eq!(key("/a?key=k", &[]), None);
    assert_eq!(api_key(&mut parts("/a?apikey=k&client_id=l", &[])).err().map(status), Some(403));
}

#[test]
fn the_api_secret_is_found_wherever_a_client_puts_it() {
    let secret = |uri, headers| api_secret(&mut parts(uri, headers)).unwrap().map(|found| found.expose().to_owned());
    for uri in ["/a?apiSecret=s", "/a?client_secret=s", "/api/v2/x?secret=s"] {
        assert_eq!(secret(uri, &[]).as_deref(), Some("s"), "{uri}");
    }
    assert_eq!(secret("/a", &[("X-LoginRadius-ApiSecret", "s")]).as_deref(), Some("s"));
    assert_eq!(secret("/a?secret=s", &[]), None);
}

#[test]
fn the_access_token_may_come_twice_but_not_as_two() {
    assert_eq!(token("/a?access_token=t", &[("authorization", "Bearer t")]).as_deref(), Some("t"));
    assert_eq!(token("/a", &[("authorization", "bearer  t ")]).as_deref(), Some("t"));
    assert_eq!(token("/a", &[("authorization", "Basic t")]), None);
    let two = access_token(&mut parts("/a?access_token=t", &[("authorization", "Bearer u")]));
    assert_eq!(two.err().map(status), Some(403));
}

#[test]
fn the_access_token_may_stand_in_the_body() {
    let mut parts = parts("/a", &[]);
    parts.extensions.insert(ReadBody(r#"{"Access_Token":"t"}"#.into()));
    assert_eq!(access_token(&mut parts).unwrap().unwrap().expose(), "t");
}

#[test]
fn the_one_time_token_comes_in_a_header_or_in_the_query() {
    assert_eq!(sott(&mut parts("/a", &[("X-LoginRadius-Sott", "a+b/c*d")])).unwrap().as_deref(), Some("a+b/c*d"));
    assert_eq!(sott(&mut parts("/a?sott=a+b%2Fc*d", &[])).unwrap().as_deref(), Some("a+b/c*d"));
}

#[test]
fn an_unreadable_key_is_no_key_for_a_preflight() {
    let headers = axum::http::HeaderMap::new();
    assert_eq!(api_key_if_any(&headers, Some("apikey=k")).as_deref(), Some("k"));
    assert_eq!(api_key_if_any(&headers, Some("apikey=%ff")), None);
    assert_eq!(api_key_if_any(&headers, None), None);
}
