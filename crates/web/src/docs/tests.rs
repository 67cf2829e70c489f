use super::docs;
use axum::body::Body;
use axum::http::{Request, Response};
use doorward_model::reason::Reason;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Doorward", "version": "1.2.3" },
        "tags": [{ "name": "Password" }],
        "paths": { "/auth/password/{uid}": { "put": {
            "operationId": "reset-password",
            "summary": "Reset <the> password",
            "tags": ["Password"],
            "security": [
                { "ApiKey": [], "AccessToken": [] },
                { "ApiKeyHeader": [], "AccessToken": [] },
                { "ApiKey": [] },
            ],
            "parameters": [
                { "name": "uid", "in": "path", "required": true, "schema": { "type": "string" } },
                { "name": "email", "in": "query", "required": true, "schema": { "type": "string" } },
                { "name": "isVoiceOtp", "in": "query", "description": "Speaks.", "schema": { "type": "boolean", "default": false } },
            ],
            "requestBody": { "content": { "application/json": { "schema": {
                "type": "object",
                "properties": { "otp": { "type": "string", "description": "The <code> in `isVoiceOtp`." } },
                "required": ["otp"],
            } } } },
            "responses": { "200": { "description": "Done", "content": { "application/json": { "schema": {
                "type": "object", "properties": { "IsPosted": { "type": "boolean" } },
            } } } } },
        } } },
        "components": {
            "securitySchemes": {
                "ApiKey": { "type": "apiKey", "in": "query", "name": "apikey" },
                "ApiKeyHeader": { "type": "apiKey", "in": "header", "name": "X-LoginRadius-ApiKey" },
                "AccessToken": { "type": "http", "scheme": "bearer" },
            },
            "responses": { "Refusal": { "content": { "application/json": { "schema": {
                "type": "object", "properties": { "ErrorCode": { "type": "integer" } },
            } } } } },
        },
    })
}

async fn get(path: &str) -> Response<Body> {
    let request = Request::get(path).body(Body::empty()).unwrap();
    docs(document).oneshot(request).await.unwrap()
}

async fn text(path: &str) -> String {
    let response = get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn the_reference_shows_what_an_operation_needs_and_gives() {
    let page = text("/docs").await;
    for part in [
        r#"<article class="operation" id="reset-password">"#,
        "Reset &lt;the&gt; password",
        "<code>&#x2f;auth&#x2f;password&#x2f;{uid}</code>",
        "API key and Access token, or API key",
        "isVoiceOtp",
        "query, boolean, default false",
        "The &lt;code&gt; in <code>isVoiceOtp</code>.",
        "IsPosted",
        "ErrorCode",
        "X-LoginRadius-ApiKey",
        "version 1.2.3",
        r#"href="/docs/errors""#,
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
}

#[test]
fn the_example_names_the_credentials_and_what_is_required() {
    let document = document();
    let operation = &document["paths"]["/auth/password/{uid}"]["put"];
    let line = super::example::curl(&document, "/auth/password/{uid}", "put", operation);
    assert_eq!(
        line,
        "curl -X PUT \"$DOORWARD/auth/password/<uid>?apikey=$API_KEY&email=<email>\" \\\n  \
         -H \"Authorization: Bearer $ACCESS_TOKEN\" \\\n  \
         -H 'Content-Type: application/json' \\\n  \
         -d '{\"otp\":\"<otp>\"}'"
    );
}

#[tokio::test]
async fn a_document_without_anything_is_an_empty_reference() {
    let request = Request::get("/docs").body(Body::empty()).unwrap();
    assert_eq!(docs(|| Value::Null).oneshot(request).await.unwrap().status(), 200);
}

#[tokio::test]
async fn every_error_code_can_be_linked_to() {
    let page = text("/docs/errors").await;
    for reason in Reason::ALL {
        assert!(page.contains(&format!("id=\"{}\"", reason.code())), "{}", reason.name());
    }
}

#[tokio::test]
async fn pages_and_assets_say_what_they_are_and_run_nothing_from_elsewhere() {
    let kinds = [
        ("/docs", "text/html; charset=utf-8"),
        ("/docs/errors", "text/html; charset=utf-8"),
        ("/docs/style.css", "text/css; charset=utf-8"),
        ("/docs/filter.js", "text/javascript; charset=utf-8"),
        ("/docs/copy.js", "text/javascript; charset=utf-8"),
        ("/docs/mailbox.js", "text/javascript; charset=utf-8"),
        ("/docs/icon.svg", "image/svg+xml"),
    ];
    for (path, kind) in kinds {
        let response = get(path).await;
        let headers = response.headers();
        assert_eq!((response.status().as_u16(), headers["content-type"].to_str().unwrap()), (200, kind), "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn pages_have_nothing_inline_that_the_policy_would_stop() {
    for path in ["/docs", "/docs/errors"] {
        let page = text(path).await;
        assert!(!page.contains("<style") && !page.contains("style=") && !page.contains("<script>"), "{path}");
        assert!(!page.contains("://"), "{path} reaches elsewhere");
    }
}

#[tokio::test]
async fn what_a_browser_has_already_is_not_sent_again() {
    let first = get("/docs").await;
    assert_eq!(first.headers()["cache-control"], "no-cache");
    let tag = first.headers()["etag"].clone();
    let request = |tag: &str| Request::get("/docs").header("if-none-match", tag).body(Body::empty()).unwrap();
    let again = docs(document).oneshot(request(tag.to_str().unwrap())).await.unwrap();
    assert_eq!(again.status(), 304);
    assert!(again.headers().contains_key("content-security-policy"));
    let other = docs(document).oneshot(request("W/\"0\"")).await.unwrap();
    assert_eq!(other.status(), 200);
}

#[tokio::test]
async fn a_slash_too_many_leads_to_the_reference() {
    let response = get("/docs/").await;
    assert_eq!((response.status().as_u16(), &response.headers()["location"].to_str().unwrap()), (308, &"/docs"));
}
