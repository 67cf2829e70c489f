//! Free bodies, whose members come under names in whatever case.

use serde_json::{Map, Value};

/// The member of this name; null is none.
pub(crate) fn member<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let found = body.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value).filter(|value| !value.is_null())
}
