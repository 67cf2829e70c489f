//! Single things of an account, changed by the back end.

use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Reply, Test, User, race};
use serde_json::{Value, json};

const STRANGER: &str = "01234567-89ab-4cde-8f01-23456789abcd";

fn at(uid: &str, rest: &str) -> String {
    format!("/identity/v2/manage/account/{uid}/{rest}")
}

fn set_password(t: &Test, uid: &str, password: &str) -> Call {
    t.put(&at(uid, "password")).back_end().json(&json!({ "password": password }))
}

async fn password_hash(t: &Test, user: &User) -> Value {
    t.get(&at(&user.uid, "password")).back_end().send().await.ok()["PasswordHash"].clone()
}

fn put_emails(t: &Test, uid: &str, emails: &Value) -> Call {
    t.put(&at(uid, "email")).back_end().json(&json!({ "Email": emails }))
}

fn delete_email(t: &Test, uid: &str, email: &str) -> Call {
    t.delete(&at(uid, "email")).back_end().json(&json!({ "email": email }))
}

fn put_phone(t: &Test, uid: &str, phone: &str) -> Call {
    t.put(&at(uid, "phoneid")).back_end().json(&json!({ "phone": phone }))
}

fn rename(t: &Test, uid: &str, new: &str) -> Call {
    t.put("/identity/v2/manage/account/uid").back_end().query("uid", uid).json(&json!({ "NewUid": new }))
}

async fn profile(t: &Test, uid: &str) -> Reply {
    t.get(&format!("/identity/v2/manage/account/{uid}")).back_end().send().await
}

#[tokio::test]
async fn a_set_password_opens_the_account_and_the_old_one_does_not() {
    let t = Test::new().await;
    let user = t.user().await;
    let reply = set_password(&t, &user.uid, OTHER_PASSWORD).send().await;
    assert_eq!(reply.ok()["PasswordHash"], password_hash(&t, &user).await);
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (401, 966));
}

#[tokio::test]
async fn a_set_password_ends_what_the_old_one_opened() {
    let t = Test::new().await;
    let user = t.user().await;
    let (tokens, code) = (t.login(&user).await, t.reset_code(&user).await);
    set_password(&t, &user.uid, OTHER_PASSWORD).send().await.ok();
    assert_eq!(t.profile_call(&tokens).send().await.refusal(), (403, 905));
    assert_eq!(t.refresh_call(&tokens).send().await.refusal(), (403, 1217));
    assert_eq!(t.reset_call(&user.phone, &code, GOOD_PASSWORD).send().await.refusal(), (401, 1409));
}

#[tokio::test]
async fn a_set_password_keeps_the_tenants_rules() {
    let t = Test::new().await;
    let user = t.user().await;
    let refused = |password: &str| {
        let call = set_password(&t, &user.uid, password);
        async move { call.send().await.refusal() }
    };
    assert_eq!(refused("short").await, (403, 1134));
    assert_eq!(refused("password1").await, (403, 1216));
    assert_eq!(refused(&format!("xx {} xx", user.user_name)).await, (403, 1216));
    assert_eq!(refused(GOOD_PASSWORD).await, (403, 1134));
    assert_eq!(refused("").await, (400, 908));
    assert_eq!(set_password(&t, STRANGER, OTHER_PASSWORD).send().await.refusal(), (403, 984));
    t.login(&user).await;
}

#[tokio::test]
async fn the_hash_of_a_password_is_shown_and_nothing_else() {
    let t = Test::new().await;
    let user = t.user().await;
    let reply = t.get(&at(&user.uid, "password")).back_end().send().await;
    assert!(reply.ok()["PasswordHash"].as_str().unwrap().starts_with("$argon2id$"));
    assert_eq!(reply.json.as_object().unwrap().len(), 1);
    let without = t.user_with(&json!({ "Password": null })).await;
    assert_eq!(password_hash(&t, &without).await, Value::Null);
    assert_eq!(t.get(&at(STRANGER, "password")).back_end().send().await.refusal(), (403, 984));
}

#[tokio::test]
async fn an_address_of_another_type_is_added_and_has_to_be_proved() {
    let t = Test::new().await;
    let user = t.user().await;
    let reply = put_emails(&t, &user.uid, &json!([{ "Type": "Work", "Value": "asha@work.example" }])).send().await;
    assert_eq!(reply.ok()["Email"], json!([{ "Type": "Primary", "Value": user.email }]));
    assert_eq!(reply.json["UnverifiedEmail"], json!([{ "Type": "Work", "Value": "asha@work.example" }]));
    t.login(&user).await;
}

#[tokio::test]
async fn an_address_of_the_same_type_takes_the_place_of_the_one_before() {
    let t = Test::new().await;
    let user = t.user().await;
    let reply = put_emails(&t, &user.uid, &json!([{ "Type": "primary", "Value": "new@example.com" }])).send().await;
    assert_eq!(reply.ok()["Email"], json!([{ "Type": "primary", "Value": "new@example.com" }]));
    assert_eq!(reply.json["EmailVerified"], false);
    let body = json!({ "email": user.email, "password": user.password });
    let old = t.post("/identity/v2/auth/login").key().json(&body).send().await;
    assert_eq!(old.refusal(), (401, 966));
}

#[tokio::test]
async fn an_address_that_is_held_already_keeps_its_proof_under_another_type() {
    let t = Test::new().await;
    let user = t.user().await;
    let reply =
        put_emails(&t, &user.uid, &json!([{ "Type": "Home", "Value": user.email.to_uppercase() }])).send().await;
    assert_eq!(reply.ok()["Email"][0]["Type"], "Home");
    assert_eq!(reply.json["EmailVerified"], true);
    assert_eq!(reply.json["Email"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_replaced_address_takes_its_codes_with_it() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    put_emails(&t, &user.uid, &json!([{ "Type": "Primary", "Value": "new@example.com" }])).send().await.ok();
    assert_eq!(t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.refusal(), (401, 1409));
}

#[tokio::test]
async fn addresses_that_cannot_be_are_refused_and_nothing_changes() {
    let t = Test::new().await;
    let (user, other) = (t.user().await, t.user().await);
    let before = profile(&t, &user.uid).await.json;
    let refused = |uid: &str, emails: Value| {
        let call = put_emails(&t, uid, &emails);
        async move { call.send().await.refusal() }
    };
    assert_eq!(refused(&user.uid, json!([{ "Type": "Work", "Value": other.email }])).await, (403, 936));
    assert_eq!(refused(&user.uid, json!([{ "Type": "Work", "Value": "nothing" }])).await.1, 1038);
    assert_eq!(refused(&user.uid, json!([{ "Value": "a@example.com" }])).await.0, 400);
    assert_eq!(refused(&user.uid, json!([])).await, (400, 908));
    assert_eq!(refused(&user.uid, Value::Null).await, (400, 908));
    assert_eq!(refused(STRANGER, json!([{ "Type": "Work", "Value": "a@example.com" }])).await, (403, 984));
    assert_eq!(profile(&t, &user.uid).await.json, before);
}

#[tokio::test]
async fn an_address_is_somebodys_however_many_ask_for_it() {
    let t = Test::new().await;
    let mut calls = Vec::new();
    for _ in 0..4 {
        let user = t.user().await;
        calls.push(put_emails(&t, &user.uid, &json!([{ "Type": "Work", "Value": "one@example.com" }])));
    }
    let replies = race(calls).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().filter(|reply| reply.status != 200).all(|reply| reply.refusal() == (403, 936)));
}

#[tokio::test]
async fn a_removed_address_signs_nobody_in_and_is_free() {
    let t = Test::new().await;
    let (user, other) = (t.user().await, t.user().await);
    let reply = delete_email(&t, &user.uid, &user.email).send().await;
    assert_eq!(reply.ok()["Email"], Value::Null);
    let body = json!({ "email": user.email, "password": user.password });
    assert_eq!(t.post("/identity/v2/auth/login").key().json(&body).send().await.refusal(), (401, 966));
    put_emails(&t, &other.uid, &json!([{ "Type": "Work", "Value": user.email }])).send().await.ok();
}

#[tokio::test]
async fn only_an_accounts_own_address_is_removed_and_not_the_last_name_it_has() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "PhoneId": null, "UserName": null })).await;
    let other = t.user().await;
    assert_eq!(delete_email(&t, &user.uid, &user.email).send().await.refusal(), (403, 1005));
    assert_eq!(delete_email(&t, &user.uid, &other.email).send().await.refusal(), (403, 1023));
    assert_eq!(delete_email(&t, &user.uid, "").send().await.refusal(), (400, 908));
    assert_eq!(delete_email(&t, STRANGER, &other.email).send().await.refusal(), (403, 984));
    assert_eq!(profile(&t, &other.uid).await.ok()["Email"][0]["Value"], other.email.as_str());
}

#[tokio::test]
async fn a_changed_phone_signs_in_at_once_and_the_old_one_no_more() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    let reply = put_phone(&t, &user.uid, "+919876511111").send().await;
    assert_eq!(reply.ok()["PhoneId"], "+919876511111");
    assert_eq!(reply.json["PhoneIdVerified"], true);
    let by = |phone: &str| {
        let body = json!({ "phone": phone, "password": user.password });
        t.post("/identity/v2/auth/login").key().json(&body).send()
    };
    by("+919876511111").await.ok();
    assert_eq!(by(&user.phone).await.refusal(), (401, 966));
    assert_eq!(t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.refusal(), (401, 1409));
}

#[tokio::test]
async fn a_phone_that_cannot_be_is_refused() {
    let t = Test::new().await;
    let (user, other) = (t.user().await, t.user().await);
    assert_eq!(put_phone(&t, &user.uid, &other.phone).send().await.refusal(), (403, 1058));
    assert_eq!(put_phone(&t, &user.uid, "12").send().await.refusal(), (400, 1096));
    assert_eq!(put_phone(&t, &user.uid, "").send().await.refusal(), (400, 908));
    assert_eq!(put_phone(&t, STRANGER, "+919876511111").send().await.refusal(), (403, 984));
    assert_eq!(profile(&t, &user.uid).await.ok()["PhoneId"], user.phone.as_str());
}

#[tokio::test]
async fn an_invalidated_phone_is_proved_anew_by_the_code_that_is_sent() {
    let t = Test::new().await;
    let user = t.user().await;
    let reset = t.reset_code(&user).await;
    t.put(&at(&user.uid, "invalidatephone")).back_end().send().await.ok();
    assert_eq!(profile(&t, &user.uid).await.ok()["PhoneIdVerified"], false);
    assert_eq!(t.reset_call(&user.phone, &reset, OTHER_PASSWORD).send().await.refusal(), (401, 1409));
    let code = t.code_for(&user.phone).await;
    let verify = t.put("/identity/v2/auth/phone/otp").key().query("otp", &code).json(&json!({ "phone": user.phone }));
    assert_eq!(verify.send().await.ok()["Profile"]["PhoneIdVerified"], true);
}

#[tokio::test]
async fn a_phone_stays_proved_when_no_code_can_be_sent() {
    let t = Test::new().await;
    let user = t.user().await;
    let invalidate = || t.put(&at(&user.uid, "invalidatephone")).back_end();
    assert_eq!(invalidate().query("isvoiceotp", "true").send().await.refusal(), (403, 1281));
    t.set("allowedCountries", r#"["DE"]"#).await;
    assert_eq!(invalidate().send().await.refusal().1, 1072);
    assert_eq!(profile(&t, &user.uid).await.ok()["PhoneIdVerified"], true);
    let without = t.user_with(&json!({ "PhoneId": null })).await;
    assert_eq!(t.put(&at(&without.uid, "invalidatephone")).back_end().send().await.refusal(), (403, 1043));
    assert_eq!(t.put(&at(STRANGER, "invalidatephone")).back_end().send().await.refusal(), (403, 984));
    t.set("IsPhoneLogin", "false").await;
    assert_eq!(invalidate().send().await.refusal(), (403, 1074));
    assert_eq!(profile(&t, &user.uid).await.ok()["PhoneIdVerified"], true);
}

#[tokio::test]
async fn a_phone_gets_so_many_codes_by_invalidation_as_otherwise() {
    let t = Test::new().await;
    let user = t.user().await;
    for _ in 0..5 {
        t.put(&at(&user.uid, "invalidatephone")).back_end().send().await.ok();
    }
    assert_eq!(t.put(&at(&user.uid, "invalidatephone")).back_end().send().await.refusal(), (403, 1123));
    t.run_jobs().await;
}

#[tokio::test]
async fn invalidated_addresses_are_proved_anew_by_the_links_that_are_sent() {
    let t = Test::new().await;
    let user = t.user().await;
    t.put(&at(&user.uid, "invalidateemail")).back_end().send().await.ok();
    assert_eq!(profile(&t, &user.uid).await.ok()["EmailVerified"], false);
    t.run_jobs().await;
    let message = t.outbox().into_iter().rev().find(|message| message.to == user.email).unwrap();
    let link = message.link.unwrap();
    let opened = t.get(link.strip_prefix(crate::support::PUBLIC_URL).unwrap()).send().await;
    assert_eq!(opened.ok()["Data"]["Profile"]["EmailVerified"], true);
}

#[tokio::test]
async fn addresses_stay_proved_when_no_message_can_be_sent() {
    let t = Test::new().await;
    let user = t.user().await;
    let invalidate = |uid: &str| t.put(&at(uid, "invalidateemail")).back_end();
    let foreign = invalidate(&user.uid).query("verificationurl", "https://evil.example/x");
    assert_eq!(foreign.send().await.refusal(), (403, 1249));
    let without = t.user_with(&json!({ "Email": null })).await;
    assert_eq!(invalidate(&without.uid).send().await.refusal(), (403, 1039));
    assert_eq!(invalidate(STRANGER).send().await.refusal(), (403, 984));
    t.set("EmailVerificationFlow", "disabled").await;
    assert_eq!(invalidate(&user.uid).send().await.refusal(), (403, 1034));
    assert_eq!(profile(&t, &user.uid).await.ok()["EmailVerified"], true);
}

#[tokio::test]
async fn an_account_keeps_everything_under_its_new_uid() {
    let t = Test::new().await;
    let user = t.user().await;
    let (tokens, code) = (t.login(&user).await, t.reset_code(&user).await);
    let before = profile(&t, &user.uid).await.json;
    rename(&t, &user.uid, "customer-17").send().await.ok();

    assert_eq!(profile(&t, &user.uid).await.refusal(), (403, 984));
    let after = profile(&t, "customer-17").await;
    assert_eq!(after.ok()["IsCustomUid"], true);
    assert_eq!(after.json["PreviousUids"], json!([user.uid]));
    for name in ["Email", "PhoneId", "UserName", "NoOfLogins", "EmailVerified", "CreatedDate", "FirstName"] {
        assert_eq!(after.json[name], before[name], "{name}");
    }
    assert_eq!(t.profile_call(&tokens).send().await.ok()["Uid"], "customer-17");
    t.refresh_call(&tokens).send().await.ok();
    t.reset_call(&user.phone, &code, OTHER_PASSWORD).send().await.ok();
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    t.run_jobs().await;
}

#[tokio::test]
async fn a_lock_stays_on_under_the_new_uid() {
    let t = Test::new().await;
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "2").await;
    let user = t.user().await;
    for _ in 0..2 {
        t.login_call(&user, OTHER_PASSWORD).send().await.refusal();
    }
    rename(&t, &user.uid, "customer-17").send().await.ok();
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1198));
}

#[tokio::test]
async fn a_uid_that_cannot_be_is_refused() {
    let t = Test::new().await;
    let (user, other) = (t.user().await, t.user().await);
    assert_eq!(rename(&t, &user.uid, &other.uid).send().await.refusal(), (403, 1200));
    assert_eq!(rename(&t, &user.uid, "with space").send().await.refusal(), (403, 1200));
    assert_eq!(rename(&t, &user.uid, &"x".repeat(65)).send().await.refusal(), (403, 1200));
    assert_eq!(rename(&t, &user.uid, "").send().await.refusal(), (400, 908));
    assert_eq!(rename(&t, "", "customer-17").send().await.refusal(), (400, 908));
    assert_eq!(rename(&t, STRANGER, "customer-17").send().await.refusal(), (403, 984));
    rename(&t, &user.uid, &user.uid).send().await.ok();
    assert_eq!(profile(&t, &user.uid).await.ok()["IsCustomUid"], false);
}

#[tokio::test]
async fn a_uid_is_somebodys_however_many_ask_for_it() {
    let t = Test::new().await;
    let mut calls = Vec::new();
    for _ in 0..4 {
        let user = t.user().await;
        calls.push(rename(&t, &user.uid, "customer-17"));
    }
    let replies = race(calls).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
}

#[tokio::test]
async fn the_accounts_of_an_address_are_listed() {
    let t = Test::new().await;
    let user = t.user().await;
    let identities = |email: &str| t.get("/identity/v2/manage/account/identities").back_end().query("email", email);
    let reply = identities(&user.email).query("fields", "Uid").send().await;
    assert_eq!(reply.ok(), &json!({ "Data": [{ "Uid": user.uid }] }));
    assert_eq!(identities("nobody@example.com").send().await.ok(), &json!({ "Data": [] }));
    assert_eq!(identities("").send().await.refusal(), (400, 908));
    assert_eq!(identities("nothing").send().await.refusal().1, 1038);
}
