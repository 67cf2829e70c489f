use super::*;

/// The example as the back end would bring it in and any sign-in would show it.
fn round_trip(example: &Map<String, Value>) -> Map<String, Value> {
    let persona = Persona::from_wire(example, Writer::BackEnd).unwrap();
    let document = AccountDocument::from_wire(example, Writer::BackEnd).unwrap();
    let mut facts = bare_facts();
    facts.apply(AccountChange::from_wire(example, Writer::BackEnd).unwrap());
    facts.has_password = true;
    facts.has_pin = true;
    let identities: Vec<String> = example["Identities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|identity| Identity::from_wire(identity.as_object().unwrap()).unwrap().to_stored())
        .collect();
    let shown = render(&persona.to_stored(), &document.to_stored(), &facts, &identities).unwrap();
    serde_json::from_str(shown.get()).unwrap()
}

#[test]
fn a_complete_profile_goes_in_and_comes_out_the_same_but_for_its_secrets() {
    let mut wanted = example();
    wanted["LastPasswordChangeToken"] = Value::Null;
    wanted["ProviderAccessCredential"] = Value::Null;
    wanted["PIN"]["PIN"] = json!("********");
    wanted["PIN"].as_object_mut().unwrap().shift_remove("LastPINChangeToken");
    wanted["Identities"][0]["TokenSignSecret"] = json!(0);
    wanted["Identities"][0]["ProviderAccessCredential"] = Value::Null;

    let shown = round_trip(&example());

    for (key, value) in &wanted {
        assert_eq!(shown[key].to_string(), value.to_string(), "{key}, names and values in their order");
    }
    assert_eq!(keys(&shown), keys(&wanted));
}

#[test]
fn what_was_shown_can_be_brought_in_again_and_shows_the_same() {
    let once = round_trip(&example());
    assert_eq!(Value::Object(round_trip(&once)).to_string(), Value::Object(once).to_string());
}

#[test]
fn an_empty_profile_has_every_key_of_a_full_one_in_the_same_order() {
    let shown = render("{}", "{}", &bare_facts(), &["{}".to_owned()]).unwrap();
    let shown: Map<String, Value> = serde_json::from_str(shown.get()).unwrap();
    let full = example();

    assert_eq!(keys(&shown), keys(&full));
    assert_eq!(keys(&shown).len(), 149);
    assert_eq!(keys(identity(&shown)), keys(identity(&full)));
    assert_eq!(keys(identity(&shown)).len(), 117);
    let set: Vec<_> = identity(&shown).iter().filter(|(_, value)| !value.is_null()).collect();
    assert_eq!(set, [(&"TokenSignSecret".to_owned(), &json!(0))]);
    let set = shown.iter().filter(|(_, value)| value.is_string()).map(|(key, _)| key.as_str());
    let dates = ["CreatedDate", "ModifiedDate", "ProfileModifiedDate", "SignupDate"];
    assert_eq!(set.collect::<Vec<_>>(), [&["LoginLockedType"], &dates[..], &["Uid"]].concat());
}

#[test]
fn an_account_without_password_pin_and_identities_shows_null_for_them() {
    let shown = render("{}", "{}", &bare_facts(), &[]).unwrap();
    let shown: Value = serde_json::from_str(shown.get()).unwrap();
    for key in ["Password", "PIN", "Identities", "Email", "UnverifiedEmail", "LastLoginDate", "PhoneId"] {
        assert_eq!(shown[key], Value::Null, "{key}");
    }
}

#[test]
fn an_address_in_the_stored_text_never_wins_over_the_accounts_own() {
    let text = r#"{"PhoneId":"+1","CreatedDate":"2020-01-01T00:00:00Z","Email":[{"Type":"Primary","Value":"old@example.com"}]}"#;
    let shown = render(text, "{}", &bare_facts(), &[]).unwrap();
    let shown: Value = serde_json::from_str(shown.get()).unwrap();
    assert_eq!(shown["PhoneId"], Value::Null);
    assert_eq!(shown["Email"], Value::Null);
    assert_eq!(shown["CreatedDate"], "1970-01-01T00:00:00Z");
}

#[test]
fn a_providers_credentials_are_hidden_even_if_they_got_into_a_stored_text() {
    let text = r#"{"ProviderAccessCredential":{"AccessToken":"secret"}}"#;
    let shown = render(text, "{}", &bare_facts(), &[text.to_owned()]).unwrap();
    assert!(!shown.get().contains("secret"));
}

#[test]
fn a_stored_text_that_is_no_object_or_out_of_order_is_broken() {
    let facts = bare_facts();
    for text in ["", "[]", "{", r#"{"LastName":"A","FirstName":"B"}"#, r#"{"Unknown":1}"#] {
        assert_eq!(render(text, "{}", &facts, &[]).unwrap_err(), Broken, "{text}");
        assert_eq!(render("{}", text, &facts, &[]).unwrap_err(), Broken, "{text}");
        assert_eq!(render("{}", "{}", &facts, &[text.to_owned()]).unwrap_err(), Broken, "{text}");
    }
}

#[test]
fn twins_are_mirrored_from_the_right_key_or_from_the_twin_when_it_is_alone() {
    let given = json!({
        "Positions": [{"Company": {"Name": "right"}, "Comapny": {"Name": "wrong"}}, {"Comapny": {"Name": "alone"}}],
        "Badges": [{"BageId": "1", "BageMessage": "m"}],
        "JobBookmarks": [{"Job": {"Company": {"Id": "2"}}}],
        "Interests": [{"InterestedType": "t"}],
        "PhoneNumbers": [{"Operation": "add"}],
        "Addresses": [{"op": "add"}],
    });
    let identity = Identity::from_wire(&body(given)).unwrap().to_stored();
    let wanted = json!({
        "Positions": [
            {"Company": {"Name": "right"}, "Comapny": {"Name": "right"}},
            {"Company": {"Name": "alone"}, "Comapny": {"Name": "alone"}},
        ],
        "PhoneNumbers": [{"op": "add"}],
        "Addresses": [{"Op": "add"}],
        "Interests": [{"InterestType": "t"}],
        "JobBookmarks": [{"Job": {"Compony": {"Id": "2"}}}],
        "Badges": [{"BadgeId": "1", "BageId": "1", "BadgeMessage": "m", "BageMessage": "m"}],
    });
    assert_eq!(identity, wanted.to_string());
}

#[test]
fn nothing_of_a_profile_is_told_by_debug() {
    let persona = Persona::from_wire(&example(), Writer::BackEnd).unwrap();
    assert_eq!(format!("{persona:?}"), "Persona(..)");
    let mut facts = bare_facts();
    facts.user_name = Some("john_doe".to_owned());
    assert!(!format!("{facts:?}").contains("john_doe"));
}

fn keys(object: &Map<String, Value>) -> Vec<&str> {
    object.keys().map(String::as_str).collect()
}

fn identity(profile: &Map<String, Value>) -> &Map<String, Value> {
    profile["Identities"][0].as_object().unwrap()
}
