//! A setting whose value must not be shown.

use std::borrow::Cow;

use doorward_model::secret::Secret;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The `format` that marks a secret in the schema of the settings.
pub(crate) const SECRET: &str = "secret";

/// A secret setting: read as text, shown as `(set)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretText(Secret);

impl SecretText {
    /// Takes the text in.
    pub fn new(text: impl Into<String>) -> SecretText {
        SecretText(Secret::new(text))
    }

    /// The text itself, never for a log.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SecretText, D::Error> {
        // The error made here names no value; the usual one would repeat a secret that lacks its quotes.
        String::deserialize(deserializer).map(SecretText::new).map_err(|_| de::Error::custom("must be text in quotes"))
    }
}

impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("(set)")
    }
}

impl JsonSchema for SecretText {
    fn schema_name() -> Cow<'static, str> {
        "SecretText".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": SECRET })
    }
}
