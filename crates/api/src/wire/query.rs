//! The query string: `Query<T>` reads the parameters that `T` declares, whatever case they are written in.

use crate::wire::case_blind::{self, Scalars};
use crate::wire::describe::{Describe, Page};
use crate::wire::error::{Error, Result};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use doorward_model::reason::Reason;
use percent_encoding::percent_decode_str;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{self, DeserializeOwned, Deserializer, Visitor};
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// The query parameters of one family, such as the template names; a handler may take several.
///
/// 1090 when the query is no UTF-8, gives one name two values, or a value does not fit its type.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query<T>> {
        let parameters = Parameters::of(parts)?;
        Ok(Query(case_blind::read(&parameters.0, Scalars::Text)?))
    }
}

impl<T: JsonSchema> Describe for Query<T> {
    fn describe(page: &mut Page<'_>) {
        page.query::<T>();
    }
}

/// A switch in a query or a body: `true`, `True`, `TRUE` and `1` are on; everything else, also nothing at all, is off.
///
// Wire: clients send `isVoiceOtp=`, `True` and `False`, and none of that is an error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Flag, D::Error> {
        // An option is the one kind of field that may be missing without a default.
        deserializer.deserialize_option(FlagVisitor)
    }
}

struct FlagVisitor;

impl<'de> Visitor<'de> for FlagVisitor {
    type Value = Flag;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Flag, E> {
        Ok(Flag(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Flag, E> {
        Ok(Flag(value == 1))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Flag, E> {
        Ok(Flag(false))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Flag, E> {
        Ok(Flag(value == "1" || value.eq_ignore_ascii_case("true")))
    }

    fn visit_none<E: de::Error>(self) -> Result<Flag, E> {
        Ok(Flag(false))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Flag, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl JsonSchema for Flag {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Flag".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "boolean", "default": false })
    }
}

/// All parameters of a request under lower-case names; parsed once, however many extractors ask.
#[derive(Clone)]
pub(crate) struct Parameters(Arc<Value>);

impl Parameters {
    /// The parameters of this request, or 1090.
    pub(crate) fn of(parts: &mut Parts) -> Result<Parameters, Reason> {
        if let Some(parsed) = parts.extensions.get::<Result<Parameters, Reason>>() {
            return parsed.clone();
        }
        let parsed = Parameters::parse(parts.uri.query().unwrap_or_default());
        parts.extensions.insert(parsed.clone());
        parsed
    }

    /// Reads a raw query by our own rule.
    ///
    // Wire: `+` is a literal plus, since the Python and Java clients send phone numbers and addresses unescaped.
    pub(crate) fn parse(raw: &str) -> Result<Parameters, Reason> {
        let mut parameters = Map::new();
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            add(&mut parameters, decode(name)?.to_ascii_lowercase(), decode(value)?)?;
        }
        Ok(Parameters(Arc::new(Value::Object(parameters))))
    }

    /// The value under a lower-case name; `None` when it is not there or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|value| !value.is_empty())
    }
}

/// Percent-decodes one name or value; 1090 when it is no UTF-8 or holds the NUL that no database takes.
pub(crate) fn decode(text: &str) -> Result<String, Reason> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| Reason::PayloadInvalid)?;
    if decoded.contains('\0') {
        return Err(Reason::PayloadInvalid);
    }
    Ok(decoded.into_owned())
}

/// An empty value is no value, so only two different texts are a contradiction.
fn add(parameters: &mut Map<String, Value>, name: String, value: String) -> Result<(), Reason> {
    let known = parameters.entry(name).or_insert_with(|| Value::String(String::new()));
    match known.as_str() {
        Some("") => *known = Value::String(value),
        Some(text) if !value.is_empty() && text != value => return Err(Reason::PayloadInvalid),
        _ => {}
    }
    Ok(())
}
