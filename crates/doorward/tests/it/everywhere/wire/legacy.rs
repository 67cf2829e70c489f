//! Members that older clients expect in refusals.

use crate::support::{Reply, Test};
use serde_json::{Value, json};

fn names(reply: &Reply) -> Vec<String> {
    reply.json.as_object().unwrap().keys().cloned().collect()
}

#[tokio::test]
async fn refusals_say_that_no_social_provider_refused_where_the_tenant_wants_that() {
    let t = Test::new().await;
    let other = t.tenant("other").await;
    let user = t.user().await;
    let plain = t.login_call(&user, "wrong").send().await;
    t.set("legacyErrorFields", "true").await;
    let reply = t.login_call(&user, "wrong").send().await;
    assert_eq!((reply.status, &reply.json["ErrorCode"]), (plain.status, &plain.json["ErrorCode"]));
    assert_eq!((&reply.json["IsProviderError"], &reply.json["ProviderErrorResponse"]), (&json!(false), &Value::Null));
    assert_eq!(names(&reply)[..3], names(&plain));
    assert_eq!(names(&reply).len(), 5);
    let missing = t.post("/identity/v2/auth/login").key().json(&json!({})).send().await;
    assert_eq!(missing.json["IsProviderError"], false);
    let elsewhere = t.post("/identity/v2/auth/login").query("apikey", &other.api_key).json(&json!({})).send().await;
    assert_eq!(names(&elsewhere).len(), 3, "another tenant is told as before");
    t.login(&user).await;
    assert!(t.login_call(&user, &user.password).send().await.json.get("IsProviderError").is_none());
}

#[tokio::test]
async fn they_stand_beside_keys_of_both_cases_too() {
    let t = Test::new().await;
    t.set("legacyErrorFields", "true").await;
    let call = t.get("/api/v2/access_token/validate").query("key", &t.acme.api_key).query("secret", &t.acme.api_secret);
    let reply = call.query("access_token", "none").send().await;
    assert_eq!((&reply.json["errorCode"], &reply.json["ErrorCode"]), (&json!(905), &json!(905)));
    assert_eq!(reply.json["IsProviderError"], false);
}
