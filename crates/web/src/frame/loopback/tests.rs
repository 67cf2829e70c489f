use super::loopback_only;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use http_body_util::BodyExt;
use tower::ServiceExt;

async fn status(uri: &str, hosts: &[&str]) -> StatusCode {
    let router = loopback_only(Router::new().route("/", get(async || "in")).fallback(async || "elsewhere"));
    let mut request = Request::get(uri);
    for host in hosts {
        request = request.header("host", *host);
    }
    router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
}

#[tokio::test]
async fn a_request_to_this_machine_passes() {
    for host in ["localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:1", "127.8.8.8:80", "[::1]", "[::1]:8080"] {
        assert_eq!(status("/", &[host]).await, 200, "{host}");
    }
    assert_eq!(status("http://localhost:8080/", &["localhost:8080"]).await, 200);
    assert_eq!(status("http://localhost:8080/", &[]).await, 200);
}

#[tokio::test]
async fn a_request_under_another_name_is_refused() {
    let others = [
        "example.com",
        "localhost.example.com:8080",
        "127.0.0.1.example.com",
        "192.168.1.5:8080",
        "0.0.0.0",
        "[::2]:80",
        "user@localhost",
        "localhost@example.com",
        "",
        "local host",
    ];
    for host in others {
        assert_eq!(status("/", &[host]).await, 403, "{host}");
        assert_eq!(status("/anywhere", &[host]).await, 403, "{host}");
    }
}

#[tokio::test]
async fn one_foreign_name_among_several_is_enough_to_be_refused() {
    assert_eq!(status("/", &["localhost", "example.com"]).await, 403);
    assert_eq!(status("http://example.com/", &["localhost"]).await, 403);
    assert_eq!(status("http://localhost/", &["example.com"]).await, 403);
}

#[tokio::test]
async fn a_request_that_names_no_host_is_refused() {
    assert_eq!(status("/", &[]).await, 403);
}

#[tokio::test]
async fn a_refusal_says_what_to_do() {
    let router = loopback_only(Router::new());
    let request = Request::get("/").header("host", "example.com").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(std::str::from_utf8(&body).unwrap().contains("http://localhost"));
}
