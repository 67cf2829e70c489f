//! Proving an email address, by link or by code.

use crate::support::{Call, GOOD_PASSWORD, PUBLIC_URL, Test, Tokens, wrong};
use doorward_flows::app::outside::Message;
use doorward_model::time::Span;
use serde_json::{Value, json};

const EMAIL: &str = "ravi@example.com";

async fn register(t: &Test, query: &[(&str, &str)]) -> Value {
    let body = json!({ "Email": [{ "Type": "Primary", "Value": EMAIL }], "Password": GOOD_PASSWORD });
    let call = t.post("/identity/v2/auth/register").key().header("x-loginradius-sott", &t.sott().await).json(&body);
    let call = query.iter().fold(call, |call, (name, value)| call.query(name, value));
    let reply = call.send().await;
    t.run_jobs().await;
    reply.ok()["Data"]["Profile"].clone()
}

fn message(t: &Test) -> Message {
    t.outbox().into_iter().rev().find(|message| message.to == EMAIL).expect("a message was sent")
}

/// Opens the link in the latest message, as a browser does.
fn open(t: &Test) -> Call {
    let link = message(t).link.expect("a link");
    t.get(link.strip_prefix(PUBLIC_URL).expect("the installation's own address"))
}

async fn registered_with_link() -> (Test, String) {
    let t = Test::new().await;
    let profile = register(&t, &[]).await;
    (t, profile["Uid"].as_str().unwrap().to_owned())
}

async fn registered_with_code() -> (Test, String) {
    let t = Test::new().await;
    t.set("OTPEmailVerification", "true").await;
    register(&t, &[]).await;
    let code = message(&t).code.expect("a code");
    (t, code)
}

fn prove(t: &Test, code: &str) -> Call {
    t.put("/identity/v2/auth/email").key().json(&json!({ "email": EMAIL, "otp": code }))
}

fn change(t: &Test, uid: &str, change: &Value) -> Call {
    t.put(&format!("/identity/v2/manage/account/{uid}")).back_end().json(change)
}

#[tokio::test]
async fn the_link_proves_the_address_and_signs_its_owner_in() {
    let (t, uid) = registered_with_link().await;
    let reply = open(&t).send().await;
    assert_eq!(reply.ok()["IsPosted"], true);
    assert_eq!(reply.json["Data"]["Profile"]["EmailVerified"], true);
    assert_eq!(reply.json["Data"]["Profile"]["Uid"], uid.as_str());
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
}

#[tokio::test]
async fn a_link_works_once() {
    let (t, _) = registered_with_link().await;
    open(&t).send().await.ok();
    assert_eq!(open(&t).send().await.refusal(), (403, 974));
}

#[tokio::test]
async fn a_link_works_for_three_days() {
    let (t, _) = registered_with_link().await;
    t.clock.advance(Span::days(3));
    assert_eq!(open(&t).send().await.refusal(), (403, 975));
    t.clock.advance(Span(-1));
    open(&t).send().await.ok();
}

#[tokio::test]
async fn an_unknown_link_is_refused() {
    let t = Test::new().await;
    let call = t.get("/identity/v2/auth/email").key().query("verificationtoken", &"0".repeat(32));
    assert_eq!(call.send().await.refusal(), (403, 973));
}

#[tokio::test]
async fn a_link_is_unknown_to_another_tenant() {
    let (t, _) = registered_with_link().await;
    let other = t.tenant("other").await;
    let link = message(&t).link.unwrap().replace(&t.acme.api_key, &other.api_key);
    assert_eq!(t.get(link.strip_prefix(PUBLIC_URL).unwrap()).send().await.refusal(), (403, 973));
    open(&t).send().await.ok();
}

#[tokio::test]
async fn a_link_to_an_address_that_the_account_gave_up_signs_nobody_in() {
    let (t, uid) = registered_with_link().await;
    let moved = json!({ "Email": [{ "Type": "Primary", "Value": "other@example.com" }] });
    change(&t, &uid, &moved).send().await.ok();
    assert_eq!(open(&t).send().await.refusal(), (403, 973));
}

#[tokio::test]
async fn a_link_signs_nobody_in_to_a_blocked_account() {
    let (t, uid) = registered_with_link().await;
    change(&t, &uid, &json!({ "IsActive": false })).send().await.ok();
    open(&t).send().await.refusal();
    change(&t, &uid, &json!({ "IsActive": true })).send().await.ok();
    let profile = t.get(&format!("/identity/v2/manage/account/{uid}")).back_end().send().await;
    assert_eq!(profile.ok()["EmailVerified"], false);
}

#[tokio::test]
async fn a_link_dies_with_its_account() {
    let (t, uid) = registered_with_link().await;
    t.delete(&format!("/identity/v2/manage/account/{uid}")).back_end().send().await.ok();
    assert_eq!(open(&t).send().await.refusal(), (403, 973));
}

#[tokio::test]
async fn a_link_leads_to_the_page_that_the_caller_names_if_it_is_the_tenants() {
    let t = Test::new().await;
    t.set("domains", r#"["https://shop.example"]"#).await;
    register(&t, &[("verificationurl", "https://shop.example/verify?step=2")]).await;
    let link = message(&t).link.unwrap();
    assert!(link.starts_with("https://shop.example/verify?step=2&vtype=emailverification&"), "{link}");
}

#[tokio::test]
async fn a_page_that_is_not_the_tenants_gets_no_link() {
    let t = Test::new().await;
    t.set("domains", r#"["https://shop.example"]"#).await;
    let foreign = [
        "https://evil.example/verify",
        "http://shop.example/verify",
        "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://evil.example/https://shop.example",
        "https://shop.example:8443/",
        "https://shop.example\\@evil.example/",
        "javascript:alert(1)//https://shop.example",
        "//shop.example/verify",
    ];
    let body = json!({ "Email": [{ "Type": "Primary", "Value": EMAIL }], "Password": GOOD_PASSWORD });
    let sott = t.sott().await;
    for url in foreign {
        let call = t.post("/identity/v2/auth/register").key().header("x-loginradius-sott", &sott);
        let reply = call.query("verificationurl", url).json(&body).send().await;
        assert_eq!(reply.refusal(), (403, 1249), "{url}");
    }
}

#[tokio::test]
async fn the_code_proves_the_address_and_signs_its_owner_in() {
    let (t, code) = registered_with_code().await;
    let reply = prove(&t, &code).send().await;
    assert_eq!(reply.ok()["Data"]["Profile"]["EmailVerified"], true);
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
}

#[tokio::test]
async fn the_code_may_come_in_the_query_instead() {
    let (t, code) = registered_with_code().await;
    let call = t.get("/identity/v2/auth/email").key().query("email", "RAVI@example.com").query("otp", &code);
    assert_eq!(call.send().await.ok()["Data"]["Profile"]["EmailVerified"], true);
}

#[tokio::test]
async fn a_code_works_once() {
    let (t, code) = registered_with_code().await;
    prove(&t, &code).send().await.ok();
    assert_eq!(prove(&t, &code).send().await.refusal(), (403, 1186));
    assert_eq!(prove(&t, &wrong(&code)).send().await.refusal(), (403, 1188));
}

#[tokio::test]
async fn a_code_that_is_too_old_says_so_to_whoever_has_the_right_digits() {
    let (t, code) = registered_with_code().await;
    t.clock.advance(Span::seconds(300));
    assert_eq!(prove(&t, &wrong(&code)).send().await.refusal(), (403, 1188));
    assert_eq!(prove(&t, &code).send().await.refusal(), (403, 1187));
}

#[tokio::test]
async fn a_wrong_code_proves_nothing_and_five_of_them_void_the_right_one() {
    let (t, code) = registered_with_code().await;
    for _ in 0..5 {
        assert_eq!(prove(&t, &wrong(&code)).send().await.refusal(), (403, 1188));
    }
    assert_eq!(prove(&t, &code).send().await.refusal(), (403, 1188));
}

#[tokio::test]
async fn wrong_codes_count_like_wrong_passwords() {
    let (t, code) = registered_with_code().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    for _ in 0..3 {
        prove(&t, &wrong(&code)).send().await.refusal();
    }
    assert_eq!(prove(&t, &code).send().await.refusal(), (403, 1198));
    let login = t.post("/identity/v2/auth/login").key().json(&json!({ "email": EMAIL, "password": GOOD_PASSWORD }));
    assert_eq!(login.send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn a_code_for_an_address_that_nobody_has_is_a_wrong_one() {
    let (t, code) = registered_with_code().await;
    let call = t.put("/identity/v2/auth/email").key().json(&json!({ "email": "nobody@example.com", "otp": code }));
    assert_eq!(call.send().await.refusal(), (403, 1188));
}

#[tokio::test]
async fn a_code_of_another_tenant_is_a_wrong_one() {
    let (t, code) = registered_with_code().await;
    let other = t.tenant("other").await;
    let email = json!([{ "Type": "Primary", "Value": EMAIL }]);
    t.user_at(&json!({ "Email": email, "EmailVerified": false }), |call| call.back_end_of(&other)).await;
    let body = json!({ "email": EMAIL, "otp": code });
    let call = t.put("/identity/v2/auth/email").query("apikey", &other.api_key).json(&body);
    assert_eq!(call.send().await.refusal(), (403, 1188));
    prove(&t, &code).send().await.ok();
}

#[tokio::test]
async fn proving_one_of_two_addresses_shows_the_other_as_unproved() {
    let t = Test::new().await;
    let body = json!({
        "Email": [{ "Type": "Primary", "Value": EMAIL }, { "Type": "Work", "Value": "ravi@work.example" }],
        "Password": GOOD_PASSWORD,
    });
    let profile = t.register(&body).await.ok()["Data"]["Profile"].clone();
    assert_eq!(profile["Email"].as_array().unwrap().len(), 2);
    t.run_jobs().await;
    let profile = open(&t).send().await.ok()["Data"]["Profile"].clone();
    assert_eq!(profile["Email"], json!([{ "Type": "Primary", "Value": EMAIL }]));
    assert_eq!(profile["UnverifiedEmail"], json!([{ "Type": "Work", "Value": "ravi@work.example" }]));
}

#[tokio::test]
async fn whether_somebody_has_an_address_is_told() {
    let t = Test::new().await;
    let user = t.user().await;
    let other = t.tenant("other").await;
    let ask =
        |key: &str, email: &str| t.get("/identity/v2/auth/email").query("apikey", key).query("email", email).send();
    assert_eq!(ask(&t.acme.api_key, &user.email.to_uppercase()).await.ok(), &json!({ "IsExist": true }));
    assert_eq!(ask(&t.acme.api_key, "nobody@example.com").await.ok(), &json!({ "IsExist": false }));
    assert_eq!(ask(&other.api_key, &user.email).await.ok(), &json!({ "IsExist": false }));
}
