use super::*;
use crate::reason::Reason;

/// What `before` becomes when a user changes it.
fn changed(before: Value, change: Value, nulls: Nulls) -> Value {
    let before = Persona::from_wire(&body(before), Writer::BackEnd).unwrap();
    stored(before.merged(&body(change), Writer::User, nulls).unwrap())
}

#[test]
fn absent_keys_keep_and_given_ones_replace() {
    let before = json!({"City": "Bonn", "Sports": [{"Id": "1"}], "Country": {"Code": "DE", "Name": "Germany"}});
    let after =
        changed(before, json!({"city": "Ulm", "Sports": [{"Id": "2"}], "Country": {"Code": "FR"}}), Nulls::Keep);
    assert_eq!(after, json!({"City": "Ulm", "Sports": [{"Id": "2"}], "Country": {"Code": "FR"}}));
}

#[test]
fn null_erases_only_when_it_is_asked_to() {
    let before = json!({"City": "Bonn", "State": "NRW"});
    assert_eq!(changed(before.clone(), json!({"City": null}), Nulls::Keep), before);
    assert_eq!(changed(before, json!({"City": null}), Nulls::Erase), json!({"State": "NRW"}));
}

#[test]
fn null_does_not_erase_what_the_writer_may_not_set() {
    let before = json!({"Verified": "true"});
    assert_eq!(changed(before.clone(), json!({"Verified": null}), Nulls::Erase), before);
}

#[test]
fn the_full_name_follows_the_names_unless_the_back_end_gave_one() {
    let before = json!({"FirstName": "John", "LastName": "Smith", "FullName": "John Robert Smith"});
    assert_eq!(changed(before.clone(), json!({"City": "Ulm"}), Nulls::Keep)["FullName"], "John Robert Smith");
    assert_eq!(changed(before.clone(), json!({"FirstName": "Jane"}), Nulls::Keep)["FullName"], "Jane Smith");
    assert_eq!(changed(before.clone(), json!({"FullName": "Eve"}), Nulls::Keep)["FullName"], "John Robert Smith");
    let gone = changed(before, json!({"FirstName": null, "LastName": null}), Nulls::Erase);
    assert_eq!(gone, json!({}));
}

#[test]
fn a_deletion_takes_only_the_entry_that_it_names() {
    let before = json!({
        "Addresses": [{"Type": "Home", "City": "Bonn"}, {"Type": "Work", "City": "Ulm"}],
        "PhoneNumbers": [{"PhoneType": "Mobile", "PhoneNumber": "1"}, {"PhoneType": "Home", "PhoneNumber": "2"}],
        "Languages": [{"Id": "1", "Name": "English"}, {"Name": "French"}],
        "PlacesLived": [{"Name": "Rome"}, {"Name": "Oslo"}],
    });
    let change = json!({
        "Addresses": [{"type": "home", "Op": "Delete"}],
        "PhoneNumbers": [{"PhoneNumber": "2", "op": "delete"}],
        "Languages": [{"Name": "French", "Operation": "delete"}],
        "PlacesLived": [{"Name": "Rome", "Operation": "delete"}, {"Name": "Lima", "Operation": "add"}],
    });
    let wanted = json!({
        "Addresses": [{"Type": "Work", "City": "Ulm"}],
        "PhoneNumbers": [{"PhoneType": "Mobile", "PhoneNumber": "1"}],
        "Languages": [{"Id": "1", "Name": "English"}],
        "PlacesLived": [{"Name": "Oslo"}, {"Name": "Lima", "Operation": "add"}],
    });
    assert_eq!(changed(before, change, Nulls::Keep), wanted);
}

#[test]
fn beside_a_deletion_other_entries_take_the_place_of_their_namesakes() {
    let before = json!({"Addresses": [{"Type": "Home", "City": "Bonn"}, {"Type": "Work"}, {"Type": "Old"}]});
    let change = json!({"Addresses": [{"Type": "Old", "op": "delete"}, {"Type": "home", "City": "Ulm"}]});
    let after = changed(before, change, Nulls::Keep);
    assert_eq!(after, json!({"Addresses": [{"Type": "Work"}, {"Type": "home", "City": "Ulm"}]}));
}

#[test]
fn a_deletion_that_names_nothing_takes_nothing() {
    let before = json!({"Languages": [{"Proficiency": "Native"}]});
    let change = json!({"Languages": [{"op": "delete"}, {"Id": "9", "op": "delete"}]});
    assert_eq!(changed(before.clone(), change, Nulls::Keep), before);
}

#[test]
fn a_change_is_checked_together_with_what_was_there() {
    let before = Persona::from_wire(&body(json!({"Addresses": [{"Type": "Home"}]})), Writer::User).unwrap();
    let change = body(json!({"Addresses": [{"Type": "A", "op": "delete"}, {"City": "Ulm"}]}));
    let refusal = before.merged(&change, Writer::User, Nulls::Keep).unwrap_err();
    assert_eq!(refusal.reason, Reason::AddressTypeRequired);
}

#[test]
fn custom_fields_change_one_by_one() {
    let before =
        AccountDocument::from_wire(&body(json!({"CustomFields": {"a": "1", "b": "2"}})), Writer::User).unwrap();
    let change = body(json!({"customfields": {"b": null, "c": "3"}}));
    let kept = before.merged(&change, Writer::User, Nulls::Keep).unwrap();
    assert_eq!(kept.to_stored(), r#"{"CustomFields":{"a":"1","b":"2","c":"3"}}"#);
    let erased = before.merged(&change, Writer::User, Nulls::Erase).unwrap();
    assert_eq!(erased.to_stored(), r#"{"CustomFields":{"a":"1","c":"3"}}"#);
}

#[test]
fn an_external_id_is_deleted_by_its_source_id() {
    let before = json!({"ExternalIds": [{"Source": "S", "SourceId": "1"}, {"Source": "S", "SourceId": "2"}]});
    let before = AccountDocument::from_wire(&body(before), Writer::BackEnd).unwrap();
    let change = body(json!({"ExternalIds": [{"SourceId": "1", "Operation": "delete"}]}));
    let after = before.merged(&change, Writer::BackEnd, Nulls::Keep).unwrap();
    assert_eq!(after.to_stored(), r#"{"ExternalIds":[{"Source":"S","SourceId":"2"}]}"#);
}

#[test]
fn a_stored_text_reads_back_as_what_it_was() {
    let persona = Persona::from_wire(&example(), Writer::BackEnd).unwrap();
    assert!(Persona::from_stored(&persona.to_stored()).unwrap() == persona);
    assert_eq!(Persona::from_stored("[1").unwrap_err(), Broken);
}
