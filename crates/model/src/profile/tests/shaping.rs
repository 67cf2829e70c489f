use super::*;
use serde_json::value::to_raw_value;

fn pruned(fields: &str, value: &Value) -> String {
    Shape::parse(fields).prune(to_raw_value(value).unwrap()).get().to_owned()
}

fn sample() -> Value {
    json!({
        "Uid": "u", "Email": [{"Type": "t", "Value": "v"}], "Country": {"Code": "c", "Name": "n"}, "Age": null,
        "Jobs": [{"Job": {"Id": "1", "Active": true}, "IsSaved": false}],
    })
}

#[test]
fn named_members_are_shown_in_the_order_of_the_profile() {
    assert_eq!(pruned("email, UID,nosuch", &sample()), r#"{"Uid":"u","Email":[{"Type":"t","Value":"v"}]}"#);
    assert_eq!(pruned("Age", &sample()), r#"{"Age":null}"#);
    assert_eq!(pruned("nosuch", &sample()), "{}");
}

#[test]
fn brackets_and_slashes_reach_below_and_into_lists() {
    assert_eq!(pruned("Country(name),Email/Value", &sample()), r#"{"Email":[{"Value":"v"}],"Country":{"Name":"n"}}"#);
    assert_eq!(pruned("Jobs/Job/Id", &sample()), r#"{"Jobs":[{"Job":{"Id":"1"}}]}"#);
    assert_eq!(pruned("Jobs(Job(Id),IsSaved)", &sample()), r#"{"Jobs":[{"Job":{"Id":"1"},"IsSaved":false}]}"#);
    assert_eq!(pruned("Jobs/Job(Id)", &sample()), r#"{"Jobs":[{"Job":{"Id":"1"}}]}"#);
    assert_eq!(pruned("Country(*)", &sample()), r#"{"Country":{"Code":"c","Name":"n"}}"#);
}

#[test]
fn a_name_given_twice_shows_both_parts() {
    assert_eq!(pruned("Country/Code,country/Name", &sample()), r#"{"Country":{"Code":"c","Name":"n"}}"#);
    assert_eq!(pruned("Country/Code,Country", &sample()), r#"{"Country":{"Code":"c","Name":"n"}}"#);
}

#[test]
fn without_names_or_with_a_star_everything_is_shown() {
    for fields in ["", " ", ",", "()", "*", "Uid,*", "/"] {
        assert_eq!(pruned(fields, &sample()), sample().to_string(), "{fields:?}");
    }
}

#[test]
fn broken_brackets_close_at_the_end() {
    assert_eq!(pruned("Country(Code", &sample()), r#"{"Country":{"Code":"c"}}"#);
    assert_eq!(pruned("Country(Code)x,Age", &sample()), r#"{"Country":{"Code":"c"},"Age":null}"#);
    assert_eq!(pruned("Country((((Code", &sample()), r#"{"Country":{"Code":"c"}}"#);
    assert_eq!(pruned("Country()", &sample()), r#"{"Country":{"Code":"c","Name":"n"}}"#);
}

#[test]
fn below_the_fifth_level_everything_is_shown() {
    let deep = json!({"a": {"b": {"c": {"d": {"e": {"f": 1, "g": 2}, "x": 3}}}}, "z": 4});
    let wanted = r#"{"a":{"b":{"c":{"d":{"e":{"f":1,"g":2}}}}}}"#;
    assert_eq!(pruned("a/b/c/d/e/f", &deep), wanted);
    assert_eq!(pruned("a(b(c(d(e(f(g)),y))))", &deep), wanted);
    assert_eq!(pruned("a/b/c/d/e/f,z", &deep), r#"{"a":{"b":{"c":{"d":{"e":{"f":1,"g":2}}}}},"z":4}"#);
}

#[test]
fn names_beyond_two_hundred_are_ignored() {
    let fields = format!("{}Uid", "x,".repeat(199));
    assert_eq!(pruned(&fields, &sample()), r#"{"Uid":"u"}"#);
    let fields = format!("{}Uid", "x,".repeat(200));
    assert_eq!(pruned(&fields, &sample()), "{}");
}

#[test]
fn names_with_escapes_are_found() {
    assert_eq!(pruned("a\"b", &json!({"a\"b": 1, "c": 2})), r#"{"a\"b":1}"#);
}
