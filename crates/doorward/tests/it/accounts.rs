//! Accounts in the hands of the back end: made, read, deleted.

mod details;
mod import;
mod multipurpose;
mod update;

use crate::support::{Call, GOOD_PASSWORD, Test};
use serde_json::{Value, json};

const ACCOUNT: &str = "/identity/v2/manage/account";

fn create(t: &Test, body: &Value) -> Call {
    t.post(ACCOUNT).back_end().json(body)
}

fn by_uid(t: &Test, uid: &str) -> Call {
    t.get(&format!("{ACCOUNT}/{uid}")).back_end()
}

fn emails(entries: &[(&str, &str)]) -> Value {
    entries.iter().map(|(kind, value)| json!({ "Type": kind, "Value": value })).collect()
}

#[tokio::test]
async fn an_account_is_made_with_what_the_back_end_says() {
    let t = Test::new().await;
    let body = json!({
        "Uid": "imported-0001",
        "Email": emails(&[("Primary", "Ravi@Example.com")]),
        "PhoneId": "+91 98765 43210",
        "UserName": "Ravi",
        "FirstName": "Ravi",
        "Password": GOOD_PASSWORD,
        "EmailVerified": true,
        "NoOfLogins": 41,
        "CreatedDate": "2020-02-03T04:05:06Z",
    });
    let profile = create(&t, &body).send().await.ok().clone();
    assert_eq!(profile["Uid"], "imported-0001");
    assert_eq!(profile["IsCustomUid"], true);
    assert_eq!(profile["Email"], json!([{ "Type": "Primary", "Value": "Ravi@example.com" }]));
    assert_eq!(profile["PhoneId"], "+919876543210");
    assert_eq!((&profile["EmailVerified"], &profile["PhoneIdVerified"]), (&json!(true), &json!(false)));
    assert_eq!((&profile["NoOfLogins"], &profile["IsActive"]), (&json!(41), &json!(true)));
    assert_eq!(profile["CreatedDate"], "2020-02-03T04:05:06Z");
    assert_eq!(profile["Password"], "********");
    assert_eq!(by_uid(&t, "imported-0001").send().await.ok(), &profile);
}

#[tokio::test]
async fn an_account_without_a_uid_gets_a_guid() {
    let t = Test::new().await;
    let (first, second) = (t.user().await, t.user().await);
    assert_eq!(first.profile["IsCustomUid"], false);
    assert_eq!(first.uid.len(), 36);
    assert_ne!(first.uid, second.uid);
}

#[tokio::test]
async fn making_an_account_sends_nothing() {
    let t = Test::new().await;
    t.user_with(&json!({ "EmailVerified": false, "PhoneIdVerified": false })).await;
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn a_uid_that_is_taken_or_unfit_is_refused() {
    let t = Test::new().await;
    let user = t.user().await;
    for uid in [user.uid.as_str(), "with space", &"x".repeat(65)] {
        let reply = create(&t, &json!({ "Uid": uid, "UserName": "ravi" })).send().await;
        assert_eq!(reply.refusal(), (403, 1200), "{uid}");
    }
    create(&t, &json!({ "Uid": "x".repeat(64), "UserName": "ravi" })).send().await.ok();
}

#[tokio::test]
async fn an_account_needs_an_identifier() {
    let t = Test::new().await;
    assert_eq!(create(&t, &json!({ "FirstName": "Ravi" })).send().await.refusal(), (400, 908));
    assert_eq!(create(&t, &json!({ "Email": [], "UserName": "" })).send().await.refusal(), (400, 908));
}

#[tokio::test]
async fn identifiers_that_are_malformed_are_refused() {
    let t = Test::new().await;
    let malformed = [
        (json!({ "Email": emails(&[("Primary", "ravi")]) }), (400, 1038)),
        (json!({ "Email": emails(&[("Primary", "a@b@example.com")]) }), (400, 1038)),
        (json!({ "PhoneId": "12" }), (400, 1096)),
        (json!({ "UserName": "two words" }), (403, 1204)),
        (json!({ "UserName": "ravi", "Email": "ravi@example.com" }), (400, 1090)),
    ];
    for (body, refusal) in malformed {
        assert_eq!(create(&t, &body).send().await.refusal(), refusal, "{body}");
    }
}

#[tokio::test]
async fn a_list_of_addresses_keeps_its_rules() {
    let t = Test::new().await;
    let list = |entries: &[(&str, &str)]| create(&t, &json!({ "Email": emails(entries) })).send();
    assert_eq!(list(&[("", "a@example.com")]).await.refusal(), (400, 1201));
    assert_eq!(list(&[("Primary", "a@example.com"), ("Work", "A@Example.com")]).await.refusal(), (400, 1202));
    assert_eq!(list(&[("Primary", "a@example.com"), ("primary", "b@example.com")]).await.refusal(), (400, 1203));
    list(&[("Primary", "a@example.com"), ("Work", "b@example.com"), ("Work", "c@example.com")]).await.ok();
}

#[tokio::test]
async fn a_taken_identifier_makes_no_account_and_takes_nothing() {
    let t = Test::new().await;
    let user = t.user().await;
    let free = json!({ "Uid": "new", "Email": emails(&[("Primary", "new@example.com")]), "PhoneId": "+919812345678", "UserName": "new" });
    let two = emails(&[("Primary", "new@example.com"), ("Work", &user.email)]);
    let taken = [
        (json!({ "Email": two }), 936),
        (json!({ "PhoneId": user.phone }), 1058),
        (json!({ "UserName": user.user_name }), 1017),
    ];
    for (change, code) in taken {
        let mut body = free.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(create(&t, &body).send().await.refusal(), (403, code));
        assert_eq!(by_uid(&t, "new").send().await.refusal(), (403, 984));
    }
    create(&t, &free).send().await.ok();
}

#[tokio::test]
async fn an_account_keeps_to_the_rules_for_passwords() {
    let t = Test::new().await;
    let with =
        |password: &str| create(&t, &json!({ "Uid": "new", "UserName": "gardener", "Password": password })).send();
    assert_eq!(with("seven 7").await.refusal(), (403, 1134));
    assert_eq!(with("Password1").await.refusal(), (403, 1216));
    assert_eq!(with("I am a gardener").await.refusal(), (403, 1216));
    assert_eq!(by_uid(&t, "new").send().await.refusal(), (403, 984));
}

#[tokio::test]
async fn an_account_is_found_by_every_identifier() {
    let t = Test::new().await;
    let user = t.user().await;
    for (name, value) in [("email", &user.email), ("phone", &user.phone), ("username", &user.user_name)] {
        let reply = t.get(ACCOUNT).back_end().query(name, &value.to_uppercase()).send().await;
        assert_eq!(reply.ok()["Uid"], user.uid.as_str(), "{name}");
    }
    assert_eq!(by_uid(&t, &user.uid).send().await.ok()["Email"][0]["Value"], user.email.as_str());
}

#[tokio::test]
async fn an_account_that_there_is_not_is_told_by_what_was_asked_for() {
    let t = Test::new().await;
    assert_eq!(by_uid(&t, "nobody").send().await.refusal(), (403, 984));
    for (name, value, code) in
        [("email", "no@example.com", 1023), ("phone", "+919812345678", 1043), ("username", "no", 1022)]
    {
        assert_eq!(t.get(ACCOUNT).back_end().query(name, value).send().await.refusal(), (403, code));
    }
    assert_eq!(t.get(ACCOUNT).back_end().send().await.refusal(), (400, 908));
    assert_eq!(
        t.put(&format!("{ACCOUNT}/nobody")).back_end().json(&json!({ "FirstName": "R" })).send().await.refusal(),
        (403, 984)
    );
    assert_eq!(t.delete(&format!("{ACCOUNT}/nobody")).back_end().send().await.refusal(), (403, 984));
    assert_eq!(t.delete(ACCOUNT).back_end().query("email", "no@example.com").send().await.refusal(), (403, 1023));
    assert_eq!(t.delete(ACCOUNT).back_end().send().await.refusal(), (400, 908));
}

#[tokio::test]
async fn a_deleted_account_is_gone_and_its_identifiers_are_free() {
    let t = Test::new().await;
    let user = t.user().await;
    let deleted = t.delete(&format!("{ACCOUNT}/{}", user.uid)).back_end().send().await;
    assert_eq!(deleted.ok(), &json!({ "IsDeleted": true, "RecordsDeleted": 1 }));
    assert_eq!(by_uid(&t, &user.uid).send().await.refusal(), (403, 984));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    let email = emails(&[("Primary", &user.email)]);
    let again = json!({ "Uid": user.uid, "Email": email, "PhoneId": user.phone, "UserName": user.user_name, "FirstName": null });
    let next = t.user_with(&again).await;
    assert_eq!(next.profile["FirstName"], Value::Null);
    assert_eq!(next.profile["NoOfLogins"], 0);
}

#[tokio::test]
async fn an_account_is_deleted_by_any_of_its_addresses() {
    let t = Test::new().await;
    let user =
        t.user_with(&json!({ "Email": emails(&[("Primary", "a@example.com"), ("Work", "b@example.com")]) })).await;
    t.delete(ACCOUNT).back_end().query("email", "B@example.com").send().await.ok();
    assert_eq!(by_uid(&t, &user.uid).send().await.refusal(), (403, 984));
}

#[tokio::test]
async fn deleting_an_account_leaves_all_others_alone() {
    let t = Test::new().await;
    let (user, other) = (t.user().await, t.user().await);
    let tokens = t.login(&other).await;
    t.delete(&format!("{ACCOUNT}/{}", user.uid)).back_end().send().await.ok();
    t.profile_call(&tokens).send().await.ok();
}

#[tokio::test]
async fn the_accounts_of_one_tenant_are_unknown_to_another() {
    let t = Test::new().await;
    let other = t.tenant("other").await;
    let user = t.user().await;
    let path = format!("{ACCOUNT}/{}", user.uid);
    let there = |call: Call| call.back_end_of(&other).send();
    assert_eq!(there(t.get(&path)).await.refusal(), (403, 984));
    assert_eq!(there(t.get(ACCOUNT).query("email", &user.email)).await.refusal(), (403, 1023));
    assert_eq!(there(t.get(ACCOUNT).query("phone", &user.phone)).await.refusal(), (403, 1043));
    assert_eq!(there(t.get(ACCOUNT).query("username", &user.user_name)).await.refusal(), (403, 1022));
    assert_eq!(there(t.put(&path).json(&json!({ "FirstName": "R" }))).await.refusal(), (403, 984));
    assert_eq!(there(t.delete(&path)).await.refusal(), (403, 984));
    assert_eq!(there(t.delete(ACCOUNT).query("email", &user.email)).await.refusal(), (403, 1023));
    assert_eq!(by_uid(&t, &user.uid).send().await.ok(), &user.profile);
}
