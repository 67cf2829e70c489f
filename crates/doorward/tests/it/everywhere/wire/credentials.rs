//! Where clients put their credentials.

use crate::support::{Call, Test};
use axum::http::Method;
use doorward_model::keys::Purpose;
use doorward_store::tenants;
use serde_json::json;

const SERVER_INFO: &str = "/identity/v2/serverinfo";
const SOTT: &str = "/identity/v2/manage/account/sott";
const PROFILE: &str = "/identity/v2/auth/account";

#[tokio::test]
async fn the_key_is_found_in_each_place() {
    let t = Test::new().await;
    let key = &t.acme.api_key;
    for call in [
        t.get(SERVER_INFO).query("apikey", key),
        t.get(SERVER_INFO).query("apiKey", key),
        t.get(SERVER_INFO).query("client_id", key),
        t.get(SERVER_INFO).header("X-LoginRadius-ApiKey", key),
        t.get(SERVER_INFO).header("x-loginradius-apikey", key),
        t.get(SERVER_INFO).query("apikey", key).header("X-LoginRadius-apiKey", key),
        t.get(SERVER_INFO).query("apikey", "").header("X-LoginRadius-apiKey", key),
        t.get(SERVER_INFO).query("apikey", &key.to_uppercase()),
    ] {
        call.send().await.ok();
    }
}

#[tokio::test]
async fn two_different_keys_are_no_key() {
    let t = Test::new().await;
    let other = t.tenant("other").await;
    let call = t.get(SERVER_INFO).key().header("X-LoginRadius-ApiKey", &other.api_key);
    assert_eq!(call.send().await.refusal(), (403, 901));
    let call = t.get(SERVER_INFO).key().query("client_id", &other.api_key);
    assert_eq!(call.send().await.refusal(), (403, 901));
}

#[tokio::test]
async fn the_short_names_belong_to_the_older_paths_alone() {
    let t = Test::new().await;
    assert_eq!(t.get(SERVER_INFO).query("key", &t.acme.api_key).send().await.refusal(), (400, 908));
    assert_eq!(t.get(SOTT).key().query("secret", &t.acme.api_secret).send().await.refusal(), (400, 923));
}

#[tokio::test]
async fn the_secret_is_found_in_each_place() {
    let t = Test::new().await;
    let secret = &t.acme.api_secret;
    for call in [
        t.get(SOTT).key().query("apisecret", secret),
        t.get(SOTT).key().query("apiSecret", secret),
        t.get(SOTT).key().query("client_secret", secret),
        t.get(SOTT).key().header("X-LoginRadius-ApiSecret", secret),
        t.get(SOTT).key().header("x-loginradius-apiSecret", secret).query("apisecret", secret),
        t.get(SOTT).header("X-LoginRadius-ApiKey", &t.acme.api_key).header("X-LoginRadius-ApiSecret", secret),
    ] {
        call.send().await.ok();
    }
    let call = t.get(SOTT).key().query("apisecret", secret).header("X-LoginRadius-ApiSecret", "another");
    assert_eq!(call.send().await.refusal(), (401, 902));
}

#[tokio::test]
async fn a_secret_that_is_kept_under_its_tenant_is_found_beside_the_key() {
    let t = Test::new().await;
    let (id, now) = (t.acme.id.clone(), t.app.now());
    let kept = t.app.keys.digest(Purpose::ApiSecret, &id, "from an earlier version");
    t.app.write(move |tx| Ok(tenants::add_secret(tx, &id, &kept, b"", now)?)).await.unwrap();
    let path = format!("/identity/v2/manage/account/{}", t.user().await.uid);
    t.get(&path).key().header("x-loginradius-apisecret", "from an earlier version").send().await.ok();
    let other = t.tenant("other").await;
    let foreign = t.get(&path).query("apikey", &other.api_key);
    let foreign = foreign.header("x-loginradius-apisecret", "from an earlier version");
    assert_eq!(foreign.send().await.refusal(), (400, 921));
}

#[tokio::test]
async fn the_access_token_is_found_in_each_place() {
    let t = Test::new().await;
    let token = t.login(&t.user().await).await.access;
    let profile = |change: &dyn Fn(Call) -> Call| change(t.get(PROFILE).key()).send();
    profile(&|call| call.token(&token)).await.ok();
    profile(&|call| call.header("Authorization", &format!("bearer  {token} "))).await.ok();
    profile(&|call| call.query("access_token", &token)).await.ok();
    profile(&|call| call.query("Access_Token", &token)).await.ok();
    profile(&|call| call.query("access_token", &token).token(&token)).await.ok();
    profile(&|call| call.query("access_token", "").token(&token)).await.ok();
}

#[tokio::test]
async fn the_access_token_is_found_in_the_body() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "PhoneIdVerified": false })).await;
    let token = t.login(&user).await.access;
    let call = t.post("/identity/v2/auth/phone/otp").key().json(&json!({ "Access_Token": token }));
    call.send().await.ok();
    assert_eq!(t.code_for(&user.phone).await.len(), 6);
}

#[tokio::test]
async fn two_different_access_tokens_are_905() {
    let t = Test::new().await;
    let user = t.user().await;
    let (one, two) = (t.login(&user).await.access, t.login(&user).await.access);
    let call = t.get(PROFILE).key().token(&one).query("access_token", &two);
    assert_eq!(call.send().await.refusal(), (403, 905));
}

#[tokio::test]
async fn another_kind_of_authorization_is_no_token() {
    let t = Test::new().await;
    for value in ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "token"] {
        assert_eq!(t.get(PROFILE).key().header("authorization", value).send().await.refusal(), (400, 908), "{value}");
    }
}

#[tokio::test]
async fn credentials_that_clients_leak_do_not_hinder_a_login() {
    let t = Test::new().await;
    let user = t.user().await;
    let call = t.login_call(&user, &user.password).header("X-LoginRadius-ApiSecret", "leaked").token("leaked");
    call.header("X-LoginRadius-Sott", "leaked").query("apisecret", "other").send().await.ok();
}

#[tokio::test]
async fn the_registration_token_is_found_in_header_and_query() {
    let t = Test::new().await;
    let sott = t.sott().await;
    for (number, in_header) in [(1, true), (2, false)] {
        let body = json!({ "UserName": format!("person{number}"), "Password": crate::support::GOOD_PASSWORD });
        let call = t.post("/identity/v2/auth/register").key().json(&body);
        let call = if in_header { call.header("X-LoginRadius-Sott", &sott) } else { call.query("Sott", &sott) };
        call.send().await.ok();
    }
}

#[tokio::test]
async fn a_token_opens_nothing_under_another_tenants_key() {
    let t = Test::new().await;
    let other = t.tenant("other").await;
    let token = t.login(&t.user().await).await.access;
    let call = t.call(Method::GET, PROFILE).query("apikey", &other.api_key).token(&token);
    assert_eq!(call.send().await.refusal(), (403, 905));
}
