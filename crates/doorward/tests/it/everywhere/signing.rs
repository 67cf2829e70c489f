//! Requests that the back end signs instead of sending its secret.

use crate::support::{Call, PUBLIC_URL, Test, User, race};
use aws_lc_rs::hmac;
use axum::http::Method;
use data_encoding::BASE64;
use doorward_model::keys::Keys;
use doorward_model::time::Span;
use serde_json::json;

const ACCOUNT: &str = "/identity/v2/manage/account";

/// `yyyy-MM-dd HH:mm:ss`, so long from now.
fn expires(t: &Test, span: Span) -> String {
    t.app.now().plus(span).to_plain()
}

fn encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02x}"),
    };
    text.bytes().map(encode).collect::<String>().to_lowercase()
}

/// The header of who signs this with the secret; the target is decoded as clients have it before they send it.
fn sign(secret: &str, expires: &str, target: &str, body: Option<&str>) -> String {
    let text = format!("{expires}:{}", encode(&format!("{PUBLIC_URL}{target}")));
    let text = body.map_or(text.clone(), |body| format!("{text}:{body}"));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("SHA-256={}", BASE64.encode(hmac::sign(&key, text.as_bytes()).as_ref()))
}

fn signed(call: Call, digest: &str, expires: &str) -> Call {
    call.header("digest", digest).header("x-request-expires", expires)
}

/// A signed reading of an account.
fn read(t: &Test, user: &User) -> Call {
    let target = format!("{ACCOUNT}/{}?apikey={}", user.uid, t.acme.api_key);
    let expires = expires(t, Span::minutes(5));
    signed(t.get(&target), &sign(&t.acme.api_secret, &expires, &target, None), &expires)
}

/// A signed change of an account.
fn rename(t: &Test, user: &User, name: &str) -> Call {
    let target = format!("{ACCOUNT}/{}?apikey={}", user.uid, t.acme.api_key);
    let (expires, body) = (expires(t, Span::minutes(5)), json!({ "FirstName": name }));
    let digest = sign(&t.acme.api_secret, &expires, &target, Some(&body.to_string()));
    signed(t.put(&target), &digest, &expires).json(&body)
}

/// The headers of [`read`] on a request that deletes.
fn as_delete(t: &Test, user: &User) -> Call {
    let target = format!("{ACCOUNT}/{}?apikey={}", user.uid, t.acme.api_key);
    let expires = expires(t, Span::minutes(5));
    signed(t.delete(&target), &sign(&t.acme.api_secret, &expires, &target, None), &expires)
}

async fn with_mode(mode: &str) -> (Test, User) {
    let t = Test::new().await;
    let user = t.user().await;
    t.set("ApiRequestSigningConfig.Mode", mode).await;
    t.set("ApiRequestSigningConfig.IsEnabled", "true").await;
    (t, user)
}

#[tokio::test]
async fn a_signature_stands_in_for_the_secret() {
    for mode in ["Strict", "Preferred"] {
        let (t, user) = with_mode(mode).await;
        read(&t, &user).send().await.ok();
        assert_eq!(rename(&t, &user, "Mina").send().await.ok()["FirstName"], "Mina");
    }
}

#[tokio::test]
async fn the_url_is_signed_as_it_was_sent_in_whatever_case() {
    let (t, user) = with_mode("Strict").await;
    let target = format!("/identity/V2/Manage/Account?apiKey={}&email={}", t.acme.api_key, user.email);
    let sent = target.replace('@', "%40");
    let expires = expires(&t, Span::minutes(5));
    let digest = sign(&t.acme.api_secret, &expires, &target, None);
    signed(t.get(&sent), &digest, &expires).send().await.ok();
    signed(t.get(&target), &digest, &expires).send().await.ok();
}

#[tokio::test]
async fn a_signature_is_not_looked_at_unless_the_tenant_says_so() {
    let t = Test::new().await;
    let user = t.user().await;
    assert_eq!(read(&t, &user).send().await.refusal(), (400, 923));
}

#[tokio::test]
async fn strict_asks_for_a_signature_and_preferred_for_either() {
    let (t, user) = with_mode("Strict").await;
    let plain = |t: &Test| t.get(&format!("{ACCOUNT}/{}", user.uid)).key();
    assert_eq!(plain(&t).secret().send().await.refusal(), (400, 1207));
    assert_eq!(plain(&t).send().await.refusal(), (400, 1207));
    t.set("ApiRequestSigningConfig.Mode", "Preferred").await;
    plain(&t).secret().send().await.ok();
    assert_eq!(plain(&t).send().await.refusal(), (400, 1209));
    assert_eq!(plain(&t).header("x-loginradius-apisecret", "wrong").send().await.refusal(), (400, 921));
}

#[tokio::test]
async fn a_wrong_signature_is_not_helped_by_the_right_secret() {
    let (t, user) = with_mode("Preferred").await;
    let target = format!("{ACCOUNT}/{}?apikey={}", user.uid, t.acme.api_key);
    let expires = expires(&t, Span::minutes(5));
    let digest = sign("another secret", &expires, &target, None);
    assert_eq!(signed(t.get(&target), &digest, &expires).secret().send().await.refusal(), (403, 1208));
}

#[tokio::test]
async fn what_was_not_signed_is_refused() {
    let (t, user) = with_mode("Preferred").await;
    let target = format!("{ACCOUNT}/{}?apikey={}", user.uid, t.acme.api_key);
    let expires = expires(&t, Span::minutes(5));
    let (body, other) = (json!({ "FirstName": "Mina" }), json!({ "FirstName": "Mallory" }));
    let digest = sign(&t.acme.api_secret, &expires, &target, Some(&body.to_string()));
    let call = |target: &str| signed(t.put(target), &digest, &expires);
    assert_eq!(call(&target).json(&other).send().await.refusal(), (403, 1208));
    assert_eq!(call(&target).send().await.refusal(), (403, 1208));
    assert_eq!(call(&format!("{target}&nullsupport=true")).json(&body).send().await.refusal(), (403, 1208));
    let neighbour = t.user().await;
    assert_eq!(call(&target.replace(&user.uid, &neighbour.uid)).json(&body).send().await.refusal(), (403, 1208));
    call(&target).json(&body).send().await.ok();
}

#[tokio::test]
async fn another_tenants_secret_signs_nothing() {
    let (t, user) = with_mode("Strict").await;
    let other = t.tenant("other").await;
    let target = format!("{ACCOUNT}/{}?apikey={}", user.uid, t.acme.api_key);
    let expires = expires(&t, Span::minutes(5));
    let digest = sign(&other.api_secret, &expires, &target, None);
    assert_eq!(signed(t.get(&target), &digest, &expires).send().await.refusal(), (403, 1208));
}

#[tokio::test]
async fn an_expiry_that_is_missing_unreadable_past_or_far_ahead_is_told_apart() {
    let (t, user) = with_mode("Strict").await;
    let target = format!("{ACCOUNT}/{}?apikey={}", user.uid, t.acme.api_key);
    let with = |expires: &str| {
        let digest = sign(&t.acme.api_secret, expires, &target, None);
        signed(t.get(&target), &digest, expires).send()
    };
    let digest = sign(&t.acme.api_secret, "", &target, None);
    assert_eq!(t.get(&target).header("digest", &digest).send().await.refusal(), (400, 1210));
    assert_eq!(with("tomorrow").await.refusal(), (400, 1211));
    assert_eq!(with(&expires(&t, Span(0))).await.refusal(), (403, 1212));
    assert_eq!(with(&expires(&t, Span::seconds(301))).await.refusal(), (403, 1212));
    with(&expires(&t, Span::minutes(5))).await.ok();
    with(&expires(&t, Span::seconds(1))).await.ok();
}

#[tokio::test]
async fn a_tenant_says_how_far_ahead_a_signed_request_may_expire() {
    let (t, user) = with_mode("Strict").await;
    let target = format!("{ACCOUNT}/{}?apikey={}", user.uid, t.acme.api_key);
    let with = |span: Span| {
        let expires = expires(&t, span);
        signed(t.get(&target), &sign(&t.acme.api_secret, &expires, &target, None), &expires).send()
    };
    t.set("ApiRequestSigningConfig.LongestMinutes", "65").await;
    with(Span::minutes(65)).await.ok();
    assert_eq!(with(Span::minutes(66)).await.refusal(), (403, 1212));
    t.set("ApiRequestSigningConfig.LongestMinutes", "1").await;
    assert_eq!(with(Span::seconds(61)).await.refusal(), (403, 1212));
    with(Span::seconds(60)).await.ok();
}

#[tokio::test]
async fn a_signature_ends() {
    let (t, user) = with_mode("Strict").await;
    let call = read(&t, &user);
    t.clock.advance(Span::minutes(5));
    assert_eq!(call.send().await.refusal(), (403, 1212));
}

#[tokio::test]
async fn a_request_that_changes_something_is_carried_out_once_and_a_reading_as_often_as_it_comes() {
    let (t, user) = with_mode("Strict").await;
    let (change, reading) = (rename(&t, &user, "Mina"), read(&t, &user));
    change.clone().send().await.ok();
    rename(&t, &user, "Asha").send().await.ok();
    assert_eq!(change.send().await.refusal(), (403, 1208));
    for _ in 0..2 {
        assert_eq!(reading.clone().send().await.ok()["FirstName"], "Asha");
    }
}

#[tokio::test]
async fn a_signature_is_good_for_the_method_it_came_with_first_and_for_no_other() {
    let (t, user) = with_mode("Strict").await;
    let target = format!("{ACCOUNT}/{}?apikey={}", user.uid, t.acme.api_key);
    let expires = expires(&t, Span::minutes(5));
    let digest = sign(&t.acme.api_secret, &expires, &target, None);
    signed(t.get(&target), &digest, &expires).send().await.ok();
    for method in [Method::DELETE, Method::PUT, Method::HEAD] {
        let reply = signed(t.call(method, &target), &digest, &expires).send().await;
        assert_eq!(reply.status, 403, "{}", reply.text);
    }
    signed(t.get(&target), &digest, &expires).send().await.ok();
}

#[tokio::test]
async fn a_signed_get_that_hands_something_out_is_carried_out_once() {
    let (t, user) = with_mode("Strict").await;
    for target in [
        format!("{ACCOUNT}/access_token?uid={}&apikey={}", user.uid, t.acme.api_key),
        format!("{ACCOUNT}/sott?apikey={}", t.acme.api_key),
    ] {
        let expires = expires(&t, Span::minutes(5));
        let digest = sign(&t.acme.api_secret, &expires, &target, None);
        signed(t.get(&target), &digest, &expires).send().await.ok();
        assert_eq!(signed(t.get(&target), &digest, &expires).send().await.refusal(), (403, 1208), "{target}");
    }
}

#[tokio::test]
async fn a_signature_stays_used_when_the_master_key_is_replaced() {
    let (mut t, user) = with_mode("Strict").await;
    let (change, reading) = (rename(&t, &user, "Mina"), read(&t, &user));
    change.send().await.ok();
    reading.send().await.ok();
    t.restart(|setup| setup.keys = Keys::derive(&[8; 32], &[[7; 32]])).await;
    // The clock stands still: the same requests again, to the letter.
    assert_eq!(rename(&t, &user, "Mina").send().await.refusal(), (403, 1208));
    assert_eq!(as_delete(&t, &user).send().await.refusal(), (403, 1208));
    read(&t, &user).send().await.ok();
}

#[tokio::test]
async fn a_signed_change_is_carried_out_once_however_many_send_it() {
    let (t, user) = with_mode("Preferred").await;
    let change = rename(&t, &user, "Mina");
    let replies = race((0..8).map(|_| change.clone())).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().filter(|reply| reply.status != 200).all(|reply| reply.refusal() == (403, 1208)));
}

#[tokio::test]
async fn the_body_is_signed_byte_for_byte() {
    let (t, user) = with_mode("Strict").await;
    let target = format!("{ACCOUNT}/{}?apikey={}", user.uid, t.acme.api_key);
    let (expires, body) = (expires(&t, Span::minutes(5)), "{ \"FirstName\": \"Mina\" }\r\n");
    let digest = sign(&t.acme.api_secret, &expires, &target, Some(body));
    let call = |body: &'static str| signed(t.put(&target), &digest, &expires).body(body);
    assert_eq!(call(body.trim()).send().await.refusal(), (403, 1208));
    assert_eq!(call(body).send().await.ok()["FirstName"], "Mina");
}

#[tokio::test]
async fn two_signatures_are_none() {
    let (t, user) = with_mode("Preferred").await;
    let call = read(&t, &user).header("digest", "SHA-256=AAAA");
    assert_eq!(call.send().await.refusal(), (403, 1208));
}
