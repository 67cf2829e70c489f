//! Signing in with a password.

use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Test, Tokens};
use doorward_flows::Error;
use doorward_model::id::Uid;
use doorward_model::time::Span;
use doorward_store::passwords;
use serde_json::{Value, json};

/// [`GOOD_PASSWORD`], hashed with less work than today.
const OUTDATED: &str =
    "$argon2id$v=19$m=4096,t=1,p=1$ZG9vcndhcmRvbGRzYWx0MQ$m5ljdY/OoKn2xRGtVKlWF+6Ob79EgyoZKLWMMV6NzGg";

const TODAYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

fn login_by(t: &Test, name: &str, value: &str, password: &str) -> Call {
    t.post("/identity/v2/auth/login").key().json(&json!({ name: value, "password": password }))
}

async fn stored_hash(t: &Test, uid: &str) -> String {
    let (tenant, uid) = (t.acme.id.clone(), Uid::new(uid));
    let current = t.app.read(move |tx| Ok(passwords::current(tx, &tenant, &uid)?)).await;
    current.unwrap().unwrap().hash
}

async fn store_hash(t: &Test, uid: &str, hash: &'static str) {
    let (tenant, uid, now) = (t.acme.id.clone(), Uid::new(uid), t.app.now());
    let stored = t.app.write(move |tx| Ok::<_, Error>(passwords::set(tx, &tenant, &uid, hash, 5, now)?)).await;
    stored.unwrap();
}

#[tokio::test]
async fn a_person_signs_in_by_email_phone_or_user_name() {
    let t = Test::new().await;
    let user = t.user().await;
    for (name, value) in [("email", &user.email), ("phone", &user.phone), ("username", &user.user_name)] {
        let reply = login_by(&t, name, value, GOOD_PASSWORD).send().await;
        assert_eq!(reply.ok()["Profile"]["Uid"], user.uid.as_str(), "{name}");
    }
}

#[tokio::test]
async fn case_and_separators_of_identifiers_do_not_matter() {
    let t = Test::new().await;
    let body = json!({
        "Email": [{ "Type": "Primary", "Value": "Asha.Rao@Example.com" }],
        "PhoneId": "+91 98765-43210",
        "UserName": "AshaRao",
    });
    let user = t.user_with(&body).await;
    assert_eq!(user.phone, "+919876543210");
    let written = [
        ("email", "asha.rao@example.com"),
        ("email", " ASHA.RAO@EXAMPLE.COM "),
        ("phone", "+91 (98765) 432-10"),
        ("phone", "00919876543210"),
        ("phone", "919876543210"),
        ("username", "asharao"),
        ("username", "ASHARAO"),
    ];
    for (name, value) in written {
        let reply = login_by(&t, name, value, GOOD_PASSWORD).send().await;
        assert_eq!(reply.ok()["Profile"]["Uid"], user.uid.as_str(), "{value}");
    }
}

#[tokio::test]
async fn an_invitation_that_is_gone_is_told_whoever_asks() {
    let t = Test::new().await;
    let user = t.user().await;
    for password in [GOOD_PASSWORD, OTHER_PASSWORD] {
        let invited = t.login_call(&user, password).query("invitation_token", "inv_1");
        assert_eq!(invited.send().await.refusal(), (404, 8169));
    }
    t.login_call(&user, &user.password).query("invitation_token", " ").send().await.ok();
}

#[tokio::test]
async fn an_identifier_of_one_kind_is_none_of_another() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "UserName": "ravi@example.com" })).await;
    let reply = login_by(&t, "email", "ravi@example.com", GOOD_PASSWORD).send().await;
    assert_eq!(reply.refusal(), (401, 966));
    login_by(&t, "username", &user.user_name, GOOD_PASSWORD).send().await.ok();
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_identifier_are_refused_alike() {
    let t = Test::new().await;
    let user = t.user().await;
    let wrong = t.login_call(&user, OTHER_PASSWORD).send().await;
    assert_eq!(wrong.refusal(), (401, 966));
    let unknown = [("email", "nobody@example.com"), ("phone", "+919812345678"), ("username", "nobody")];
    for (name, value) in unknown {
        assert_eq!(login_by(&t, name, value, GOOD_PASSWORD).send().await.text, wrong.text, "{name}");
    }
}

#[tokio::test]
async fn an_account_without_a_password_is_refused_like_an_unknown_one() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "Password": null })).await;
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    assert_eq!(t.login_call(&user, "********").send().await.refusal(), (401, 966));
}

#[tokio::test]
async fn a_person_of_another_tenant_is_unknown_here() {
    let t = Test::new().await;
    let other = t.tenant("other").await;
    let user = t.user_at(&json!({}), |call| call.back_end_of(&other)).await;
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (401, 966));
}

/// The refusal of a person with these fields, who has to send the right password to hear it.
async fn told_after_the_right_password(fields: Value, identifier: &str) -> (u16, u64) {
    let t = Test::new().await;
    t.set("EmailVerificationFlow", "required").await;
    let user = t.user_with(&fields).await;
    let value = if identifier == "email" { &user.email } else { &user.phone };
    assert_eq!(login_by(&t, identifier, value, OTHER_PASSWORD).send().await.refusal(), (401, 966));
    let refusal = login_by(&t, identifier, value, GOOD_PASSWORD).send().await.refusal();
    t.run_jobs().await;
    refusal
}

#[tokio::test]
async fn that_an_address_is_unproved_is_told_after_the_right_password_only() {
    assert_eq!(told_after_the_right_password(json!({ "EmailVerified": false }), "email").await, (403, 970));
}

#[tokio::test]
async fn that_a_phone_is_unproved_is_told_after_the_right_password_only() {
    assert_eq!(told_after_the_right_password(json!({ "PhoneIdVerified": false }), "phone").await, (403, 1066));
}

#[tokio::test]
async fn that_an_account_is_blocked_is_told_after_the_right_password_only() {
    assert_eq!(told_after_the_right_password(json!({ "IsActive": false }), "email").await, (403, 991));
}

#[tokio::test]
async fn that_signing_in_is_disabled_is_told_after_the_right_password_only() {
    assert_eq!(told_after_the_right_password(json!({ "DisableLogin": true }), "phone").await, (403, 1130));
}

#[tokio::test]
async fn an_unproved_address_signs_in_where_proof_is_optional_or_off() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "EmailVerified": false })).await;
    t.login(&user).await;
    t.set("EmailVerificationFlow", "disabled").await;
    t.login(&user).await;
}

#[tokio::test]
async fn a_kind_of_identifier_that_is_switched_off_does_not_sign_in() {
    let t = Test::new().await;
    let user = t.user().await;
    t.set("IsUserNameLogin", "false").await;
    let by_name = login_by(&t, "username", &user.user_name, GOOD_PASSWORD);
    assert_eq!(by_name.clone().send().await.refusal(), (403, 1220));
    t.set("IsEmailLogin", "false").await;
    assert_eq!(login_by(&t, "email", &user.email, GOOD_PASSWORD).send().await.refusal(), (403, 1077));
    t.set("IsUserNameLogin", "true").await;
    t.set("IsPhoneLogin", "false").await;
    assert_eq!(login_by(&t, "email", &user.email, GOOD_PASSWORD).send().await.refusal(), (403, 1183));
    assert_eq!(login_by(&t, "phone", &user.phone, GOOD_PASSWORD).send().await.refusal(), (403, 1074));
    by_name.send().await.ok();
}

#[tokio::test]
async fn an_outdated_hash_signs_in_and_is_made_anew() {
    let t = Test::new().await;
    let user = t.user().await;
    store_hash(&t, &user.uid, OUTDATED).await;
    assert_eq!(t.login_call(&user, OTHER_PASSWORD).send().await.refusal(), (401, 966));
    assert_eq!(stored_hash(&t, &user.uid).await, OUTDATED);
    t.login(&user).await;
    let renewed = stored_hash(&t, &user.uid).await;
    assert!(renewed.starts_with(TODAYS), "{renewed}");
    t.login(&user).await;
    assert_eq!(stored_hash(&t, &user.uid).await, renewed);
}

#[tokio::test]
async fn a_hash_that_cannot_be_read_lets_nobody_in() {
    let t = Test::new().await;
    let user = t.user().await;
    store_hash(&t, &user.uid, "plain").await;
    assert_eq!(t.login_call(&user, "plain").send().await.refusal(), (401, 966));
}

#[tokio::test]
async fn a_login_tells_whether_the_password_meets_the_rules_of_the_day() {
    let t = Test::new().await;
    let user = t.user().await;
    assert_eq!(user.profile["IsSecurePassword"], true);
    t.set("passwordPolicy.minLength", "30").await;
    let reply = t.login_call(&user, GOOD_PASSWORD).send().await;
    assert_eq!(reply.ok()["Profile"]["IsSecurePassword"], false);
    t.set("passwordPolicy.minLength", "8").await;
    let reply = t.login_call(&user, GOOD_PASSWORD).send().await;
    assert_eq!(reply.ok()["Profile"]["IsSecurePassword"], true);
}

#[tokio::test]
async fn logins_are_counted_and_dated_and_the_first_says_so() {
    let t = Test::new().await;
    let user = t.user().await;
    let facts = |reply: &Value| {
        let profile = &reply["Profile"];
        json!([profile["FirstLogin"], profile["NoOfLogins"], profile["LastLoginDate"]])
    };
    let first = t.login_call(&user, GOOD_PASSWORD).send().await;
    assert_eq!(facts(first.ok()), json!([true, 1, "2026-01-15T12:00:00Z"]));
    let profile = t.profile_call(&Tokens::of(&first)).send().await;
    assert_eq!(profile.ok()["FirstLogin"], false);
    t.clock.advance(Span::days(1));
    t.login_call(&user, OTHER_PASSWORD).send().await.refusal();
    let second = t.login_call(&user, GOOD_PASSWORD).send().await;
    assert_eq!(facts(second.ok()), json!([false, 2, "2026-01-16T12:00:00Z"]));
}

#[tokio::test]
async fn the_same_letters_typed_on_two_systems_are_the_same_password() {
    let t = Test::new().await;
    let (composed, decomposed) = ("caf\u{e9} no\u{eb}l gr\u{fc}n", "cafe\u{301} noe\u{308}l gru\u{308}n");
    let user = t.user_with(&json!({ "Password": decomposed })).await;
    t.login_call(&user, composed).send().await.ok();
    t.login_call(&user, decomposed).send().await.ok();
    assert_eq!(t.login_call(&user, "cafe noel grun").send().await.refusal(), (401, 966));
}

#[tokio::test]
async fn every_byte_of_a_long_password_counts() {
    let t = Test::new().await;
    let start = "tulip anchor ".repeat(6);
    let user = t.user_with(&json!({ "Password": format!("{start}one") })).await;
    t.login_call(&user, &format!("{start}one")).send().await.ok();
    assert_eq!(t.login_call(&user, &format!("{start}two")).send().await.refusal(), (401, 966));
    assert_eq!(t.login_call(&user, &start[..72]).send().await.refusal(), (401, 966));
}

#[tokio::test]
async fn a_nul_in_a_password_is_refused_before_the_password_is_looked_at() {
    let t = Test::new().await;
    let user = t.user().await;
    assert_eq!(t.login_call(&user, "velvet\u{0}anchor 58").send().await.refusal(), (400, 1090));
}

#[tokio::test]
async fn a_hundred_kilobytes_of_password_are_a_wrong_password() {
    let t = Test::new().await;
    let user = t.user().await;
    assert_eq!(t.login_call(&user, &"a".repeat(100_000)).send().await.refusal(), (401, 966));
}

#[tokio::test]
async fn spaces_around_a_password_belong_to_it() {
    let t = Test::new().await;
    let user = t.user().await;
    assert_eq!(t.login_call(&user, &format!(" {GOOD_PASSWORD}")).send().await.refusal(), (401, 966));
    assert_eq!(t.login_call(&user, "VELVET ANCHOR 58 TULIPS").send().await.refusal(), (401, 966));
}

#[tokio::test]
async fn a_login_names_somebody_and_a_password() {
    let t = Test::new().await;
    let login = |body: Value| t.post("/identity/v2/auth/login").key().json(&body).send();
    assert_eq!(login(json!({ "password": GOOD_PASSWORD })).await.refusal(), (400, 908));
    assert_eq!(login(json!({ "email": "a@example.com" })).await.refusal(), (400, 908));
    assert_eq!(login(json!({ "email": " ", "password": GOOD_PASSWORD })).await.refusal(), (400, 908));
    assert_eq!(login(json!({ "email": "no address", "password": GOOD_PASSWORD })).await.refusal(), (400, 1038));
    assert_eq!(login(json!({ "phone": "12", "password": GOOD_PASSWORD })).await.refusal(), (400, 1096));
}

#[tokio::test]
async fn where_addresses_must_be_proved_a_user_name_is_no_way_around() {
    let t = Test::new().await;
    t.set("EmailVerificationFlow", "required").await;
    let body = json!({
        "Email": [{ "Type": "Primary", "Value": "waiting@example.com" }], "UserName": "waiting", "Password": GOOD_PASSWORD
    });
    let uid = t.post("/identity/v2/manage/account").back_end().json(&body).send().await.ok()["Uid"].clone();
    let by_name = || login_by(&t, "username", "waiting", GOOD_PASSWORD);
    assert_eq!(by_name().send().await.refusal(), (403, 970));
    assert_eq!(login_by(&t, "username", "waiting", OTHER_PASSWORD).send().await.refusal(), (401, 966));

    let path = format!("/identity/v2/manage/account/{}", uid.as_str().unwrap());
    t.put(&path).back_end().json(&json!({ "EmailVerified": true })).send().await.ok();
    by_name().send().await.ok();
    t.run_jobs().await;
}
