//! A person's own profile.

use crate::support::{GOOD_PASSWORD, Test, Tokens};
use serde_json::{Value, json};

async fn signed_in(fields: &Value) -> (Test, Tokens) {
    let t = Test::new().await;
    let user = t.user_with(fields).await;
    let tokens = t.login(&user).await;
    (t, tokens)
}

fn keys(profile: &Value) -> Vec<&str> {
    profile.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_profile_has_all_its_keys_and_null_where_nothing_is_known() {
    let (t, tokens) = signed_in(&json!({})).await;
    let profile = t.profile_call(&tokens).send().await.ok().clone();
    assert_eq!(keys(&profile).len(), 149);
    assert_eq!(profile["Website"], Value::Null);
    assert_eq!(profile["FirstName"], "Asha");
}

#[tokio::test]
async fn the_profile_of_a_login_is_the_one_read_later_but_for_being_first() {
    let t = Test::new().await;
    let user = t.user().await;
    let login = t.login_call(&user, GOOD_PASSWORD).send().await;
    let mut read = t.profile_call(&Tokens::of(&login)).send().await.ok().clone();
    read["FirstLogin"] = json!(true);
    assert_eq!(read, login.json["Profile"]);
}

#[tokio::test]
async fn a_password_is_never_shown() {
    let (t, tokens) = signed_in(&json!({})).await;
    let reply = t.profile_call(&tokens).send().await;
    assert_eq!(reply.ok()["Password"], "********");
    assert!(!reply.text.contains(GOOD_PASSWORD) && !reply.text.contains("argon2"));
}

#[tokio::test]
async fn reading_the_profile_changes_nothing() {
    let (t, tokens) = signed_in(&json!({})).await;
    let first = t.profile_call(&tokens).send().await;
    assert_eq!(t.profile_call(&tokens).send().await.ok(), first.ok());
}

#[tokio::test]
async fn a_change_by_the_back_end_is_seen_at_once() {
    let t = Test::new().await;
    let user = t.user().await;
    let tokens = t.login(&user).await;
    t.update_call(&user, &json!({ "NickName": "Ash" })).send().await.ok();
    assert_eq!(t.profile_call(&tokens).send().await.ok()["NickName"], "Ash");
}

#[tokio::test]
async fn fields_choose_what_is_shown_whatever_their_case() {
    let (t, tokens) =
        signed_in(&json!({ "Addresses": [{ "Type": "Home", "City": "Pune", "PostalCode": "411001" }] })).await;
    let chosen = async |fields: &str| t.profile_call(&tokens).query("fields", fields).send().await.ok().clone();
    assert_eq!(keys(&chosen("uid,FIRSTNAME").await), ["FirstName", "Uid"]);
    let nested = json!({ "Addresses": [{ "City": "Pune" }] });
    assert_eq!(chosen("Addresses(city)").await, nested);
    assert_eq!(chosen("addresses/City").await, nested);
    assert_eq!(chosen("*").await.as_object().unwrap().len(), 149);
    assert_eq!(chosen("").await.as_object().unwrap().len(), 149);
    assert_eq!(keys(&chosen("Uid,NoSuchThing").await), ["Uid"]);
}

#[tokio::test]
async fn fields_never_hide_the_tokens_of_a_login() {
    let t = Test::new().await;
    let user = t.user().await;
    let reply = t.login_call(&user, GOOD_PASSWORD).query("fields", "Uid").send().await;
    assert_eq!(reply.ok()["Profile"], json!({ "Uid": user.uid }));
    t.profile_call(&Tokens::of(&reply)).send().await.ok();
}
