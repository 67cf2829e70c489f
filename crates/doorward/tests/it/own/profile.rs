//! The person's own profile, changed by them.

use super::{account, told};
use crate::support::{Call, Test, Tokens, User};
use serde_json::{Value, json};

fn update(t: &Test, tokens: &Tokens, body: &Value) -> Call {
    t.put("/identity/v2/auth/account").key().token(&tokens.access).json(body)
}

async fn signed_in() -> (Test, User, Tokens) {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    (t, user, tokens)
}

#[tokio::test]
async fn a_person_changes_what_is_theirs_and_the_rest_stays() {
    let (t, user, tokens) = signed_in().await;
    let reply = update(&t, &tokens, &json!({ "FirstName": "Asmita", "City": "Pune" })).send().await;
    assert_eq!(reply.ok()["IsPosted"], true);
    let data = &reply.json["Data"];
    assert_eq!((&data["FirstName"], &data["LastName"]), (&json!("Asmita"), &json!("Rao")));
    assert_eq!((&data["City"], &data["FullName"]), (&json!("Pune"), &json!("Asmita Rao")));
    assert_eq!(data["Email"], user.profile["Email"]);
    assert_eq!(data.as_object().unwrap().len(), 149);
}

#[tokio::test]
async fn what_only_a_back_end_may_set_is_left_out() {
    let (t, user, tokens) = signed_in().await;
    let body = json!({
        "IsActive": false, "Roles": ["admin"], "EmailVerified": false, "NoOfLogins": 900, "Uid": "mine",
        "Password": "granite kettle 91 orbits", "DisableLogin": true, "IsLoginLocked": true,
    });
    update(&t, &tokens, &body).send().await.ok();
    let profile = account(&t, &user).await;
    assert_eq!((&profile["IsActive"], &profile["Roles"]), (&json!(true), &user.profile["Roles"]));
    assert_eq!((&profile["EmailVerified"], &profile["Uid"]), (&json!(true), &json!(user.uid)));
    t.login(&user).await;
}

#[tokio::test]
async fn null_erases_only_where_it_is_asked_to() {
    let (t, _, tokens) = signed_in().await;
    let erase = json!({ "LastName": null });
    let reply = update(&t, &tokens, &erase).send().await;
    assert_eq!(reply.ok()["Data"]["LastName"], "Rao");
    let reply = update(&t, &tokens, &erase).query("nullsupport", "true").send().await;
    assert_eq!(reply.ok()["Data"]["LastName"], Value::Null);
}

#[tokio::test]
async fn a_phone_and_a_user_name_that_are_erased_are_given_up_with_a_recent_proof() {
    let (t, user, tokens) = signed_in().await;
    let erase = |body: &Value| update(&t, &tokens, body).query("nullsupport", "true");
    let both = json!({ "PhoneId": null, "UserName": null });
    update(&t, &tokens, &both).send().await.ok();
    assert_eq!(account(&t, &user).await["PhoneId"], user.profile["PhoneId"], "null means nothing by itself");
    assert_eq!(erase(&json!({ "Email": null })).send().await.refusal(), (403, 1174));
    t.clock.advance(doorward_model::time::Span::seconds(601));
    assert_eq!(erase(&both).send().await.refusal(), (403, 90006));
    let tokens = t.login(&user).await;
    let erase = |body: &Value| update(&t, &tokens, body).query("nullsupport", "true");
    let reply = erase(&both).send().await;
    assert_eq!((&reply.ok()["Data"]["PhoneId"], &reply.json["Data"]["UserName"]), (&Value::Null, &Value::Null));
    erase(&both).send().await.ok();
    t.run_jobs().await;
    let told = t.outbox().into_iter().filter(|message| message.template == "sign-in-changed");
    assert!(told.map(|message| message.to).any(|to| to == user.phone), "there too");
}

#[tokio::test]
async fn a_phone_is_not_given_up_where_no_proved_address_is_left() {
    let t = Test::new().await;
    let user = t.user_with(&json!({ "EmailVerified": false })).await;
    let login = json!({ "phone": user.phone, "password": user.password });
    let tokens = Tokens::of(&t.post("/identity/v2/auth/login").key().json(&login).send().await);
    let erase = update(&t, &tokens, &json!({ "PhoneId": null })).query("nullsupport", "true");
    assert_eq!(erase.send().await.refusal(), (403, 970));
    assert_eq!(account(&t, &user).await["PhoneId"], user.profile["PhoneId"]);
}

#[tokio::test]
async fn a_whole_profile_may_be_sent_back() {
    let (t, user, tokens) = signed_in().await;
    let mut profile = t.profile_call(&tokens).send().await.ok().clone();
    profile["NickName"] = "Ash".into();
    update(&t, &tokens, &profile).send().await.ok();
    let now = account(&t, &user).await;
    assert_eq!((&now["NickName"], &now["Email"]), (&json!("Ash"), &user.profile["Email"]));
    t.run_jobs().await;
    assert!(t.outbox().is_empty());
}

#[tokio::test]
async fn a_refused_change_leaves_nothing() {
    let (t, user, tokens) = signed_in().await;
    let other = t.user().await;
    let before = account(&t, &user).await;
    for (change, refusal) in [
        (json!({ "UserName": other.user_name }), (403, 1017)),
        (json!({ "PhoneId": other.phone }), (403, 1058)),
        (json!({ "Email": [{ "Type": "Primary", "Value": "asha@work.example" }] }), (403, 1174)),
        (json!({ "Gender": "yes" }), (403, 1134)),
        (json!({ "UserName": "new_name", "PhoneId": other.phone }), (403, 1058)),
    ] {
        let mut body = change.clone();
        body["FirstName"] = "Mallory".into();
        assert_eq!(update(&t, &tokens, &body).send().await.refusal().1, refusal.1, "{change}");
    }
    assert_eq!(account(&t, &user).await, before);
}

#[tokio::test]
async fn another_phone_waits_for_its_code_and_a_user_name_is_taken_at_once() {
    let (t, user, tokens) = signed_in().await;
    let body = json!({ "PhoneId": "+919812345678", "UserName": "asha" });
    let reply = update(&t, &tokens, &body).send().await;
    assert_eq!((&reply.ok()["Data"]["PhoneId"], &reply.json["Data"]["UserName"]), (&json!(user.phone), &json!("asha")));
    let code = t.code_for("+919812345678").await;
    assert_eq!(told(&t, "sign-in-changed").await.len(), 2);
    let confirm = t.put("/identity/v2/auth/phone/otp").key().token(&tokens.access).query("otp", &code);
    confirm.send().await.ok();
    assert_eq!(account(&t, &user).await["PhoneId"], "+919812345678");
    t.run_jobs().await;
}

#[tokio::test]
async fn an_account_without_an_address_gets_its_first_unproved() {
    let t = Test::new().await;
    let (user, tokens) = t.registered_by_phone().await;
    let email = json!([{ "Type": "Primary", "Value": "asha@example.com" }]);
    let reply = update(&t, &tokens, &json!({ "Email": email })).send().await;
    assert_eq!(reply.ok()["Data"]["Email"], email);
    assert_eq!(account(&t, &user).await["EmailVerified"], false);
    assert_eq!(told(&t, "verify-email").await, ["asha@example.com"]);
}

#[tokio::test]
async fn an_account_that_is_not_locked_has_no_lock_to_lift() {
    let (t, user, tokens) = signed_in().await;
    let unlock = || t.put("/identity/v2/auth/account/unlock").key().token(&tokens.access).json(&json!({}));
    assert_eq!(unlock().send().await.refusal(), (403, 1221));
    t.set("LoginLockedConfiguration.MaximumFailedLoginAttempts", "1").await;
    t.login_call(&user, "not it").send().await.refusal();
    assert_eq!(unlock().send().await.refusal(), (403, 1198));
    assert_eq!(t.login_call(&user, &user.password).send().await.refusal(), (403, 1198));
}
