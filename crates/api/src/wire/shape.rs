//! `fields=`: which part of a profile an answer shows.

use doorward_model::profile::Shape;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The query parameter `fields`; nothing in it means everything.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub(crate) struct Fields {
    /// Comma list of what the profile shows: `Uid,Email(Value)`, `Country/Name`, `*`.
    fields: Option<String>,
}

impl Fields {
    /// The profile reduced to what was asked for.
    pub(crate) fn prune(&self, profile: Box<RawValue>) -> Box<RawValue> {
        match &self.fields {
            Some(fields) => Shape::parse(fields).prune(profile),
            None => profile,
        }
    }
}
