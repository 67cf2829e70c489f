//! Which web pages may ask and read.

use crate::support::{Call, PUBLIC_URL, Test};
use axum::http::Method;
use serde_json::json;

const OWN: &str = "https://app.example.com";
const LOGIN: &str = "/identity/v2/auth/login";

async fn with_a_page() -> Test {
    let t = Test::new().await;
    t.set("domains", &json!([OWN]).to_string()).await;
    t
}

fn preflight(t: &Test, origin: &str) -> Call {
    let call = t.call(Method::OPTIONS, LOGIN).key().header("origin", origin);
    call.header("access-control-request-method", "POST").header("access-control-request-headers", "content-type")
}

#[tokio::test]
async fn a_listed_page_may_ask() {
    let t = with_a_page().await;
    let reply = preflight(&t, OWN).send().await;
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    assert_eq!(reply.header("access-control-allow-origin"), Some(OWN));
    assert!(reply.header("access-control-allow-methods").unwrap().contains("POST"));
    assert!(reply.header("access-control-allow-headers").unwrap().contains("X-LoginRadius-Sott"));
    assert_eq!(reply.header("access-control-max-age"), Some("600"));
    assert!(reply.headers.get_all("vary").iter().any(|vary| vary == "origin"));
}

#[tokio::test]
async fn a_listed_page_reads_the_answer_be_it_a_refusal() {
    let t = with_a_page().await;
    let user = t.user().await;
    for password in [user.password.as_str(), "wrong password 1"] {
        let reply = t.login_call(&user, password).header("origin", OWN).send().await;
        assert_eq!(reply.header("access-control-allow-origin"), Some(OWN));
        assert_eq!(reply.header("access-control-allow-credentials"), None, "no cookie is ever asked for");
    }
}

#[tokio::test]
async fn a_foreign_page_is_refused_and_reads_nothing() {
    let t = with_a_page().await;
    let user = t.user().await;
    let foreign = [
        "https://evil.example",
        "https://app.example.com.evil.example",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://sub.app.example.com",
        "null",
    ];
    for origin in foreign {
        let asked = preflight(&t, origin).send().await;
        let answered = t.login_call(&user, &user.password).header("origin", origin).send().await;
        assert_eq!(answered.refusal(), (403, 90007), "{origin}");
        for reply in [asked, answered] {
            let permission = reply.headers.keys().find(|name| name.as_str().starts_with("access-control"));
            assert_eq!(permission, None, "{origin}");
        }
    }
}

#[tokio::test]
async fn a_wildcard_stands_for_one_label() {
    let t = Test::new().await;
    t.set("domains", r#"["https://*.example.com"]"#).await;
    let may = async |origin: &str| preflight(&t, origin).send().await.header("access-control-allow-origin").is_some();
    assert!(may("https://app.example.com").await);
    assert!(!may("https://example.com").await);
    assert!(!may("https://a.b.example.com").await);
    assert!(!may("https://evil.example/.example.com").await);
}

#[tokio::test]
async fn pages_of_this_server_are_its_own() {
    let t = Test::new().await;
    let user = t.user().await;
    t.login_call(&user, &user.password).header("origin", PUBLIC_URL).send().await.ok();
}

#[tokio::test]
async fn a_tenant_may_let_every_page_ask_and_still_only_its_own_read() {
    let t = with_a_page().await;
    t.set("AllowOriginHeaderValidation", "false").await;
    let user = t.user().await;
    let reply = t.login_call(&user, &user.password).header("origin", "https://evil.example").send().await;
    reply.ok();
    assert_eq!(reply.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn one_tenants_page_is_a_stranger_to_another() {
    let t = with_a_page().await;
    let other = t.tenant("other").await;
    let reply = t.get("/identity/v2/serverinfo").query("apikey", &other.api_key).header("origin", OWN).send().await;
    assert_eq!(reply.refusal(), (403, 90007));
}
