//! A new master key while people are in the middle of something. `DOORWARD_TEST_ROTATE=1` runs everything else across
//! one as well.

use crate::credentials::mfa::{SECOND, challenged, enrolled, knock, verify};
use crate::sign_in::smart_login;
use crate::support::{GOOD_PASSWORD, OTHER_PASSWORD, Test, wrong};
use doorward_flows::worker;
use doorward_model::keys::Keys;
use doorward_model::time::Span;
use serde_json::json;

const OLD: [u8; 32] = [7; 32];
const NEW: [u8; 32] = [9; 32];

/// The key is replaced, and the one before it is held.
async fn rotate(t: &mut Test) {
    t.restart(|setup| setup.keys = Keys::derive(&NEW, &[OLD])).await;
}

/// The one before it is held no more.
async fn finish(t: &mut Test) {
    worker::sweep(&t.app).await.unwrap();
    t.restart(|setup| setup.keys = Keys::derive(&NEW, &[])).await;
}

#[tokio::test]
async fn a_login_that_waits_is_completed_by_the_code_that_was_sent_under_the_key_before() {
    let (mut t, user) = enrolled().await;
    let (token, code) = challenged(&t, &user).await;
    rotate(&mut t).await;
    assert_eq!(verify(&t, &token, &wrong(&code)).send().await.refusal(), (403, 1067));
    worker::sweep(&t.app).await.unwrap();
    verify(&t, &token, &code).send().await.ok();
}

#[tokio::test]
async fn the_second_phone_lasts_when_the_key_before_is_gone() {
    let (mut t, user) = enrolled().await;
    rotate(&mut t).await;
    finish(&mut t).await;
    let (token, code) = challenged(&t, &user).await;
    verify(&t, &token, &code).send().await.ok();
}

#[tokio::test]
async fn the_phone_that_was_the_first_factor_stays_known_as_such() {
    let (mut t, user) = enrolled().await;
    rotate(&mut t).await;
    // The same number resets the password and is the second phone of nobody else.
    let call = t.update_call(&user, &json!({ "PhoneId": SECOND, "PhoneIdVerified": true }));
    call.send().await.ok();
    t.ask_for_reset(SECOND).send().await.ok();
    let code = t.code_for(SECOND).await;
    let reply = t.reset_call(SECOND, &code, OTHER_PASSWORD).send().await;
    assert_eq!(*reply.ok(), json!({ "IsPosted": true }), "one phone is not both factors");
    t.leave_messages();
}

#[tokio::test]
async fn a_reset_code_and_a_count_of_wrong_ones_go_on() {
    let mut t = Test::new().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    for _ in 0..4 {
        assert_ne!(t.reset_call(&user.phone, &wrong(&code), OTHER_PASSWORD).send().await.status, 200);
    }
    rotate(&mut t).await;
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    t.run_jobs().await;
    assert_ne!(t.reset_call(&user.phone, &code, GOOD_PASSWORD).send().await.status, 200, "used is used");
}

#[tokio::test]
async fn what_was_sent_is_counted_on() {
    let mut t = Test::new().await;
    let user = t.user().await;
    for _ in 0..5 {
        t.ask_for_reset(&user.phone).send().await.ok();
    }
    t.run_jobs().await;
    let sent = t.outbox().len();
    rotate(&mut t).await;
    assert_eq!(
        t.ask_for_reset(&user.phone).send().await.refusal(),
        (403, 1123),
        "the sixth within a quarter of an hour"
    );
    t.run_jobs().await;
    assert_eq!(t.outbox().len(), sent);
}

#[tokio::test]
async fn a_device_that_waits_is_let_in_by_its_link() {
    let mut t = Test::new().await;
    t.set("smartLogin", "true").await;
    let user = t.user().await;
    let guid = smart_login::guid(1);
    smart_login::ask(&t, "email", &user.email, &guid).send().await.ok();
    let token = smart_login::token_for(&t, &user.email).await;
    rotate(&mut t).await;
    assert_ne!(smart_login::ask(&t, "email", &user.email, &guid).send().await.status, 200, "the GUID was used");
    smart_login::open(&t, &token).send().await.ok();
    smart_login::ping(&t, &guid).send().await.ok();
    assert_ne!(smart_login::open(&t, &token).send().await.status, 200, "the link was used");
}

#[tokio::test]
async fn a_registration_token_that_was_used_stays_used() {
    let mut t = Test::new().await;
    t.set("sott.singleUse", "true").await;
    let sott = t.sott().await;
    let body = |number: u8| json!({ "PhoneId": format!("+91987650000{number}"), "Password": GOOD_PASSWORD });
    let register = |t: &Test, number| {
        t.post("/identity/v2/auth/register").key().header("x-loginradius-sott", &sott).json(&body(number))
    };
    register(&t, 1).send().await.ok();
    rotate(&mut t).await;
    assert_eq!(register(&t, 2).send().await.refusal(), (403, 1049));
    t.leave_messages();
}

#[tokio::test]
async fn somebody_unknown_stays_locked() {
    let mut t = Test::new().await;
    let login = |t: &Test| {
        t.post("/identity/v2/auth/login").key().json(&json!({ "email": "nobody@example.com", "password": "no such" }))
    };
    while login(&t).send().await.json["ErrorCode"] != 1198 {}
    rotate(&mut t).await;
    assert_eq!(login(&t).send().await.json["ErrorCode"], 1198);
    t.clock.advance(Span::minutes(16));
    assert_ne!(login(&t).send().await.json["ErrorCode"], 1198);
}

#[tokio::test]
async fn sessions_and_the_back_ends_secret_outlast_it() {
    let mut t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    rotate(&mut t).await;
    t.profile_call(&tokens).send().await.ok();
    t.refresh_call(&tokens).send().await.ok();
    finish(&mut t).await;
    assert_eq!(t.user().await.phone.len(), user.phone.len(), "the secret is found under the new key alone");
    let sott = t.sott().await;
    assert!(!sott.is_empty());
}

#[tokio::test]
async fn after_the_sweep_the_database_belongs_to_the_new_key() {
    let (mut t, user) = enrolled().await;
    doorward_flows::app::installation::check_master_key(&t.app).await.unwrap();
    rotate(&mut t).await;
    finish(&mut t).await;
    doorward_flows::app::installation::check_master_key(&t.app).await.unwrap();
    assert!(!knock(&t, &user).await.is_empty());
    t.run_jobs().await;
    t.restart(|setup| setup.keys = Keys::derive(&OLD, &[])).await;
    assert!(
        doorward_flows::app::installation::check_master_key(&t.app).await.is_err(),
        "the key before opens nothing here"
    );
}
