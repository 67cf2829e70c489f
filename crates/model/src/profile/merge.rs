//! How a change becomes part of what is stored.

use super::wire;
use crate::reason::Reason;
use crate::refusal::Refusal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// What a JSON null in a change means; an absent key always keeps the stored value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// Null is as good as absent.
    Keep,
    /// Null erases the value: the caller asked for `nullsupport`.
    Erase,
}

/// Lists whose entries can be deleted one by one, and the members that name an entry, the first one given deciding.
///
/// Wire: an entry carries its verb as `op`, `Op` or `Operation`. Only `delete` acts; any other is stored and shown as it
/// came, because the wire's own example shows `"Operation": "add"` in an answer and must come out as it went in.
const EDITABLE: &[(&str, &[&str])] = &[
    ("Addresses", &["Type"]),
    ("ExternalIds", &["SourceId", "Source"]),
    ("Languages", &["Id", "Name"]),
    ("PhoneNumbers", &["PhoneType", "PhoneNumber"]),
    ("PlacesLived", &["Name"]),
];

/// The longest stored text in bytes, that of the largest body: many small changes may not grow beyond one large one.
const SIZE: usize = 256 * 1024;

/// `stored` with the given members; 1090 when the outcome has a wrong type in it, 1134 when it is too large.
pub(super) fn merged<T: Serialize + DeserializeOwned>(
    stored: &T,
    given: &[(&'static str, &Value)],
    nulls: Nulls,
) -> Result<T, Refusal> {
    let mut members = members(stored);
    for (key, value) in given {
        match (value, nulls) {
            (Value::Null, Nulls::Keep) => {}
            (Value::Null, Nulls::Erase) => {
                members.shift_remove(*key);
            }
            (value, _) => {
                let next = combined(key, members.get(*key), value, nulls);
                members.insert((*key).to_owned(), next);
            }
        }
    }
    let next = wire::read(&Value::Object(members)).map_err(|_| Reason::PayloadInvalid)?;
    if text(&next).len() > SIZE {
        return Err(Refusal::invalid("profile", format!("A profile holds at most {} KB.", SIZE / 1024)));
    }
    Ok(next)
}

/// The text of a stored object.
pub(super) fn text<T: Serialize>(stored: &T) -> String {
    serde_json::to_string(stored).expect("an object of texts, numbers and lists has a JSON form")
}

fn members<T: Serialize>(stored: &T) -> Map<String, Value> {
    match serde_json::to_value(stored) {
        Ok(Value::Object(members)) => members,
        _ => unreachable!("a stored object serialises as an object"),
    }
}

fn combined(key: &str, stored: Option<&Value>, given: &Value, nulls: Nulls) -> Value {
    match given {
        Value::Object(fields) if key == "CustomFields" => by_name(stored, fields, nulls),
        Value::Array(entries) => match EDITABLE.iter().find(|(list, _)| *list == key) {
            Some((_, names)) => edited(names, stored, entries),
            None => given.clone(),
        },
        _ => given.clone(),
    }
}

/// Custom fields one by one: several clients each know only their own.
fn by_name(stored: Option<&Value>, given: &Map<String, Value>, nulls: Nulls) -> Value {
    let mut fields = stored.and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, value) in given {
        match (value, nulls) {
            (Value::Null, Nulls::Keep) => {}
            (Value::Null, Nulls::Erase) => {
                fields.shift_remove(name);
            }
            (value, _) => {
                fields.insert(name.clone(), value.clone());
            }
        }
    }
    Value::Object(fields)
}

/// A list without a deletion replaces the stored one. With one, each of its entries stands for the stored entry it
/// names: deletions take it away, the others take its place, and whatever is not named stays.
fn edited(names: &[&str], stored: Option<&Value>, given: &[Value]) -> Value {
    if !given.iter().any(deletes) {
        return Value::Array(given.to_vec());
    }
    let touched: HashSet<_> = given.iter().filter_map(|entry| name_of(entry, names)).collect();
    let stays = |entry: &&Value| !names.iter().any(|name| touched.contains(&(*name, lower(entry, name))));
    let stored = stored.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let kept = stored.iter().filter(stays);
    Value::Array(kept.chain(given.iter().filter(|entry| !deletes(entry))).cloned().collect())
}

/// Which entry this one speaks of: the first naming member that it has, and its text.
fn name_of<'a>(entry: &Value, names: &[&'a str]) -> Option<(&'a str, Option<String>)> {
    names.iter().find_map(|name| Some((*name, Some(lower(entry, name)?))))
}

fn deletes(entry: &Value) -> bool {
    ["Operation", "op"].iter().any(|verb| lower(entry, verb).as_deref() == Some("delete"))
}

/// The text of a member found without regard to case, lower-cased for comparison.
fn lower(entry: &Value, member: &str) -> Option<String> {
    let mut members = entry.as_object()?.iter();
    let (_, value) = members.find(|(name, _)| name.eq_ignore_ascii_case(member))?;
    Some(value.as_str()?.trim().to_lowercase())
}
