//! The back end's view of the rules.

use super::complaint;
use crate::support::{GOOD_PASSWORD, Test};
use serde_json::{Value, json};

const PATH: &str = "/v2/manage/password-policies";

#[tokio::test]
async fn the_rules_are_read_under_the_names_of_the_wire() {
    let t = Test::new().await;
    let reply = t.get(PATH).back_end().send().await;
    let policy = reply.ok();
    for (name, value) in [
        ("DictionaryPasswordValidation", json!(true)),
        ("ProfileDataPasswordValidation", json!(true)),
        ("ProfileDataPasswordExactMatch", json!(false)),
        ("CommonPasswordPreventionValidation", json!(true)),
        ("MaxPasswordHistory", json!(5)),
        ("ExpirationFrequency", json!(0)),
        ("ExpirationFrequencyType", json!("day")),
        ("PasswordValidationRules", json!("")),
    ] {
        assert_eq!(policy[name], value, "{name}");
    }
}

#[tokio::test]
async fn a_change_holds_from_the_next_request_on_and_for_its_tenant_alone() {
    let t = Test::new().await;
    let other = t.tenant("other").await;
    let before = t.get(PATH).back_end().send().await.ok().clone();
    let rules = json!({ "PasswordValidationRules": "min_length[30]", "ExpirationFrequency": 3, "expirationfrequencytype": "month" });
    let changed = t.put(PATH).back_end().json(&rules).send().await.ok().clone();
    let mut expected = before.clone();
    expected["PasswordValidationRules"] = json!("min_length[30]");
    expected["ExpirationFrequency"] = json!(3);
    expected["ExpirationFrequencyType"] = json!("month");
    assert_eq!(changed, expected);
    assert_eq!(t.get(PATH).back_end().send().await.ok(), &expected);
    assert_eq!(t.get(PATH).back_end_of(&other).send().await.ok(), &before);
    let refused = t.register(&json!({ "UserName": "newcomer", "Password": GOOD_PASSWORD })).await;
    assert_eq!(complaint(&refused), "The password must have at least 30 characters.");
}

#[tokio::test]
async fn what_is_out_of_range_changes_nothing_and_what_is_unknown_is_passed_over() {
    let t = Test::new().await;
    let before = t.get(PATH).back_end().send().await.ok().clone();
    let unfit = [
        json!({ "MaxPasswordHistory": 3, "ExpirationFrequency": -1 }),
        json!({ "MaxPasswordHistory": 3, "PasswordValidationRules": "min_length[x]" }),
        json!({ "MaxPasswordHistory": 3, "PasswordValidationRules": "custom[(]" }),
        json!({ "MaxPasswordHistory": 3, "PasswordValidationRules": "surprise" }),
        json!({ "MaxPasswordHistory": 3, "ExpirationFrequencyType": "week" }),
    ];
    for body in unfit {
        let refused = t.put(PATH).back_end().json(&body).send().await;
        assert_eq!(refused.refusal(), (403, 1134), "{body}");
        assert_ne!(refused.json["Errors"], Value::Null);
    }
    t.put(PATH).back_end().json(&json!({ "Unknown": true })).send().await.ok();
    assert_eq!(t.get(PATH).back_end().send().await.ok(), &before);
}
