//! What clients demand of answers.

use crate::support::Test;
use serde_json::{Value, json};

const PROFILE: &str = "/identity/v2/auth/account";

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn fields_choose_what_a_login_shows_of_the_profile_and_leave_the_tokens() {
    let t = Test::new().await;
    let user = t.user().await;
    let reply = t.login_call(&user, &user.password).query("fields", "Uid,Email(Value)").send().await;
    assert_eq!(reply.ok()["Profile"], json!({ "Uid": user.uid, "Email": [{ "Value": user.email }] }));
    assert_eq!(keys(&reply.json), ["Profile", "access_token", "refresh_token", "expires_in"]);
}

#[tokio::test]
async fn fields_are_found_in_any_case_by_path_and_unknown_ones_are_ignored() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "Country": { "Code": "IN", "Name": "India" } })).await;
    let token = t.login(&user).await.access;
    let call = t.get(PROFILE).key().token(&token).query("Fields", "country/NAME, username,surprise,Country/Surprise");
    let reply = call.send().await;
    assert_eq!(reply.ok(), &json!({ "UserName": user.user_name, "Country": { "Name": "India" } }));
}

#[tokio::test]
async fn no_fields_and_a_star_are_all_149() {
    let t = Test::new().await;
    let token = t.login(&t.user().await).await.access;
    for fields in ["", "*", " "] {
        let reply = t.get(PROFILE).key().token(&token).query("fields", fields).send().await;
        assert_eq!(keys(reply.ok()).len(), 149, "{fields:?}");
    }
}

#[tokio::test]
async fn a_large_answer_is_compressed_for_whoever_asks() {
    let t = Test::new().await;
    let token = t.login(&t.user().await).await.access;
    let profile = || t.get(PROFILE).key().token(&token);

    let plain = profile().send().await;
    assert_eq!(plain.header("content-encoding"), None);
    let compressed = profile().header("accept-encoding", "gzip, deflate").send().await;
    assert_eq!(compressed.header("content-encoding"), Some("gzip"));
    assert!(compressed.bytes.starts_with(&[0x1f, 0x8b]) && compressed.bytes.len() < plain.bytes.len());
    let varies = compressed.headers.get_all("vary").iter().any(|vary| vary == "accept-encoding");
    assert!(varies, "a cache must not hand it to others");

    let small = t.get("/identity/v2/auth/email").key().query("email", "a@example.com");
    let small = small.header("accept-encoding", "gzip").send().await;
    assert_eq!((small.header("content-encoding"), small.ok()), (None, &json!({ "IsExist": false })));
}

#[tokio::test]
async fn every_request_has_an_id_of_our_own() {
    let t = Test::new().await;
    let ask = || t.get("/identity/v2/serverinfo").key().header("x-request-id", "mine").send();
    let (one, two) = (ask().await, ask().await);
    let (one, two) = (one.header("x-request-id").unwrap(), two.header("x-request-id").unwrap());
    assert!(one != two && one != "mine");
}

#[tokio::test]
async fn the_connection_is_closed_after_a_body_that_is_no_json_only() {
    let t = Test::new().await;
    let login = || t.post("/identity/v2/auth/login").key().header("content-type", "application/json");
    let spoilt = login().body("{\"email\":\"\u{e9}").send().await;
    assert_eq!((spoilt.refusal(), spoilt.header("connection")), ((400, 965), Some("close")));
    for body in ["{}", "[]", "{\"a\":1,\"A\":2}"] {
        assert_eq!(login().body(body).send().await.header("connection"), None, "{body}");
    }
}

#[tokio::test]
async fn a_login_answer_never_says_description() {
    let t = Test::new().await;
    let user = t.user().await;
    let reply = t.login_call(&user, &user.password).send().await;
    reply.ok();
    assert!(!reply.text.to_lowercase().contains("description"), "the Java client takes that for an error");
}

#[tokio::test]
async fn an_answer_about_somebody_is_kept_by_no_cache() {
    let t = Test::new().await;
    let user = t.user().await;
    let reply = t.login_call(&user, &user.password).send().await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn the_document_of_the_api_is_served() {
    let t = Test::new().await;
    let reply = t.get("/openapi.json").send().await;
    assert_eq!(reply.ok(), &doorward_api::openapi());
}
