//! The documented answers of the sign-in by PIN, as facts: the success down to its last value, the errors to
//! the byte.

use super::answers::Answers;
use super::{always, assert_alike, keys, link_identity};
use crate::credentials::pin::{Holder, OTHER_PIN, PIN, with_pins};
use crate::support::{BEGIN, GOOD_PASSWORD, Test, Tokens};
use doorward_flows::configuration::tenants;
use serde_json::{Map, Value, json};

fn answers() -> Answers {
    Answers::read(include_str!("login-with-pin.json"))
}

fn documented_profile() -> Map<String, Value> {
    answers().profile("/Profile").clone()
}

/// The documented person, made by the back end and linked to the documented identity, with a PIN set now.
async fn documented_person(t: &Test) -> Holder {
    let mut body = documented_profile();
    body.insert("Password".to_owned(), json!(GOOD_PASSWORD));
    let user = t.user_with(&Value::Object(body)).await;
    link_identity(t, &user.uid, &documented_profile()["Identities"][0]).await;
    let holder = t.sign_in(&user).await;
    t.wish_call(&holder.tokens, &json!({ "PIN": PIN })).send().await.ok();
    t.run_jobs().await;
    holder
}

#[tokio::test]
async fn the_sign_in_answers_as_documented() {
    let t = with_pins().await;
    let holder = documented_person(&t).await;
    let reply = t.pin_call(&holder.session_token, PIN).send().await;
    let mut differing = always();
    differing.retain(|(place, _)| !place.starts_with("/PIN"));
    differing.extend([
        // A number may be stored when it is possible; it is stored in its normal form.
        ("/PhoneId", json!("+15551234567")),
        // Somebody with ten logins behind them and two more; the example contradicts itself.
        ("/FirstLogin", json!(false)),
        ("/NoOfLogins", json!(12)),
        // The back end chose the uid.
        ("/IsCustomUid", json!(true)),
        // What happened at this moment.
        ("/LastPasswordChangeDate", json!(BEGIN)),
        ("/LastLoginDate", json!(BEGIN)),
        ("/ModifiedDate", json!(BEGIN)),
        ("/ProfileModifiedDate", json!(BEGIN)),
        // The PIN is masked, and what would change it is shown to nobody.
        ("/PIN", json!({ "Skipped": false, "PIN": "********", "LastPINChangeDate": BEGIN, "SkippedDate": "2024-03-10T10:00:00Z" })),
    ]);
    let mut expected = Value::Object(documented_profile());
    for (place, value) in differing {
        *expected.pointer_mut(place).unwrap_or_else(|| panic!("{place} is documented")) = value;
    }
    assert_alike(&reply.ok()["Profile"], &expected);
    assert_eq!(keys(&reply.json), keys(answers().success()), "no session token either: the one that it used lives");
    let tokens = Tokens::of(&reply);
    for token in [&tokens.access, &tokens.refresh] {
        let lengths: Vec<usize> = token.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "a GUID, as the documented answer shows");
    }
}

#[tokio::test]
async fn without_a_key_the_answer_is_the_documented_908() {
    let t = with_pins().await;
    let reply = t.post("/identity/v2/auth/login/pin").json(&json!({ "pin": PIN })).send().await;
    assert_eq!((reply.status, reply.text), (400, answers().error(908)));
}

#[tokio::test]
async fn with_a_wrong_pin_the_answer_is_the_documented_1236() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let reply = t.pin_call(&holder.session_token, OTHER_PIN).send().await;
    assert_eq!((reply.status, reply.text), (401, answers().error(1236)));
}

#[tokio::test]
async fn past_the_trial_the_answer_is_the_documented_6003() {
    let t = with_pins().await;
    let holder = t.holder().await;
    let changes =
        [("plan.state", "trial"), ("plan.trialEndsAt", BEGIN)].map(|(key, text)| (key.to_owned(), text.to_owned()));
    tenants::set(&t.app, "acme", &changes).await.unwrap();
    let reply = t.pin_call(&holder.session_token, PIN).send().await;
    assert_eq!((reply.status, reply.text), (403, answers().error(6003)));
}
