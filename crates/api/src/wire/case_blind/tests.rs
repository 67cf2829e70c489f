use super::{Scalars, read};
use crate::wire::query::Flag;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Deserialize)]
struct Login {
    otp: String,
    #[serde(rename = "SecurityAnswer", default)]
    answers: BTreeMap<String, String>,
    #[serde(rename = "PIN", alias = "PINInfo")]
    pin: Option<Pin>,
    #[serde(default)]
    tags: Vec<Pin>,
    #[serde(default)]
    remember: Flag,
    count: Option<u8>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Pin {
    #[serde(rename = "PIN")]
    pin: String,
}

fn typed(value: &Value) -> Result<Login, Refusal> {
    read(value, Scalars::Typed)
}

#[test]
fn names_are_matched_without_case_at_every_level() {
    let login = typed(&json!({ "OTP": "1", "pininfo": { "pin": "2" }, "Tags": [{ "Pin": "3" }] })).unwrap();
    assert_eq!(login.otp, "1");
    assert_eq!(login.pin, Some(Pin { pin: "2".to_owned() }));
    assert_eq!(login.tags, [Pin { pin: "3".to_owned() }]);
}

#[test]
fn keys_of_a_map_keep_their_case() {
    let login = typed(&json!({ "otp": "1", "securityanswer": { "QuestionId": "a" } })).unwrap();
    assert_eq!(login.answers.keys().collect::<Vec<_>>(), ["QuestionId"]);
    let free: Map<String, Value> = read(&json!({ "Aa": { "Bb": [1] } }), Scalars::Typed).unwrap();
    assert_eq!(Value::Object(free), json!({ "Aa": { "Bb": [1] } }));
}

#[test]
fn unknown_names_are_ignored_and_null_is_absent() {
    let login =
        typed(&json!({ "otp": "1", "later": { "x": 1 }, "PIN": null, "tags": null, "remember": null })).unwrap();
    assert_eq!((login.pin, login.tags, login.remember), (None, Vec::new(), Flag(false)));
}

#[test]
fn a_missing_field_is_named() {
    assert_eq!(typed(&json!({ "otp": "" })), Err(Refusal::missing("otp")));
    assert_eq!(typed(&json!({ "otp": "1", "pin": {} })), Err(Refusal::missing("PIN")));
}

#[test]
fn a_value_of_the_wrong_type_is_refused() {
    for value in
        [json!({ "otp": 1 }), json!({ "otp": "1", "count": "2" }), json!({ "otp": "1", "count": 256 }), json!([])]
    {
        assert_eq!(typed(&value), Err(Reason::PayloadInvalid.into()), "{value}");
    }
}

#[test]
fn one_field_under_two_of_its_names_is_refused() {
    let value = json!({ "otp": "1", "pin": { "pin": "2" }, "pininfo": { "pin": "2" } });
    assert_eq!(typed(&value), Err(Reason::PayloadInvalid.into()));
}

#[test]
fn text_is_read_as_numbers_where_there_is_only_text() {
    let login: Login = read(&json!({ "otp": "1", "count": "2", "remember": "True" }), Scalars::Text).unwrap();
    assert_eq!((login.count, login.remember), (Some(2), Flag(true)));
}
