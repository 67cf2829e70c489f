//! Lost passkeys.

use super::{asked, creation, enrolled, finish_login};
use crate::support::authenticator::Authenticator;
use crate::support::{Call, Test, race};
use doorward_model::time::Span;
use serde_json::{Value, json};

fn forgot(t: &Test, email: &str) -> Call {
    t.post("/identity/v2/auth/passkey/forgot").key().json(&json!({ "email": email }))
}

/// The token in the link that was sent to this address.
async fn token(t: &Test, email: &str) -> String {
    forgot(t, email).send().await.ok();
    t.run_jobs().await;
    let sent = t.outbox().into_iter().rev().find(|message| message.to == email && message.template == "reset-passkey");
    let link = sent.and_then(|message| message.link).expect("a link was sent");
    link.split("vtoken=").nth(1).unwrap().to_owned()
}

fn begin(t: &Test, token: &str) -> Call {
    t.get("/identity/v2/auth/passkey/reset/begin").key().query("vtoken", token)
}

fn finish(t: &Test, token: &str, credential: &Value) -> Call {
    let call = t.post("/identity/v2/auth/passkey/reset/finish").key().query("vtoken", token);
    call.json(credential)
}

#[tokio::test]
async fn the_link_puts_a_new_passkey_in_place_of_the_lost_ones() {
    let (t, user, mut lost) = enrolled().await;
    let session = t.login(&user).await;
    let token = token(&t, &user.email).await;
    let (mut new, credential) = Authenticator::create(&creation(&begin(&t, &token).send().await), |_| {});
    assert_eq!(finish(&t, &token, &credential).send().await.ok(), &json!({ "IsPosted": true }));
    t.run_jobs().await;
    assert!(t.outbox().iter().any(|message| message.to == user.email && message.template == "sign-in-changed"));
    assert_eq!(t.profile_call(&session).send().await.refusal().0, 403, "forced logout");
    let options = asked(&t, &user).await;
    finish_login(&t, &new.answer(&options)).send().await.ok();
    let options = asked(&t, &user).await;
    assert_eq!(finish_login(&t, &lost.answer(&options)).send().await.refusal(), (403, 1321));
    assert_eq!(begin(&t, &token).send().await.refusal(), (403, 974));
}

#[tokio::test]
async fn the_link_works_once() {
    let (t, user, _) = enrolled().await;
    let token = token(&t, &user.email).await;
    let mut calls = Vec::new();
    for _ in 0..10 {
        let (_, credential) = Authenticator::create(&creation(&begin(&t, &token).send().await), |_| {});
        calls.push(finish(&t, &token, &credential));
    }
    let replies = race(calls).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    t.run_jobs().await;
}

#[tokio::test]
async fn a_forged_passkey_leaves_link_and_passkeys_as_they_were() {
    let (t, user, mut authenticator) = enrolled().await;
    let token = token(&t, &user.email).await;
    let options = creation(&begin(&t, &token).send().await);
    let (_, forged) = Authenticator::create(&options, |answer| answer.rp_id = "evil.test".to_owned());
    assert_eq!(finish(&t, &token, &forged).send().await.refusal(), (403, 1321));
    let options = asked(&t, &user).await;
    finish_login(&t, &authenticator.answer(&options)).send().await.ok();
    let (_, right) = Authenticator::create(&creation(&begin(&t, &token).send().await), |_| {});
    finish(&t, &token, &right).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn the_link_is_over_after_an_hour() {
    let (t, user, _) = enrolled().await;
    let token = token(&t, &user.email).await;
    t.clock.advance(Span::minutes(60));
    assert_eq!(begin(&t, &token).send().await.refusal(), (403, 975));
    assert_eq!(begin(&t, "00000000000000000000000000000000").send().await.refusal(), (403, 973));
    assert_eq!(begin(&t, "").send().await.refusal(), (400, 908));
}

#[tokio::test]
async fn nobody_learns_who_has_a_passkey() {
    let (t, user, _) = enrolled().await;
    let without = t.user().await;
    let unproved = t.user_with(&json!({ "EmailVerified": false })).await;
    let mut seen = Vec::new();
    for email in [&user.email, &without.email, &unproved.email, "nobody@example.com"] {
        let before = t.app.store.statements();
        let reply = forgot(&t, email).send().await;
        seen.push((reply.status, reply.text, t.app.store.statements() - before));
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    t.run_jobs().await;
    let sent = t.outbox().into_iter().filter(|message| message.template == "reset-passkey");
    assert_eq!(sent.map(|message| message.to).collect::<Vec<_>>(), [user.email]);
}

#[tokio::test]
async fn it_takes_a_captcha_where_a_forgotten_password_does() {
    let (t, user, _) = enrolled().await;
    t.set("OptionalRecaptchaConfiguration", r#"{"IsEnabled":true,"Apis":{"PostForgotPasswordByEmail":true}}"#).await;
    let sent = t.outbox().len();
    assert_eq!(forgot(&t, &user.email).send().await.refusal(), (403, 982));
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), sent);
}

#[tokio::test]
async fn the_page_is_one_of_the_tenants() {
    let (t, user, _) = enrolled().await;
    let call = forgot(&t, &user.email).query("resetpasskeyurl", "https://evil.test/reset");
    assert_eq!(call.send().await.refusal(), (403, 1329));
    t.set("domains", r#"["https://acme.test"]"#).await;
    forgot(&t, &user.email).query("resetpasskeyurl", "https://acme.test/reset").send().await.ok();
    t.run_jobs().await;
    let sent = t.outbox().into_iter().rev().find(|message| message.template == "reset-passkey").unwrap();
    assert!(sent.link.unwrap().starts_with("https://acme.test/reset?vtype=resetpasskey&"));
}
