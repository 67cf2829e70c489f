//! Each way in which an answer can be wrong, by itself.

use super::{add, asked, begin_add, enrolled, finish_add, finish_login, with_passkeys};
use crate::support::authenticator::{Answer, Authenticator, BACKED_UP, BACKUP_ELIGIBLE, PRESENT, VERIFIED};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

type Fault = (&'static str, fn(&mut Answer));
type Tampering = (&'static str, fn(&mut Value));

/// What is wrong with both, new passkeys and signatures.
const COMMON: [Fault; 14] = [
    ("another origin", |answer| answer.origin = "https://evil.test".into()),
    ("an origin that only ends alike", |answer| answer.origin = "https://badacme.test".into()),
    ("a listed origin as prefix", |answer| answer.origin = "https://login.acme.test.evil.test".into()),
    ("the origin without TLS", |answer| answer.origin = "http://login.acme.test".into()),
    ("a subdomain", |answer| answer.origin = "https://x.login.acme.test".into()),
    ("another port", |answer| answer.origin = "https://login.acme.test:8443".into()),
    ("an origin with a path", |answer| answer.origin = "https://login.acme.test/".into()),
    ("an opaque origin", |answer| answer.origin = "null".into()),
    ("inside another site", |answer| answer.cross_origin = Some(true)),
    ("another domain", |answer| answer.rp_id = "evil.test".into()),
    ("a domain below", |answer| answer.rp_id = "login.acme.test".into()),
    ("nobody present", |answer| answer.flags = VERIFIED),
    ("another challenge", |answer| answer.challenge = BASE64URL_NOPAD.encode(&[7; 32])),
    ("backed up, but not eligible", |answer| answer.flags = PRESENT | VERIFIED | BACKED_UP),
];

#[tokio::test]
async fn every_forged_signature_is_refused() {
    let (t, user, mut authenticator) = enrolled().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    let own: [Fault; 3] = [
        ("made, not signed", |answer| answer.kind = "webauthn.create".into()),
        ("an eligibility that changed", |answer| answer.flags = PRESENT | VERIFIED | BACKUP_ELIGIBLE),
        ("no challenge", |answer| answer.challenge = String::new()),
    ];
    for (what, change) in COMMON.into_iter().chain(own) {
        let options = asked(&t, &user).await;
        let reply = finish_login(&t, &authenticator.sign(&options, change)).send().await;
        assert_eq!(reply.refusal(), (403, 1321), "{what}");
    }
    // The passkey itself took no harm.
    let options = asked(&t, &user).await;
    finish_login(&t, &authenticator.answer(&options)).send().await.ok();
}

#[tokio::test]
async fn every_forged_passkey_is_refused() {
    let t = with_passkeys().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    let own: [Fault; 3] = [
        ("signed, not made", |answer| answer.kind = "webauthn.get".into()),
        ("EdDSA by its number", |answer| answer.algorithm = 0x27),
        ("no challenge", |answer| answer.challenge = String::new()),
    ];
    for (what, change) in COMMON.into_iter().chain(own) {
        let (_, credential) = Authenticator::create(&begin_add(&t, &tokens).await, change);
        let reply = finish_add(&t, &tokens, &credential).send().await;
        assert_eq!(reply.refusal(), (403, 1321), "{what}: {}", reply.text);
    }
    let (_, credential) = Authenticator::create(&begin_add(&t, &tokens).await, |_| {});
    finish_add(&t, &tokens, &credential).send().await.ok();
    t.run_jobs().await;
}

#[tokio::test]
async fn what_stands_outside_the_signature_is_judged_too() {
    let (t, user, mut authenticator) = enrolled().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "100").await;
    let stranger = t.user().await;
    let mut strangers = add(&t, &stranger).await;
    let options = asked(&t, &user).await;
    let foreign = strangers.answer(&options);
    assert_eq!(finish_login(&t, &foreign).send().await.refusal(), (403, 1321), "the passkey of somebody else");

    let faults: [Tampering; 4] = [
        ("another type", |credential| credential["type"] = json!("password")),
        ("another id", |credential| credential["id"] = json!("AAAA")),
        ("somebody else's handle", |credential| credential["response"]["userHandle"] = json!("c29tZWJvZHk")),
        ("another signature", |credential| {
            let signature = credential["response"]["signature"].as_str().unwrap().to_owned();
            let mut bytes = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            credential["response"]["signature"] = json!(BASE64URL_NOPAD.encode(&bytes));
        }),
    ];
    for (what, change) in faults {
        let mut credential = authenticator.answer(&asked(&t, &user).await);
        change(&mut credential);
        assert_eq!(finish_login(&t, &credential).send().await.refusal(), (403, 1321), "{what}");
    }
    let mut unknown = authenticator.answer(&asked(&t, &user).await);
    unknown["id"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    unknown["rawId"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(finish_login(&t, &unknown).send().await.refusal(), (403, 1321), "nobody's passkey");
}

#[tokio::test]
async fn a_count_that_stands_still_or_goes_back_is_refused() {
    let (t, user, mut authenticator) = enrolled().await;
    let ahead = authenticator.sign(&asked(&t, &user).await, |answer| answer.counter = 10);
    finish_login(&t, &ahead).send().await.ok();
    for counter in [10, 9, 0] {
        let back = authenticator.sign(&asked(&t, &user).await, |answer| answer.counter = counter);
        assert_eq!(finish_login(&t, &back).send().await.refusal(), (403, 1321), "{counter}");
    }
    let on = authenticator.sign(&asked(&t, &user).await, |answer| answer.counter = 11);
    finish_login(&t, &on).send().await.ok();
}

#[tokio::test]
async fn an_authenticator_that_does_not_count_signs_in_again_and_again() {
    let (t, user, mut authenticator) = enrolled().await;
    for _ in 0..3 {
        let uncounted = authenticator.sign(&asked(&t, &user).await, |answer| answer.counter = 0);
        finish_login(&t, &uncounted).send().await.ok();
    }
}

#[tokio::test]
async fn nobody_gets_a_passkey_that_another_account_has() {
    let (t, _, authenticator) = enrolled().await;
    let thief = t.user().await;
    let tokens = t.login(&thief).await;
    let credential = authenticator.attest(&begin_add(&t, &tokens).await, |_| {});
    assert_eq!(finish_add(&t, &tokens, &credential).send().await.refusal(), (403, 1321));
}

#[tokio::test]
async fn nobody_answers_what_another_account_was_asked() {
    let (t, user, _) = enrolled().await;
    let (own, other) = (t.login(&user).await, t.user().await);
    let options = begin_add(&t, &own).await;
    let (_, credential) = Authenticator::create(&options, |_| {});
    let tokens = t.login(&other).await;
    assert_eq!(finish_add(&t, &tokens, &credential).send().await.refusal(), (403, 1321));
}
