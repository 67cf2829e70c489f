//! The documented answers of the reset by phone, as facts in `golden/`: the success down to its last value, the errors
//! to the byte.

mod answers;
mod errors;
mod last_step;
mod passkey;
mod pin;
mod second_factor;

use crate::support::{BEGIN, GOOD_PASSWORD, OTHER_PASSWORD, Reply, Test, Tokens};
use answers::Answers;
use doorward_model::id::Uid;
use doorward_model::profile::Identity;
use doorward_store::{Error, Json, accounts};
use serde_json::{Map, Value, json};

fn answers() -> Answers {
    Answers::read(include_str!("golden/reset-password-by-phone-otp.json"))
}

fn documented_profile() -> Map<String, Value> {
    answers().profile("/Data/Profile").clone()
}

/// A number that messages reach; the documented one lies in a range that no country has assigned.
const REACHABLE: &str = "+1-202-555-0143";

pub(crate) fn keys(object: &Value) -> Vec<&String> {
    object.as_object().unwrap().keys().collect()
}

/// Makes the documented person: by the back end, the password and a reachable phone put in, then the identity that a
/// social login would have brought.
async fn documented_person(t: &Test) -> Value {
    let mut body = documented_profile();
    body.insert("Password".to_owned(), json!(GOOD_PASSWORD));
    body.insert("PhoneId".to_owned(), json!(REACHABLE));
    let made = t.post("/identity/v2/manage/account").back_end().json(&Value::Object(body)).send().await;
    let uid = made.ok()["Uid"].as_str().unwrap().to_owned();
    link_documented_identity(t, &uid).await;
    t.get(&format!("/identity/v2/manage/account/{uid}")).back_end().send().await.ok().clone()
}

async fn link_documented_identity(t: &Test, uid: &str) {
    link_identity(t, uid, &documented_profile()["Identities"][0]).await;
}

/// Gives the person the identity that a social login would have brought.
pub(crate) async fn link_identity(t: &Test, uid: &str, identity: &Value) {
    let stored = Identity::from_wire(identity.as_object().unwrap()).unwrap().to_stored();
    let (tenant, uid, document) = (t.acme.id.clone(), Uid::new(uid), Json::from_text(stored));
    t.app
        .store
        .write::<_, Error>(move |tx| accounts::put_identity(tx, &tenant, &uid, "facebook", "usr_12345abc", &document))
        .await
        .unwrap();
}

/// The documented profile, but with these values.
fn expected(differing: &[(&str, Value)]) -> Value {
    let mut profile = Value::Object(documented_profile());
    for (place, value) in differing {
        let place = profile.pointer_mut(place).unwrap_or_else(|| panic!("{place} is documented"));
        *place = value.clone();
    }
    profile["PIN"].as_object_mut().unwrap().retain(|_, value| !value.is_null());
    profile
}

/// What no answer shows as it is documented, each with its reason.
pub(crate) fn always() -> Vec<(&'static str, Value)> {
    vec![
        // Opens something, so it is shown to nobody.
        ("/LastPasswordChangeToken", Value::Null),
        ("/PIN/LastPINChangeToken", Value::Null),
        ("/ProviderAccessCredential", Value::Null),
        ("/Identities/0/ProviderAccessCredential", Value::Null),
        ("/Identities/0/TokenSignSecret", json!(0)),
        // No PIN is set by way of a profile.
        ("/PIN/PIN", Value::Null),
        // The only address is proved, so none stands apart as unproved.
        ("/UnverifiedEmail", Value::Null),
    ]
}

/// What differs beside that when the documented person is made.
fn when_made() -> Vec<(&'static str, Value)> {
    let mut differing = always();
    differing.extend([
        // As `REACHABLE` is stored.
        ("/PhoneId", json!("+12025550143")),
        // Somebody with ten logins behind them; the example contradicts itself.
        ("/FirstLogin", json!(false)),
        // The back end chose the uid.
        ("/IsCustomUid", json!(true)),
        // The password was set at this moment.
        ("/LastPasswordChangeDate", json!(BEGIN)),
    ]);
    differing
}

/// Each value in its place, its members in their order; all that differ are told at once.
#[track_caller]
pub(crate) fn assert_alike(shown: &Value, expected: &Value) {
    // As text, because values are equal in whatever order their members stand.
    let text = Value::to_string;
    let differing: Vec<String> = expected
        .as_object()
        .unwrap()
        .iter()
        .filter(|(key, value)| text(&shown[key.as_str()]) != text(value))
        .map(|(key, value)| format!("{key}: {} instead of {value}", shown[key]))
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
    assert_eq!(keys(shown), keys(expected));
}

async fn reset(t: &Test) -> Reply {
    t.ask_for_reset(REACHABLE).send().await.ok();
    let code = t.code_for("+12025550143").await;
    let reply = t.reset_call(REACHABLE, &code, OTHER_PASSWORD).send().await;
    t.run_jobs().await;
    reply
}

#[tokio::test]
async fn the_reset_answers_as_documented() {
    let t = Test::new().await;
    documented_person(&t).await;
    let reply = reset(&t).await;
    let mut differing = when_made();
    // The reset signs the person in, once more and now.
    differing.extend([("/NoOfLogins", json!(11)), ("/LastLoginDate", json!(BEGIN))]);
    // The date belonged to the password before; this tenant lets passwords live for ever.
    differing.extend([("/PasswordExpirationDate", Value::Null), ("/ModifiedDate", json!(BEGIN))]);
    assert_alike(&reply.ok()["Data"]["Profile"], &expected(&differing));

    let answers = answers();
    assert_eq!(reply.json["IsPosted"], true);
    assert_eq!(keys(&reply.json), keys(answers.success()));
    assert_eq!(keys(&reply.json["Data"]), keys(&answers.success()["Data"]));
    assert_eq!(reply.json["Data"]["expires_in"], "2026-01-15T12:15:00Z");
    let tokens = Tokens::of(&reply);
    for token in [&tokens.access, &tokens.refresh] {
        let lengths: Vec<usize> = token.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "a GUID, as the documented answer shows");
    }
}

#[tokio::test]
async fn a_profile_goes_in_by_create_user_and_comes_out_the_same() {
    let t = Test::new().await;
    assert_alike(&documented_person(&t).await, &expected(&when_made()));
}

#[tokio::test]
async fn a_profile_goes_in_by_update_and_comes_out_the_same() {
    let t = Test::new().await;
    let user = t.user().await;
    let path = format!("/identity/v2/manage/account/{}", user.uid);
    link_documented_identity(&t, &user.uid).await;
    let reply = t.put(&path).back_end().json(&Value::Object(documented_profile())).send().await;
    let mut differing = always();
    differing.extend([
        // A number may be stored when it is possible; it is stored in its normal form.
        ("/PhoneId", json!("+15551234567")),
        // What the server counts and notes; an update does not rewrite history.
        ("/Uid", json!(user.uid)),
        ("/NoOfLogins", json!(0)),
        ("/RegistrationProvider", json!("Email")),
        ("/RegistrationSource", json!("API")),
        ("/LastPasswordChangeDate", json!(BEGIN)),
        ("/CreatedDate", json!(BEGIN)),
        ("/ModifiedDate", json!(BEGIN)),
        ("/ProfileModifiedDate", json!(BEGIN)),
        ("/LastLoginDate", Value::Null),
    ]);
    assert_alike(reply.ok(), &expected(&differing));
    assert_eq!(t.get(&path).back_end().send().await.ok(), &reply.json);
}

#[tokio::test]
async fn without_a_key_the_answer_is_the_documented_908() {
    let t = Test::new().await;
    let reply = t.put("/identity/v2/auth/password/otp").json(&json!({ "phone": REACHABLE })).send().await;
    assert_eq!((reply.status, reply.text), (400, answers().error(908)));
}

#[tokio::test]
async fn with_an_unknown_key_the_answer_is_the_documented_901() {
    let t = Test::new().await;
    let call = t.put("/identity/v2/auth/password/otp").query("apikey", "6dd4b6c0-3a3c-4a44-8d6b-5ee4ce2f8b31");
    let reply = call.json(&json!({})).send().await;
    assert_eq!((reply.status, reply.text), (403, answers().error(901)));
}

#[tokio::test]
async fn with_a_wrong_code_the_answer_is_the_documented_1409_and_the_usual_keys_beside_it() {
    let t = Test::new().await;
    let reply = t.reset_call(REACHABLE, "000000", OTHER_PASSWORD).send().await;
    assert_eq!(reply.status, 401);
    let head = answers().error(1409);
    assert!(reply.text.starts_with(head.trim_end_matches('}')), "{}", reply.text);
    assert_eq!(
        keys(&reply.json),
        ["errorCode", "message", "description", "ErrorCode", "Message", "Description"],
        "the Node and Python clients know an error by `ErrorCode` alone"
    );
    for (camel, pascal) in [("errorCode", "ErrorCode"), ("message", "Message"), ("description", "Description")] {
        assert_eq!(reply.json[camel], reply.json[pascal]);
    }
}

#[tokio::test]
async fn when_something_breaks_the_answer_is_the_documented_950() {
    let t = Test::new().await;
    t.app.store.write::<_, Error>(|tx| tx.execute("DROP TABLE challenges", &[])).await.unwrap();
    let reply = t.reset_call(REACHABLE, "000000", OTHER_PASSWORD).send().await;
    assert_eq!((reply.status, reply.text), (500, answers().error(950)));
}
