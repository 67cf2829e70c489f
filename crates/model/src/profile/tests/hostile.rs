use super::*;
use proptest::prelude::*;
use serde_json::value::to_raw_value;

/// Any JSON, its names drawn from those of the profile in random case, so that all readers are reached.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "(add|delete|Home|5/1/1990|male)".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(any_name(), inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_name() -> impl Strategy<Value = String> {
    let known = ["op", "Operation", "Type", "Name", "Id", "Code", "Company", "Comapny", "PhoneType", "BageId", "Value"];
    let mut names: Vec<&'static str> = known.to_vec();
    names.extend(Persona::KEYS);
    names.extend(AccountDocument::KEYS);
    prop_oneof![
        8 => prop::sample::select(names).prop_map(str::to_owned),
        1 => ".{0,8}",
        1 => prop::sample::select(Persona::KEYS).prop_map(str::to_ascii_lowercase),
    ]
}

fn any_body() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::hash_map(any_name(), any_json(), 0..8).prop_map(|members| members.into_iter().collect())
}

fn any_writer() -> impl Strategy<Value = Writer> {
    prop_oneof![Just(Writer::User), Just(Writer::BackEnd)]
}

proptest! {
    #[test]
    fn no_body_makes_a_reader_panic_and_what_is_taken_can_be_shown(
        first in any_body(), second in any_body(), writer in any_writer(), erase in any::<bool>(),
    ) {
        let nulls = if erase { Nulls::Erase } else { Nulls::Keep };
        let persona = Persona::from_wire(&first, writer).unwrap_or_default();
        let persona = persona.merged(&second, writer, nulls).unwrap_or(persona);
        let document = AccountDocument::from_wire(&first, writer).unwrap_or_default();
        let document = document.merged(&second, writer, nulls).unwrap_or(document);
        let identity = Identity::from_wire(&second).unwrap_or_default();
        let mut facts = bare_facts();
        facts.apply(AccountChange::from_wire(&second, writer).unwrap_or_default());

        let shown = render(&persona.to_stored(), &document.to_stored(), &facts, &[identity.to_stored()]).unwrap();
        let shown: Map<String, Value> = serde_json::from_str(shown.get()).unwrap();
        prop_assert_eq!(shown.len(), 149);
        prop_assert_eq!(shown["Identities"][0].as_object().unwrap().len(), 117);
        prop_assert!(Persona::from_stored(&persona.to_stored()).unwrap() == persona);
    }

    #[test]
    fn any_fields_text_prunes_any_value_to_a_value(fields in "[a-c*(),/ ]{0,60}", value in any_json()) {
        let shown = Shape::parse(&fields).prune(to_raw_value(&value).unwrap());
        prop_assert!(serde_json::from_str::<Value>(shown.get()).is_ok());
    }
}

#[test]
fn a_deep_body_is_ignored_where_nobody_looks_and_refused_where_somebody_does() {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(persona(json!({"NoSuchKey": deep})).unwrap(), json!({}));
    assert!(persona(json!({"Sports": deep})).is_err());
}

#[test]
fn a_change_of_many_deletions_meets_a_list_of_many_entries() {
    let entries = |verb: &str| -> Vec<Value> {
        (0..5_000).map(|number| json!({"Name": number.to_string(), "op": verb})).collect()
    };
    let before = Persona::from_wire(&body(json!({"PlacesLived": entries("add")})), Writer::User).unwrap();
    let after = before.merged(&body(json!({"PlacesLived": entries("delete")})), Writer::User, Nulls::Keep).unwrap();
    assert_eq!(stored(after), json!({"PlacesLived": []}));
}

#[test]
fn many_changes_cannot_grow_a_profile_beyond_one_large_body() {
    let large = "x".repeat(200_000);
    let persona = Persona::from_wire(&body(json!({"About": large})), Writer::User).unwrap();
    let refusal = persona.merged(&body(json!({"Quote": large})), Writer::User, Nulls::Keep).unwrap_err();
    assert_eq!(refusal.errors[0].field, "profile");
    assert!(persona.merged(&body(json!({"About": "y".repeat(250_000)})), Writer::User, Nulls::Keep).is_ok());
}
