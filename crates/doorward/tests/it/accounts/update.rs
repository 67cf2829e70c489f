//! Accounts changed by the back end.

use super::{by_uid, emails};
use crate::support::{Call, GOOD_PASSWORD, OTHER_PASSWORD, Test, User};
use doorward_model::time::Span;
use serde_json::{Value, json};

async fn updated(t: &Test, user: &User, change: &Value) -> Value {
    t.update_call(user, change).send().await.ok().clone()
}

fn erasing(t: &Test, user: &User, change: &Value) -> Call {
    t.update_call(user, change).query("nullsupport", "true")
}

/// A refused change, after which the account is as it was.
async fn changes_nothing(t: &Test, user: &User, change: &Value, refusal: (u16, u64)) {
    assert_eq!(t.update_call(user, change).send().await.refusal(), refusal, "{change}");
    assert_eq!(by_uid(t, &user.uid).send().await.ok(), &user.profile, "{change}");
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_name() {
    let t = Test::new().await;
    let user = t.user().await;
    t.clock.advance(Span::minutes(1));
    let profile = updated(&t, &user, &json!({ "nickname": "Ash" })).await;
    let mut expected = user.profile.clone();
    expected["NickName"] = json!("Ash");
    expected["ModifiedDate"] = json!("2026-01-15T12:01:00Z");
    expected["ProfileModifiedDate"] = json!("2026-01-15T12:01:00Z");
    assert_eq!(profile, expected);
    t.login(&user).await;
}

#[tokio::test]
async fn null_keeps_a_value_and_erases_it_where_asked_to() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "NickName": "Ash", "CustomFields": { "Shoe": "43", "Hat": "58" } })).await;
    let change = json!({ "NickName": null, "FirstName": "Uma", "CustomFields": { "Shoe": null } });
    let profile = updated(&t, &user, &change).await;
    assert_eq!((&profile["NickName"], &profile["FirstName"]), (&json!("Ash"), &json!("Uma")));
    assert_eq!(profile["CustomFields"], json!({ "Shoe": "43", "Hat": "58" }));
    let profile = erasing(&t, &user, &change).send().await.ok().clone();
    assert_eq!((&profile["NickName"], &profile["FirstName"]), (&Value::Null, &json!("Uma")));
    assert_eq!(profile["CustomFields"], json!({ "Hat": "58" }));
}

#[tokio::test]
async fn null_takes_a_phone_and_a_user_name_away_where_asked_to() {
    let t = Test::new().await;
    let user = t.user().await;
    let change = json!({ "phoneid": null, "UserName": null });
    assert_eq!(updated(&t, &user, &change).await["PhoneId"], user.profile["PhoneId"]);
    let profile = erasing(&t, &user, &change).send().await.ok().clone();
    assert_eq!((&profile["PhoneId"], &profile["UserName"]), (&Value::Null, &Value::Null));
    assert_eq!(profile["PhoneIdVerified"], false);
    let by_phone = t.post("/identity/v2/auth/login").key();
    let by_phone = by_phone.json(&json!({ "phone": user.phone, "password": user.password }));
    assert_eq!(by_phone.send().await.refusal(), (401, 966));
    t.user_with(&json!({ "PhoneId": user.phone, "UserName": user.user_name })).await;
    t.login(&user).await;
}

#[tokio::test]
async fn null_leaves_an_account_something_to_sign_in_with() {
    let t = Test::new().await;
    let user = t.user().await;
    let refused = erasing(&t, &user, &json!({ "Email": null, "PhoneId": null, "UserName": null }));
    assert_eq!(refused.send().await.refusal(), (403, 1134));
    erasing(&t, &user, &json!({ "PhoneId": null, "UserName": null })).send().await.ok();
    assert_eq!(erasing(&t, &user, &json!({ "Email": null })).send().await.refusal(), (403, 1005));
    t.login(&user).await;
}

#[tokio::test]
async fn custom_fields_are_changed_one_by_one() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "CustomFields": { "Shoe": "43" } })).await;
    let profile = updated(&t, &user, &json!({ "CustomFields": { "Hat": "58" } })).await;
    assert_eq!(profile["CustomFields"], json!({ "Shoe": "43", "Hat": "58" }));
}

#[tokio::test]
async fn an_entry_of_a_list_is_deleted_by_its_verb_and_the_others_stay() {
    let t = Test::new().await;
    let addresses = json!([{ "Type": "Home", "City": "Pune" }, { "Type": "Work", "City": "Mumbai" }]);
    let user = t.user_with(&json!({ "Addresses": addresses })).await;
    let profile = updated(&t, &user, &json!({ "Addresses": [{ "Type": "home", "Op": "delete" }] })).await;
    assert_eq!(profile["Addresses"], json!([{ "Type": "Work", "City": "Mumbai" }]));
    let profile = updated(&t, &user, &json!({ "Addresses": [{ "Type": "Other", "City": "Goa" }] })).await;
    assert_eq!(profile["Addresses"], json!([{ "Type": "Other", "City": "Goa" }]));
}

#[tokio::test]
async fn a_change_of_a_wrong_type_changes_nothing() {
    let t = Test::new().await;
    let user = t.user().await;
    changes_nothing(&t, &user, &json!({ "NickName": "Ash", "IsActive": "perhaps" }), (400, 1090)).await;
    changes_nothing(&t, &user, &json!({ "NickName": "Ash", "Addresses": "Pune" }), (400, 1090)).await;
}

#[tokio::test]
async fn what_only_the_server_sets_is_ignored() {
    let t = Test::new().await;
    let user = t.user().await;
    let identity = json!([{ "Provider": "google", "ID": "1" }]);
    let profile = updated(&t, &user, &json!({ "Uid": "other", "IsCustomUid": true, "Identities": identity })).await;
    assert_eq!(profile["Uid"], user.uid.as_str());
    assert_eq!(profile["IsCustomUid"], false);
    assert_eq!(profile["Identities"], user.profile["Identities"]);
}

#[tokio::test]
async fn a_list_of_addresses_keeps_its_rules() {
    let t = Test::new().await;
    let user = t.user().await;
    let list = |entries: &[(&str, &str)]| json!({ "NickName": "Ash", "Email": emails(entries) });
    changes_nothing(&t, &user, &list(&[("", "a@example.com")]), (400, 1201)).await;
    let twice = list(&[("Primary", "a@example.com"), ("Work", "A@Example.com")]);
    changes_nothing(&t, &user, &twice, (400, 1202)).await;
    let two_primary = list(&[("Primary", "a@example.com"), ("Primary", "b@example.com")]);
    changes_nothing(&t, &user, &two_primary, (400, 1203)).await;
    changes_nothing(&t, &user, &list(&[("Primary", "no address")]), (400, 1038)).await;
}

#[tokio::test]
async fn addresses_move_as_a_whole_and_those_that_stay_keep_their_proof() {
    let t = Test::new().await;
    let user = t.user().await;
    let list = emails(&[("Primary", "new@example.com"), ("Old", &user.email.to_uppercase())]);
    let profile = updated(&t, &user, &json!({ "Email": list })).await;
    assert_eq!(profile["EmailVerified"], true);
    let kept = profile["Email"][0]["Value"].as_str().unwrap();
    assert!(kept.eq_ignore_ascii_case(&user.email), "{kept}");
    assert_eq!(profile["UnverifiedEmail"], emails(&[("Primary", "new@example.com")]));
    t.set("EmailVerificationFlow", "required").await;
    t.login(&user).await;
    updated(&t, &user, &json!({ "Email": emails(&[("Primary", "new@example.com")]) })).await;
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    t.user_with(&json!({ "Email": emails(&[("Primary", &user.email)]) })).await;
}

#[tokio::test]
async fn the_same_phone_keeps_its_proof_and_another_has_none() {
    let t = Test::new().await;
    let user = t.user().await;
    let written = format!("+91 {}", &user.phone[3..]);
    assert_eq!(updated(&t, &user, &json!({ "PhoneId": written })).await["PhoneIdVerified"], true);
    let profile = updated(&t, &user, &json!({ "PhoneId": "+919812345678" })).await;
    assert_eq!((&profile["PhoneId"], &profile["PhoneIdVerified"]), (&json!("+919812345678"), &json!(false)));
    let profile = updated(&t, &user, &json!({ "PhoneId": "+919812345679", "PhoneIdVerified": true })).await;
    assert_eq!((&profile["PhoneId"], &profile["PhoneIdVerified"]), (&json!("+919812345679"), &json!(true)));
}

#[tokio::test]
async fn a_user_name_moves_and_leaves_the_old_one_free() {
    let t = Test::new().await;
    let user = t.user().await;
    assert_eq!(updated(&t, &user, &json!({ "UserName": "Uma" })).await["UserName"], "Uma");
    t.user_with(&json!({ "UserName": user.user_name })).await;
    let login = t.post("/identity/v2/auth/login").key().json(&json!({ "username": "uma", "password": GOOD_PASSWORD }));
    assert_eq!(login.send().await.ok()["Profile"]["Uid"], user.uid.as_str());
}

#[tokio::test]
async fn a_taken_identifier_changes_nothing() {
    let t = Test::new().await;
    let (user, other) = (t.user().await, t.user().await);
    let list = emails(&[("Primary", "new@example.com"), ("Work", &other.email)]);
    changes_nothing(&t, &user, &json!({ "NickName": "Ash", "Email": list }), (403, 936)).await;
    changes_nothing(&t, &user, &json!({ "NickName": "Ash", "PhoneId": other.phone }), (403, 1058)).await;
    changes_nothing(&t, &user, &json!({ "NickName": "Ash", "UserName": other.user_name }), (403, 1017)).await;
    t.login(&user).await;
}

#[tokio::test]
async fn the_last_identifier_cannot_be_taken_away() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "PhoneId": null, "PhoneIdVerified": null, "UserName": null })).await;
    changes_nothing(&t, &user, &json!({ "Email": [] }), (403, 1005)).await;
    updated(&t, &user, &json!({ "UserName": "uma" })).await;
    assert_eq!(updated(&t, &user, &json!({ "Email": [] })).await["Email"], Value::Null);
}

#[tokio::test]
async fn proofs_are_given_and_taken_by_the_back_end() {
    let t = Test::new().await;
    t.set("EmailVerificationFlow", "required").await;
    let user = t.user().await;
    let profile = updated(&t, &user, &json!({ "EmailVerified": false, "PhoneIdVerified": false })).await;
    assert_eq!((&profile["EmailVerified"], &profile["PhoneIdVerified"]), (&json!(false), &json!(false)));
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (403, 970));
    updated(&t, &user, &json!({ "EmailVerified": true })).await;
    t.login(&user).await;
    t.run_jobs().await;
}

#[tokio::test]
async fn a_password_is_set_and_dated() {
    let t = Test::new().await;
    let user = t.user().await;
    t.clock.advance(Span::days(1));
    let profile = updated(&t, &user, &json!({ "Password": OTHER_PASSWORD })).await;
    assert_eq!(profile["LastPasswordChangeDate"], "2026-01-16T12:00:00Z");
    assert_eq!(t.login_call(&user, GOOD_PASSWORD).send().await.refusal(), (401, 966));
    t.login_call(&user, OTHER_PASSWORD).send().await.ok();
}

#[tokio::test]
async fn the_mask_of_a_password_sets_none() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    for masked in ["********", ""] {
        updated(&t, &user, &json!({ "Password": masked })).await;
    }
    t.profile_call(&tokens).send().await.ok();
    t.login(&user).await;
}

#[tokio::test]
async fn a_password_that_breaks_the_rules_changes_nothing() {
    let t = Test::new().await;
    let user = t.user().await;
    changes_nothing(&t, &user, &json!({ "NickName": "Ash", "Password": "seven 7" }), (403, 1134)).await;
    changes_nothing(&t, &user, &json!({ "NickName": "Ash", "Password": "Password1" }), (403, 1216)).await;
    changes_nothing(&t, &user, &json!({ "NickName": "Ash", "Password": "my name is asha 77" }), (403, 1216)).await;
    changes_nothing(&t, &user, &json!({ "NickName": "Ash", "Password": GOOD_PASSWORD }), (403, 1134)).await;
    t.login(&user).await;
}

#[tokio::test]
async fn a_new_password_voids_the_code_that_resets_the_old_one() {
    let t = Test::new().await;
    let user = t.user().await;
    let code = t.reset_code(&user).await;
    updated(&t, &user, &json!({ "Password": OTHER_PASSWORD })).await;
    assert_eq!(t.reset_call(&user.phone, &code, "cobalt lantern 33 ferries").send().await.refusal(), (401, 1409));
}

#[tokio::test]
async fn without_forced_logout_a_new_password_leaves_sessions_alone() {
    let t = Test::new().await;
    t.set("forceLogout", "false").await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    updated(&t, &user, &json!({ "Password": OTHER_PASSWORD })).await;
    t.profile_call(&tokens).send().await.ok();
}

#[tokio::test]
async fn a_whole_profile_sent_back_as_it_was_read_changes_nothing() {
    let t = Test::new().await;
    let user = t.user().await;
    assert_eq!(&updated(&t, &user, &user.profile).await, &user.profile);
    t.login(&user).await;
}
