//! Which of several faults is told: the first in one order that holds for every operation.

use crate::support::{OTHER_PASSWORD, Test};
use serde_json::json;

const RESET: &str = "/identity/v2/auth/password/otp";

/// Everything is wrong at once; then one thing after the other is put right.
#[tokio::test]
async fn faults_are_told_from_the_outside_in() {
    let t = Test::new().await;
    for (setting, text) in [
        ("plan", r#"{ "state": "trial", "trialEndsAt": "2026-01-01T00:00:00Z" }"#),
        ("ipAccessRestriction", r#"{ "mode": "deny", "list": ["192.0.2.0/24"] }"#),
        ("IsPhoneLogin", "false"),
    ] {
        t.set(setting, text).await;
    }
    let spoilt =
        || t.put(RESET).header("content-type", "text/plain").header("origin", "https://evil.example").body("{");

    assert_eq!(spoilt().send().await.refusal(), (400, 908));
    assert_eq!(spoilt().query("apikey", "unknown").send().await.refusal(), (403, 901));
    assert_eq!(spoilt().key().send().await.refusal(), (403, 6003));
    t.set("plan", r#"{ "state": "active" }"#).await;
    assert_eq!(spoilt().key().send().await.refusal(), (403, 1206));
    t.set("ipAccessRestriction", r#"{ "mode": "off" }"#).await;
    assert_eq!(spoilt().key().send().await.refusal(), (403, 90007));

    let call = || t.put(RESET).key();
    assert_eq!(call().header("content-type", "text/plain").body("{").send().await.refusal(), (400, 1083));
    assert_eq!(call().header("content-type", "application/json").body("{").send().await.refusal(), (400, 1079));
    assert_eq!(call().json(&json!({})).send().await.refusal(), (403, 1074));
    t.set("IsPhoneLogin", "true").await;
    assert_eq!(call().json(&json!({})).send().await.refusal(), (400, 908));
    let complete = |password: &str| json!({ "phone": "+919876500000", "otp": "000000", "password": password });
    assert_eq!(call().json(&complete("short")).send().await.refusal(), (403, 1134));
    assert_eq!(call().json(&complete(OTHER_PASSWORD)).send().await.refusal(), (401, 1409));
}

#[tokio::test]
async fn the_secret_is_asked_for_before_the_body_is_judged() {
    let t = Test::new().await;
    let spoilt = || t.post("/identity/v2/manage/account").key().header("content-type", "application/json").body("{");
    assert_eq!(spoilt().send().await.refusal(), (400, 923));
    assert_eq!(spoilt().header("x-loginradius-apisecret", "wrong").send().await.refusal(), (400, 921));
    assert_eq!(spoilt().secret().send().await.refusal(), (400, 965));
}

#[tokio::test]
async fn a_suspended_tenant_answers_like_an_unknown_key() {
    let t = Test::new().await;
    let user = t.user().await;
    let unknown = t.get("/identity/v2/serverinfo").query("apikey", "unknown").send().await;
    t.set("plan", r#"{ "state": "suspended" }"#).await;
    assert_eq!(t.login_call(&user, &user.password).send().await.text, unknown.text);
    assert_eq!(t.get("/identity/v2/manage/account/sott").back_end().send().await.text, unknown.text);
}

#[tokio::test]
async fn a_trial_that_is_over_keeps_no_back_end_from_its_data() {
    let t = Test::new().await;
    let user = t.user().await;
    t.set("plan", r#"{ "state": "trial", "trialEndsAt": "2026-01-15T12:00:00Z" }"#).await;
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 6003));
    t.get(&format!("/identity/v2/manage/account/{}", user.uid)).back_end().send().await.ok();
}

#[tokio::test]
async fn only_listed_networks_are_let_in() {
    let t = Test::new().await;
    t.set("ipAccessRestriction", r#"{ "mode": "allow", "list": ["198.51.100.0/24"] }"#).await;
    let ask = |ip| t.get("/identity/v2/serverinfo").key().from(ip).send();
    ask([198, 51, 100, 7]).await.ok();
    assert_eq!(ask([192, 0, 2, 1]).await.refusal(), (403, 1206));
}

#[tokio::test]
async fn nobody_is_let_in_by_saying_that_a_proxy_sent_them() {
    let t = Test::new().await;
    t.set("ipAccessRestriction", r#"{ "mode": "allow", "list": ["198.51.100.0/24"] }"#).await;
    for header in ["x-forwarded-for", "x-origin-ip", "forwarded", "x-real-ip"] {
        let call = t.get("/identity/v2/serverinfo").key().header(header, "198.51.100.7");
        assert_eq!(call.send().await.refusal(), (403, 1206), "{header}");
    }
}
