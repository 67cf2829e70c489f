use super::Schemas;
use serde_json::{Value, json};

/// Name and kind of every field of every form.
fn fields(document: &Value, schema: &Value) -> Vec<Vec<(String, String)>> {
    let shape = Schemas::of(document).shape(schema);
    shape.forms.into_iter().map(|form| form.into_iter().map(|field| (field.name, field.kind)).collect()).collect()
}

fn pair(name: &str, kind: &str) -> (String, String) {
    (name.to_owned(), kind.to_owned())
}

#[test]
fn references_are_followed_and_inner_fields_carry_the_names_around_them() {
    let document = json!({ "components": { "schemas": {
        "Login": { "type": "object", "properties": { "access_token": { "type": "string" } } },
    } } });
    let schema = json!({ "type": "object", "properties": {
        "Data": { "anyOf": [{ "$ref": "#/components/schemas/Login" }, { "type": "null" }] },
        "Emails": { "type": "array", "items": { "properties": { "Value": { "type": ["string", "null"] } } } },
    } });
    let expected = vec![
        pair("Data", "object"),
        pair("Data.access_token", "string"),
        pair("Emails", "array of object"),
        pair("Emails[].Value", "string or null"),
    ];
    assert_eq!(fields(&document, &schema), [expected]);
}

#[test]
fn alternatives_are_listed_each_for_itself() {
    let document = json!({});
    let schema = json!({ "anyOf": [
        { "type": "object", "properties": { "a": { "type": "integer" } } },
        { "type": "object", "properties": { "b": { "enum": ["x", "y"] } } },
    ] });
    assert_eq!(fields(&document, &schema), [vec![pair("a", "integer")], vec![pair("b", "\"x\" or \"y\"")]]);
}

#[test]
fn a_schema_that_contains_itself_comes_to_an_end() {
    let document = json!({ "components": { "schemas": {
        "Tree": { "type": "object", "properties": { "child": { "$ref": "#/components/schemas/Tree" } } },
    } } });
    let listed = fields(&document, &json!({ "$ref": "#/components/schemas/Tree" }));
    assert_eq!(listed[0].len(), super::DEEPEST);
}

#[test]
fn a_value_that_is_no_object_has_a_kind_and_no_fields() {
    let document = json!({});
    let shape = Schemas::of(&document).shape(&json!({ "description": "The profile." }));
    assert_eq!((shape.kind.as_str(), shape.description.as_str()), ("any value", "The profile."));
    assert!(shape.forms.is_empty());
    assert_eq!(Schemas::of(&document).kind(&json!({ "type": "string", "format": "date-time" })), "string (date-time)");
}

#[test]
fn the_words_at_a_field_go_before_those_of_its_type() {
    let document = json!({ "components": { "schemas": { "T": { "description": "type", "type": "string" } } } });
    let said = |schema: Value| Schemas::of(&document).description(&schema);
    assert_eq!(said(json!({ "$ref": "#/components/schemas/T", "description": "field" })), "field");
    assert_eq!(said(json!({ "$ref": "#/components/schemas/T" })), "type");
}
