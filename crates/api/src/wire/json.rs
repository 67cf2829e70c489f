//! The request body: `Json<T>` reads it into a type, `Body` hands it over as it was written.

use crate::wire::body::{ReadBody, no_form, no_json};
use crate::wire::case_blind::{self, Scalars};
use crate::wire::describe::{Describe, Page};
use crate::wire::error::{Error, Result};
use crate::wire::query::decode;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use bytes::Bytes;
use doorward_model::reason::Reason;
use schemars::{JsonSchema, json_schema};
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// The body as a `T`, whatever case its keys are written in; no body is an empty object.
///
/// 965, 1079 or 1084 when it is no JSON, 1083 when it is declared as something else, 1090 when a key stands there
/// twice or a value has the wrong type, 908 when a field without a default is missing.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Json<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Json<T>> {
        let content = Content::of(parts)?;
        Ok(Json(case_blind::read(&content.value, content.scalars)?))
    }
}

impl<T: JsonSchema> Describe for Json<T> {
    fn describe(page: &mut Page<'_>) {
        let schema = page.schema_of::<T>();
        page.body(schema);
    }
}

/// The body as a free object, keys as they were written: for profiles, whose names the model knows.
pub(crate) struct Body(pub(crate) Map<String, Value>);

impl<S: Sync> FromRequestParts<S> for Body {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Body> {
        match &Content::of(parts)?.value {
            Value::Object(object) => Ok(Body(object.clone())),
            _ => Err(Reason::PayloadInvalid.into()),
        }
    }
}

impl Describe for Body {
    fn describe(page: &mut Page<'_>) {
        let text = |description: &str| json!({ "type": "string", "description": description });
        page.body(json_schema!({
            "type": "object",
            "description": "A profile: any of the fields that answers show, in any case, and what stands here.",
            "properties": {
                "Email": {
                    "type": "array",
                    "description": "Addresses, each with a type such as `Primary`.",
                    "items": {
                        "type": "object",
                        "properties": { "Type": text("The type."), "Value": text("The address.") }
                    }
                },
                "PhoneId": text("The login phone with its country."),
                "UserName": text("The user name, 1 to 32 characters without spaces."),
                "Password": text("The password."),
                "PINInfo": {
                    "type": "object",
                    "description": "The first PIN, or that there is to be none for now; `PIN` in the same form is heard too.",
                    "properties": { "PIN": text("The PIN."), "Skipped": { "type": "boolean", "description": "Whether none is wanted for now." } }
                }
            },
            "additionalProperties": true
        }));
    }
}

/// The parsed body of a request; parsed once, however many extractors ask.
pub(crate) struct Content {
    /// What was sent, an empty object when nothing was.
    pub(crate) value: Value,
    /// Text when it came as a form.
    pub(crate) scalars: Scalars,
}

type Parsed = Result<Arc<Content>, Reason>;

impl Content {
    /// The body of this request, or why it cannot be read.
    pub(crate) fn of(parts: &mut Parts) -> Parsed {
        if let Some(parsed) = parts.extensions.get::<Parsed>() {
            return parsed.clone();
        }
        let body = parts.extensions.get::<ReadBody>().cloned().unwrap_or_default();
        let parsed = parse(&body.0, &parts.method, &parts.headers).map(Arc::new);
        parts.extensions.insert(parsed.clone());
        parsed
    }
}

fn parse(body: &Bytes, method: &Method, headers: &HeaderMap) -> Result<Content, Reason> {
    // Wire: the Go client sends `""` with every request that has nothing to say.
    if body.is_empty() || body.as_ref() == b"\"\"" {
        return Ok(Content { value: Value::Object(Map::new()), scalars: Scalars::Typed });
    }
    match declared(headers) {
        // Wire: some clients declare their JSON as a form.
        Declared::Form if !body.starts_with(b"{") => form(body, method),
        Declared::Other if *method == Method::POST || *method == Method::PUT => Err(Reason::ContentTypeUnsupported),
        _ => parse_json(body, method),
    }
}

enum Declared {
    Json,
    Form,
    Other,
}

fn declared(headers: &HeaderMap) -> Declared {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Declared::Json };
    let text = value.to_str().unwrap_or("?").to_ascii_lowercase();
    match text.split(';').next().unwrap_or_default().trim() {
        "" | "application/json" | "text/json" => Declared::Json,
        "application/x-www-form-urlencoded" => Declared::Form,
        kind if kind.ends_with("+json") => Declared::Json,
        _ => Declared::Other,
    }
}

/// 1090 for JSON that can be read two ways; 965, 1079 or 1084 for what is none.
pub(crate) fn parse_json(body: &[u8], method: &Method) -> Result<Content, Reason> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let parsed = Unambiguous.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match parsed {
        Ok(value) => Ok(Content { value, scalars: Scalars::Typed }),
        Err(error) if error.classify() == Category::Data => Err(Reason::PayloadInvalid),
        Err(_) => Err(no_json(method)),
    }
}

fn form(body: &[u8], method: &Method) -> Result<Content, Reason> {
    let text = std::str::from_utf8(body).map_err(|_| no_form(method))?.replace('+', " ");
    let mut fields = Map::new();
    let mut names = HashSet::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name)?, decode(value)?);
        if !names.insert(name.to_ascii_lowercase()) {
            return Err(Reason::PayloadInvalid);
        }
        fields.insert(name, Value::String(value));
    }
    Ok(Content { value: Value::Object(fields), scalars: Scalars::Text })
}

/// Reads a JSON value that no two readers can take differently: no key twice, in whatever case, and no NUL in a text.
struct Unambiguous;

impl<'de> DeserializeSeed<'de> for Unambiguous {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unambiguous {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        if value.contains('\0') {
            return Err(E::custom("NUL in a text"));
        }
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(Unambiguous)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let mut names = HashSet::new();
        while let Some(key) = members.next_key::<String>()? {
            if key.contains('\0') || !names.insert(key.to_ascii_lowercase()) {
                return Err(de::Error::custom("a key twice, or NUL in it"));
            }
            object.insert(key, members.next_value_seed(Unambiguous)?);
        }
        Ok(Value::Object(object))
    }
}
