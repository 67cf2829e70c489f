//! The habits of the wire, seen through the whole stack with sample operations.

mod sample;

use sample::Installation;
pub(crate) use sample::sample;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

async fn send(request: Request<Body>) -> Response<Body> {
    let installation = Installation::new().await;
    crate::serve(sample(), installation.app.clone()).oneshot(request).await.unwrap()
}

fn request(method: &str, uri: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::builder().method(method).uri(uri).header("content-type", "application/json");
    request.body(body.into()).unwrap()
}

async fn call(method: &str, uri: &str, body: impl Into<Body>) -> (StatusCode, Value) {
    let response = send(request(method, uri, body)).await;
    let status = response.status();
    (status, json_of(response).await)
}

async fn json_of(response: Response<Body>) -> Value {
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

#[tokio::test]
async fn paths_are_matched_without_case_and_their_parameters_keep_it() {
    let (status, body) = call("PUT", "/SAMPLE/aB%20C/?apiKey=k&Template=Mine", r#"{"OTP":"1"}"#).await;
    assert_eq!(status, 200);
    assert_eq!(body["Seen"], json!(["aB C", "Mine", "1"]));
}

#[tokio::test]
async fn an_alias_is_the_same_operation() {
    let (status, body) = call("POST", "/older/x?apikey=k", r#"{"otp":"1"}"#).await;
    assert_eq!((status, &body["Seen"][0]), (StatusCode::OK, &json!("x")));
}

#[tokio::test]
async fn a_wrong_path_is_90002_and_a_wrong_method_90003_with_those_allowed() {
    let (status, body) = call("GET", "/nowhere", "").await;
    assert_eq!((status, &body["ErrorCode"]), (StatusCode::NOT_FOUND, &json!(90002)));

    let response = send(request("GET", "/sample/x", "")).await;
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "PUT");
    assert_eq!(json_of(response).await["ErrorCode"], 90003);
}

#[tokio::test]
async fn a_method_in_lower_case_is_refused() {
    assert_eq!(call("put", "/sample/x?apikey=k", r#"{"otp":"1"}"#).await.0, 405);
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let response = send(request("HEAD", "/large?apikey=k", "")).await;
    assert_eq!(response.status(), 200);
    assert!(response.into_body().collect().await.unwrap().to_bytes().is_empty());
}

#[tokio::test]
async fn the_key_is_asked_for_before_the_query_and_the_body_are_judged() {
    let (status, body) = call("PUT", "/sample/x", "{").await;
    assert_eq!((status, &body["ErrorCode"]), (StatusCode::BAD_REQUEST, &json!(908)));
    assert_eq!(call("PUT", "/sample/x?apikey=k", "{").await.1["ErrorCode"], 1079);
}

#[tokio::test]
async fn a_required_field_that_is_missing_is_named() {
    let (_, body) = call("PUT", "/sample/x?apikey=k", "").await;
    assert_eq!(body["Description"], "The otp is a required parameter.");
}

#[tokio::test]
async fn a_body_at_the_limit_is_read_and_a_larger_one_refused() {
    let of = |length: usize| format!(r#"{{"otp":"1","x":"{}"}}"#, "y".repeat(length - r#"{"otp":"1","x":""}"#.len()));
    assert_eq!(call("PUT", "/sample/x?apikey=k", of(crate::wire::body::LIMIT)).await.0, 200);
    let response = send(request("PUT", "/sample/x?apikey=k", of(crate::wire::body::LIMIT + 1))).await;
    assert!(!response.headers().contains_key("connection"));
    assert_eq!(response.status(), 413);
    assert_eq!(json_of(response).await["ErrorCode"], 90004);
}

#[tokio::test]
async fn a_body_without_end_costs_the_connection() {
    let response = send(request("PUT", "/sample/x?apikey=k", vec![b' '; 9 * 1024 * 1024])).await;
    assert_eq!(response.headers()["connection"], "close");
}

#[tokio::test]
async fn a_failure_answers_950_or_what_its_line_says() {
    assert_eq!(call("GET", "/broken", "").await.1["ErrorCode"], 950);
    let (status, body) = call("DELETE", "/broken", "").await;
    assert_eq!((status, &body["ErrorCode"]), (StatusCode::INTERNAL_SERVER_ERROR, &json!(7909)));
}

#[tokio::test]
async fn a_panic_answers_like_any_other_failure() {
    let (status, body) = call("GET", "/panic", "").await;
    assert_eq!((status, &body["ErrorCode"]), (StatusCode::INTERNAL_SERVER_ERROR, &json!(950)));
}

#[tokio::test]
async fn every_answer_has_its_own_id_and_is_stored_nowhere() {
    let response = send(request("GET", "/nowhere", "")).await;
    let headers = response.headers();
    assert_eq!(
        (&headers["cache-control"], &headers["x-content-type-options"]),
        (&"no-store".parse().unwrap(), &"nosniff".parse().unwrap())
    );
    let mut forged = request("GET", "/nowhere", "");
    forged.headers_mut().insert("x-request-id", "mine".parse().unwrap());
    let other = send(forged).await;
    assert_eq!(other.headers()["x-request-id"].len(), 36);
    assert_ne!(headers["x-request-id"], other.headers()["x-request-id"]);
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_ask() {
    let mut asking = request("GET", "/large?apikey=k", "");
    asking.headers_mut().insert("accept-encoding", "gzip".parse().unwrap());
    let response = send(asking).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert!(response.into_body().collect().await.unwrap().to_bytes().len() < 1024);

    let response = send(request("GET", "/large?apikey=k", "")).await;
    assert!(!response.headers().contains_key("content-encoding"));
}

#[tokio::test]
async fn the_document_is_served() {
    let (status, document) = call("GET", "/openapi.json", "").await;
    assert_eq!(status, 200);
    assert_eq!(document["paths"]["/sample/{uid}"]["put"]["operationId"], "put-sample");
}

#[tokio::test]
async fn what_follows_a_body_that_is_no_json_is_not_taken_for_a_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let installation = Installation::new().await;
    let router = crate::serve(sample(), installation.app.clone());
    let server = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>());
    let client = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let cut = "PUT /sample/x?apikey=k HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n{\"otp\":\"ü\"}\n\n";
        stream.write_all(cut.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = tokio::select! {
        answer = client => answer,
        _ = server.into_future() => String::new(),
    };
    assert!(answer.contains("\"ErrorCode\":1079"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
}

fn from_abroad(mut request: Request<Body>) -> Request<Body> {
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 4711))));
    request.headers_mut().insert("x-origin-ip", "198.51.100.7".parse().unwrap());
    request
}

#[tokio::test]
async fn the_address_of_the_person_is_believed_of_a_back_end_only() {
    let mut back_end = from_abroad(request("POST", "/secret?apikey=k&sott=o*p", ""));
    back_end.headers_mut().insert("x-loginradius-apisecret", "s".parse().unwrap());
    assert_eq!(json_of(send(back_end).await).await, json!(["198.51.100.7", "o*p"]));

    let anyone = from_abroad(request("GET", "/maybe?apikey=k", ""));
    assert_eq!(json_of(send(anyone).await).await, "203.0.113.9");
}

#[tokio::test]
async fn credentials_that_are_not_asked_for_are_ignored() {
    let (status, _) =
        call("PUT", "/sample/x?apikey=k&apisecret=wrong&sott=x&access_token=none", r#"{"otp":"1"}"#).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn each_credential_has_its_own_code() {
    for (method, uri, code) in [
        ("POST", "/secret", 908),
        ("POST", "/secret?apikey=unknown&apisecret=s", 901),
        ("POST", "/secret?apikey=k", 923),
        ("POST", "/secret?apikey=k&apisecret=wrong", 921),
        ("POST", "/secret?apikey=k&apisecret=00000000-0000-4000-8000-000000000000", 902),
        ("POST", "/secret?apikey=k&apisecret=s", 908),
        ("GET", "/token?apikey=k", 908),
        ("GET", "/token?apikey=k&access_token=none", 905),
        ("GET", "/maybe?apikey=k&access_token=none", 905),
    ] {
        assert_eq!(call(method, uri, "").await.1["ErrorCode"], code, "{uri}");
    }
}

fn preflight(origin: &str) -> Request<Body> {
    let mut request = request("OPTIONS", "/sample/x?apikey=k", "");
    *request.method_mut() = Method::OPTIONS;
    request.headers_mut().insert("origin", origin.parse().unwrap());
    request.headers_mut().insert("access-control-request-method", "PUT".parse().unwrap());
    request
}

#[tokio::test]
async fn a_listed_origin_may_ask_and_read() {
    let response = send(preflight(sample::ORIGIN)).await;
    assert_eq!(response.status(), 204);
    assert_eq!(response.headers()["access-control-allow-origin"], sample::ORIGIN);
    assert_eq!(response.headers()["access-control-max-age"], "600");
    assert!(response.headers()["access-control-allow-headers"].to_str().unwrap().contains("X-LoginRadius-Sott"));
    assert!(response.headers().get_all("vary").iter().any(|vary| vary == "origin"));

    let mut actual = request("PUT", "/sample/x?apikey=k", "{");
    actual.headers_mut().insert("origin", sample::ORIGIN.parse().unwrap());
    let response = send(actual).await;
    assert_eq!(response.headers()["access-control-allow-origin"], sample::ORIGIN);
}

#[tokio::test]
async fn another_origin_gets_no_word_of_permission() {
    let response = send(preflight("https://evil.example")).await;
    assert!(response.headers().keys().all(|name| !name.as_str().starts_with("access-control")));
}
