use super::*;
use crate::reason::Reason;

fn refusal(value: Value) -> Reason {
    persona(value).unwrap_err().reason
}

#[test]
fn names_are_read_in_any_case_and_unknown_ones_ignored() {
    let given = json!({
        "firstname": "A", "LASTNAME": "B", "TeleVisionShow": [{"id": "1"}],
        "suggestions": {"CompaniestoFollow": [{"Id": "2"}]},
        "Educations": [{"year": "2012", "type": "t", "fieldofstudy": "f", "other": 1}],
        "Positions": [{"Positions": "p"}],
        "NoSuchKey": {"x": 1}, "": 1,
    });
    let wanted = json!({
        "FullName": "A B", "FirstName": "A", "LastName": "B",
        "Suggestions": {"CompaniesToFollow": [{"Id": "2"}]},
        "Positions": [{"Position": "p"}],
        "Educations": [{"Year": "2012", "Type": "t", "FieldOfStudy": "f"}],
        "TelevisionShow": [{"Id": "1"}],
    });
    assert_eq!(persona(given).unwrap().to_string(), wanted.to_string());
}

#[test]
fn the_old_name_of_the_session_limit_is_read() {
    let persona = Persona::from_wire(&body(json!({"SessionsLimit": 3})), Writer::BackEnd).unwrap();
    assert_eq!(persona.session_limit, Some(3));
}

#[test]
fn a_name_given_twice_in_different_case_is_refused() {
    assert_eq!(refusal(json!({"FirstName": "A", "firstname": "B"})), Reason::PayloadInvalid);
    assert_eq!(refusal(json!({"Country": {"Code": "A", "code": "B"}})), Reason::PayloadInvalid);
}

#[test]
fn a_wrong_type_is_refused() {
    let wrong = [
        json!({"FirstName": 1}),
        json!({"FirstName": ["A"]}),
        json!({"Hireable": "true"}),
        json!({"FollowersCount": "1"}),
        json!({"FollowersCount": 1.5}),
        json!({"FollowersCount": u64::MAX}),
        json!({"Country": "US"}),
        json!({"Country": ["US", "United States"]}),
        json!({"Sports": {"Id": "1"}}),
        json!({"Sports": ["1"]}),
        json!({"Sports": [null]}),
        json!({"InterestedIn": [1]}),
        json!({"WebProfiles": {"github": 1}}),
        json!({"Publications": [{"Authors": [{"Id": 1}]}]}),
    ];
    for value in wrong {
        assert_eq!(refusal(value.clone()), Reason::PayloadInvalid, "{value}");
    }
}

#[test]
fn a_text_with_a_null_character_is_refused() {
    assert_eq!(refusal(json!({"FirstName": "a\0b"})), Reason::PayloadInvalid);
    assert_eq!(refusal(json!({"WebProfiles": {"a\0b": "c"}})), Reason::PayloadInvalid);
}

#[test]
fn null_is_as_good_as_absent_at_every_level() {
    let given = json!({"FirstName": null, "Country": {"Code": null, "Name": "X"}, "WebProfiles": {"a": null}});
    assert_eq!(persona(given).unwrap(), json!({"Country": {"Name": "X"}, "WebProfiles": {}}));
}

#[test]
fn what_the_server_manages_is_ignored_from_users_and_taken_from_back_ends() {
    let given = body(json!({
        "ID": "1", "Provider": "p", "FullName": "Somebody Else", "Verified": "true", "SessionLimit": 9, "FirstName": "A",
        "PreviousUids": ["u"], "Email": [{"Type": "Primary", "Value": "a@example.com"}], "PhoneId": "+1",
        "ProviderAccessCredential": {"AccessToken": "t"},
    }));
    let by_user = stored(Persona::from_wire(&given, Writer::User).unwrap());
    assert_eq!(by_user, json!({"FullName": "A", "FirstName": "A"}));
    let by_back_end = stored(Persona::from_wire(&given, Writer::BackEnd).unwrap());
    let wanted = json!({
        "SessionLimit": 9, "ID": "1", "Provider": "p", "FullName": "Somebody Else", "FirstName": "A", "Verified": "true",
        "PreviousUids": ["u"],
    });
    assert_eq!(by_back_end.to_string(), wanted.to_string());
}

#[test]
fn users_cannot_give_themselves_roles_or_proofs() {
    let given = body(json!({
        "Roles": ["Admin"], "ExternalIds": [{"Source": "s", "SourceId": "1"}], "EmailVerified": true, "IsActive": true,
        "NoOfLogins": 3, "Uid": "u", "UserName": "name", "CustomFields": {"a": "b"}, "IsEmailSubscribed": true,
    }));
    let document = AccountDocument::from_wire(&given, Writer::User).unwrap();
    assert_eq!(document.to_stored(), r#"{"CustomFields":{"a":"b"}}"#);
    let change = AccountChange::from_wire(&given, Writer::User).unwrap();
    let wanted = AccountChange {
        user_name: Some("name".to_owned()),
        is_email_subscribed: Some(true),
        ..AccountChange::default()
    };
    assert!(change == wanted);
}

#[test]
fn ignored_keys_may_hold_anything() {
    assert_eq!(persona(json!({"ID": 5, "Email": "a@example.com"})).unwrap(), json!({}));
}

#[test]
fn every_restricted_key_is_a_key_of_the_profile() {
    let known = example();
    for key in writer::restricted() {
        assert!(
            known.contains_key(key) || ["DisableLogin", "IsTwoFactorAuthenticationEnabled"].contains(&key),
            "{key}"
        );
    }
}

#[test]
fn a_date_that_is_none_is_refused() {
    let read = |text: &str| AccountChange::from_wire(&body(json!({"CreatedDate": text})), Writer::BackEnd);
    assert_eq!(read("2024-03-15T10:00:00Z").unwrap().created_date.unwrap().to_wire(), "2024-03-15T10:00:00Z");
    assert_eq!(read("yesterday").unwrap_err().reason, Reason::PayloadInvalid);
}

#[test]
fn birth_dates_come_in_three_forms_and_go_out_as_they_came() {
    let forms = ["05-15-1990", "5/15/1990", "5-1-1990", "1990-05-15", "1990-05-15T00:00:00Z", "1990-05-15T00:00:00"];
    for text in forms {
        assert_eq!(persona(json!({"BirthDate": text})).unwrap(), json!({"BirthDate": text}));
    }
    assert_eq!(birth_date("5/15/1990"), birth_date("1990-05-15T00:00:00Z"));
    assert_eq!(birth_date("02-29-2024").map(time::Date::ordinal), Some(60));
}

#[test]
fn other_birth_dates_and_genders_are_refused_by_name() {
    for text in
        ["", "1990", "15-05-1990", "02-29-2023", "1990/05/15", "5-1-90", "+5-01-1990", "1990-05-15Tx", "5/1-1990"]
    {
        let refusal = persona(json!({"BirthDate": text})).unwrap_err();
        assert_eq!(refusal.reason, Reason::ValidationFailed, "{text}");
        assert_eq!(refusal.errors[0].field, "birthdate");
    }
    let refusal = persona(json!({"BirthDate": "x", "Gender": "y"})).unwrap_err();
    let fields: Vec<_> = refusal.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["birthdate", "gender"]);
    assert_eq!(persona(json!({"Gender": "Female"})).unwrap(), json!({"Gender": "Female"}));
}

#[test]
fn addresses_need_types_of_their_own() {
    assert_eq!(refusal(json!({"Addresses": [{"City": "x"}]})), Reason::AddressTypeRequired);
    assert_eq!(refusal(json!({"Addresses": [{"Type": " "}]})), Reason::AddressTypeRequired);
    assert_eq!(refusal(json!({"Addresses": [{"Type": "Home"}, {"Type": "home"}]})), Reason::AddressTypeDuplicate);
}

#[test]
fn a_phone_without_type_is_the_default_one_and_types_do_not_repeat() {
    let given = json!({"PhoneNumbers": [{"PhoneNumber": "1"}]});
    assert_eq!(persona(given).unwrap()["PhoneNumbers"][0]["PhoneType"], "Default");
    assert_eq!(refusal(json!({"PhoneNumbers": [{"PhoneType": ""}]})), Reason::PhoneTypeRequired);
    assert_eq!(refusal(json!({"PhoneNumbers": [{}, {"PhoneType": "default"}]})), Reason::PhoneTypeDuplicate);
}

#[test]
fn custom_fields_are_short_texts() {
    let read = |fields: Value| AccountDocument::from_wire(&body(json!({"CustomFields": fields})), Writer::User);
    assert!(read(json!({"a": "ä".repeat(1000)})).is_ok());
    assert_eq!(read(json!({"a": "ä".repeat(1001)})).unwrap_err().reason, Reason::ValidationFailed);
    assert_eq!(read(json!({"a": 1})).unwrap_err().reason, Reason::PayloadInvalid);
}
