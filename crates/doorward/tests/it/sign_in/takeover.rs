//! People who move in when they sign in.

use crate::configuration::password_policy::account;
use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Test, User, race, serve};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Json, Router};
use doorward::config::Settings;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const UID: &str = "8a5d6c1e2f3b4a7990aabbccddeeff00";
const EMAIL: &str = "mira@example.com";

/// The vendor on loopback: it knows Mira, whose password is [`GOOD_PASSWORD`], and remembers what it was asked.
#[derive(Clone, Default)]
struct Vendor(Arc<Mutex<Vec<Value>>>);

impl Vendor {
    fn asked(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    fn answer(&self, body: Value, profile: Value) -> (StatusCode, Json<Value>) {
        let is_right = body["email"] == EMAIL && body["password"] == GOOD_PASSWORD;
        self.0.lock().unwrap().push(body);
        if is_right {
            let token = "0b6f0f4e-4b7a-4c39-8c3f-6a8e2ac0a001";
            return (StatusCode::OK, Json(json!({ "Profile": profile, "access_token": token })));
        }
        (StatusCode::UNAUTHORIZED, Json(json!({ "ErrorCode": 966 })))
    }
}

fn mira() -> Value {
    json!({
        "Uid": UID,
        "FirstName": "Mira",
        "LastName": null,
        "Email": [{ "Type": "Primary", "Value": EMAIL }],
        "EmailVerified": true,
        "PhoneId": null,
        "CustomFields": { "tier": "gold" },
        "CreatedDate": "2019-03-04T05:06:07Z",
        "Password": "********",
        "IsActive": true
    })
}

/// A product whose people come from the vendor, where Mira has this profile.
async fn with_profile(profile: Value) -> (Test, Vendor) {
    let vendor = Vendor::default();
    let answer =
        move |State(vendor): State<Vendor>, Json(body): Json<Value>| async move { vendor.answer(body, profile) };
    let route = Router::new().route("/identity/v2/auth/login", axum::routing::post(answer));
    let address = serve(route.with_state(vendor.clone())).await;
    (moving_from(&address).await, vendor)
}

async fn moving_from(address: &str) -> Test {
    let mut t = Test::new().await;
    let home = doorward::outside::real(&Settings::default()).unwrap().former_home;
    t.restart(|setup| setup.outside.former_home = home).await;
    t.set("loginMigration", &json!({ "url": address, "apiKey": "vendor-key" }).to_string()).await;
    t
}

fn login(t: &Test, email: &str, password: &str) -> Call {
    t.post("/identity/v2/auth/login").key().json(&json!({ "email": email, "password": password }))
}

fn here(t: &Test, uid: &str) -> Call {
    t.get(&format!("/identity/v2/manage/account/{uid}")).back_end()
}

#[tokio::test]
async fn the_first_login_brings_the_account_and_the_next_asks_nobody() {
    let (t, vendor) = with_profile(mira()).await;
    let reply = login(&t, EMAIL, GOOD_PASSWORD).send().await;
    let profile = &reply.ok()["Profile"];
    for (name, value) in [
        ("Uid", json!(UID)),
        ("FirstName", json!("Mira")),
        ("EmailVerified", json!(true)),
        ("CreatedDate", json!("2019-03-04T05:06:07Z")),
        ("CustomFields", json!({ "tier": "gold" })),
        ("IsSecurePassword", json!(true)),
    ] {
        assert_eq!(profile[name], value, "{name}");
    }
    assert_eq!(vendor.0.lock().unwrap()[0], json!({ "email": EMAIL, "password": GOOD_PASSWORD }));
    login(&t, EMAIL, GOOD_PASSWORD).send().await.ok();
    assert_eq!(login(&t, EMAIL, OTHER_PASSWORD).send().await.refusal(), (401, 966));
    assert_eq!(vendor.asked(), 1);
}

#[tokio::test]
async fn a_wrong_password_there_is_a_wrong_password_here() {
    let (t, vendor) = with_profile(mira()).await;
    let known = t.user().await;
    let ordinary = t.login_call(&known, OTHER_PASSWORD).send().await;
    for email in [EMAIL, "nobody@example.com"] {
        let reply = login(&t, email, OTHER_PASSWORD).send().await;
        assert_eq!(reply.refusal(), (401, 966));
        assert_eq!(reply.text, ordinary.text);
    }
    assert_eq!(vendor.asked(), 2, "somebody known here is never looked for there");
    assert_eq!(here(&t, UID).send().await.refusal().1, 984);
}

#[tokio::test]
async fn an_outage_there_is_a_wrong_password_here() {
    for status in [StatusCode::BAD_GATEWAY, StatusCode::TEMPORARY_REDIRECT] {
        let address = serve(Router::new().fallback(move || async move { (status, [("location", "/")]) })).await;
        let t = moving_from(&address).await;
        assert_eq!(login(&t, EMAIL, GOOD_PASSWORD).send().await.refusal(), (401, 966), "{status}");
    }
}

#[tokio::test]
async fn nobody_guesses_there_through_us() {
    for kind in ["Suspend", "Block", "None"] {
        let (t, vendor) = with_profile(mira()).await;
        t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
        t.set("LoginLockedConfiguration.LoginLockedType", kind).await;
        race((0..12).map(|guess| login(&t, EMAIL, &format!("guess number {guess}")))).await;
        for guess in 12..20 {
            login(&t, EMAIL, &format!("guess number {guess}")).send().await.refusal();
        }
        assert_eq!(vendor.asked(), 3, "{kind}");
    }
}

#[tokio::test]
async fn a_right_password_after_wrong_ones_starts_anew() {
    let (t, vendor) = with_profile(mira()).await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").await;
    login(&t, EMAIL, OTHER_PASSWORD).send().await.refusal();
    login(&t, EMAIL, OTHER_PASSWORD).send().await.refusal();
    login(&t, EMAIL, GOOD_PASSWORD).send().await.ok();
    login(&t, EMAIL, OTHER_PASSWORD).send().await.refusal();
    login(&t, EMAIL, GOOD_PASSWORD).send().await.ok();
    assert_eq!(vendor.asked(), 3);
}

#[tokio::test]
async fn first_logins_that_race_make_one_account() {
    let (t, _) = with_profile(mira()).await;
    for reply in race((0..6).map(|_| login(&t, EMAIL, GOOD_PASSWORD))).await {
        assert_eq!(reply.ok()["Profile"]["Uid"], UID);
    }
}

#[tokio::test]
async fn an_account_that_was_deleted_here_does_not_come_back() {
    let (t, vendor) = with_profile(mira()).await;
    login(&t, EMAIL, GOOD_PASSWORD).send().await.ok();
    t.delete(&format!("/identity/v2/manage/account/{UID}")).back_end().send().await.ok();
    assert_eq!(login(&t, EMAIL, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    assert_eq!(vendor.asked(), 2);
    assert_eq!(here(&t, UID).send().await.refusal().1, 984);
}

#[tokio::test]
async fn nor_does_one_that_was_deleted_under_another_uid() {
    let (t, _) = with_profile(mira()).await;
    login(&t, EMAIL, GOOD_PASSWORD).send().await.ok();
    let rename = t.put("/identity/v2/manage/account/uid").back_end().query("uid", UID);
    rename.json(&json!({ "NewUid": "mira" })).send().await.ok();
    t.delete("/identity/v2/manage/account/mira").back_end().send().await.ok();
    assert_eq!(login(&t, EMAIL, GOOD_PASSWORD).send().await.refusal(), (401, 966));
}

#[tokio::test]
async fn a_profile_that_does_not_hold_the_identifier_is_not_taken_over() {
    let mut profile = mira();
    profile["Email"][0]["Value"] = json!("another@example.com");
    let (t, _) = with_profile(profile).await;
    assert_eq!(login(&t, EMAIL, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    assert_eq!(here(&t, UID).send().await.refusal().1, 984);
}

#[tokio::test]
async fn nobody_here_loses_anything_to_somebody_who_moves_in() {
    let mut profile = mira();
    profile["PhoneId"] = json!("+919812345678");
    let (t, _) = with_profile(profile).await;
    let holder: User = t.user_with(&json!({ "PhoneId": "+919812345678" })).await;
    assert_eq!(login(&t, EMAIL, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    assert_eq!(account(&t, &holder).await["PhoneId"], "+919812345678");
    assert_eq!(here(&t, UID).send().await.refusal().1, 984);
}

#[tokio::test]
async fn an_address_that_is_unproved_there_has_to_be_proved_here() {
    let mut profile = mira();
    profile["EmailVerified"] = json!(false);
    let (t, _) = with_profile(profile).await;
    t.set("EmailVerificationFlow", "required").await;
    assert_eq!(login(&t, EMAIL, GOOD_PASSWORD).send().await.refusal(), (403, 970));
    t.run_jobs().await;
    assert_eq!(t.outbox()[0].template, "verify-email");
}

#[tokio::test]
async fn another_tenants_people_come_from_nowhere() {
    let (t, vendor) = with_profile(mira()).await;
    let other = t.tenant("other").await;
    let body = json!({ "email": EMAIL, "password": GOOD_PASSWORD });
    let there = t.post("/identity/v2/auth/login").query("apikey", &other.api_key).json(&body);
    assert_eq!(there.send().await.refusal(), (401, 966));
    assert_eq!(vendor.asked(), 0);
}

#[tokio::test]
async fn somebody_known_and_somebody_unknown_cost_the_same_hashes() {
    let (mut t, _) = with_profile(mira()).await;
    t.restart(|setup| setup.hashing = doorward_flows::app::hashing::HashPool::start(std::num::NonZeroUsize::MIN, 16))
        .await;
    let known = t.user().await;
    let mut spent = Vec::new();
    for call in [t.login_call(&known, OTHER_PASSWORD), login(&t, EMAIL, OTHER_PASSWORD)] {
        let before = t.app.hashing.runs();
        call.send().await.refusal();
        spent.push(t.app.hashing.runs() - before);
    }
    assert_eq!(spent, [1, 1]);
}
