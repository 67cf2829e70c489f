//! JSON schemas as lists of fields.

use serde::Serialize;
use serde_json::Value;

#[cfg(test)]
mod tests;

/// How deep fields within fields are listed.
const DEEPEST: usize = 6;

/// What a body or an answer looks like.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Shape {
    /// The kind of value.
    pub(super) kind: String,
    /// What it is for, if the schema says so.
    pub(super) description: String,
    /// The fields of each form it can take: one list for an object, none for a plain value.
    pub(super) forms: Vec<Vec<Field>>,
}

/// One field, at whatever depth.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Field {
    /// Its name, with those of the fields around it: `Data.access_token`, `Emails[].Value`.
    pub(super) name: String,
    /// The kind of value.
    pub(super) kind: String,
    /// Whether it has to be there.
    pub(super) required: bool,
    /// What it is when it is not there.
    pub(super) default: Option<String>,
    /// What it is for.
    pub(super) description: String,
}

/// The schemas of one document.
#[derive(Clone, Copy)]
pub(super) struct Schemas<'a>(&'a Value);

impl<'a> Schemas<'a> {
    /// Those that `document` keeps under `components`.
    pub(super) fn of(document: &'a Value) -> Schemas<'a> {
        Schemas(document)
    }

    /// The schema that a reference stands for; itself, if it is none.
    pub(super) fn resolve(self, schema: &'a Value) -> &'a Value {
        let target = schema["$ref"].as_str().and_then(|reference| self.0.pointer(reference.strip_prefix('#')?));
        target.unwrap_or(schema)
    }

    /// What a value of this schema looks like.
    pub(super) fn shape(self, schema: &'a Value) -> Shape {
        let forms = self.forms(schema).into_iter().map(|form| self.fields(form, "", 0));
        Shape {
            kind: self.kind(schema),
            description: self.description(schema),
            forms: forms.filter(|fields| !fields.is_empty()).collect(),
        }
    }

    /// The kind of value in a few words.
    pub(super) fn kind(self, schema: &'a Value) -> String {
        let forms = self.forms(schema);
        if forms.len() > 1 {
            return joined(forms.iter().map(|form| self.kind(form)));
        }
        let schema = forms.first().copied().unwrap_or(schema);
        if let Some(values) = schema["enum"].as_array() {
            return joined(values.iter().map(Value::to_string));
        }
        if let Some(value) = schema.get("const") {
            return value.to_string();
        }
        match &schema["type"] {
            Value::String(name) => self.kind_named(name, schema),
            Value::Array(names) => {
                joined(names.iter().filter_map(Value::as_str).map(|name| self.kind_named(name, schema)))
            }
            _ if schema["properties"].is_object() => "object".to_owned(),
            _ => "any value".to_owned(),
        }
    }

    /// What the value is for: the words beside a reference go before those behind it.
    pub(super) fn description(self, schema: &'a Value) -> String {
        let own = schema["description"].as_str();
        own.or_else(|| self.resolve(schema)["description"].as_str()).unwrap_or_default().to_owned()
    }

    fn kind_named(self, name: &str, schema: &'a Value) -> String {
        match (name, schema["format"].as_str()) {
            ("array", _) => format!("array of {}", self.kind(&schema["items"])),
            ("string", Some(format)) => format!("string ({format})"),
            _ => name.to_owned(),
        }
    }

    /// The alternatives of a schema, without `null`.
    fn forms(self, schema: &'a Value) -> Vec<&'a Value> {
        let schema = self.resolve(schema);
        let alternatives = ["anyOf", "oneOf"].into_iter().find_map(|key| schema[key].as_array());
        match alternatives {
            Some(alternatives) => {
                alternatives.iter().map(|form| self.resolve(form)).filter(|form| form["type"] != "null").collect()
            }
            None => vec![schema],
        }
    }

    /// The fields of an object, each followed by those within it.
    fn fields(self, schema: &'a Value, prefix: &str, depth: usize) -> Vec<Field> {
        if depth == DEEPEST {
            return Vec::new();
        }
        let schema = self.resolve(schema);
        if schema["items"].is_object() {
            return self.fields(&schema["items"], &format!("{prefix}[]"), depth + 1);
        }
        let dot = if prefix.is_empty() { "" } else { "." };
        let required = schema["required"].as_array();
        let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|known| known == name));
        let mut fields = Vec::new();
        for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{prefix}{dot}{name}");
            fields.push(Field {
                name: path.clone(),
                kind: self.kind(inner),
                required: is_required(name),
                default: inner.get("default").map(Value::to_string),
                description: self.description(inner),
            });
            fields.extend(self.forms(inner).into_iter().flat_map(|form| self.fields(form, &path, depth + 1)));
        }
        fields
    }
}

/// The different ones of these words, with `or` between them.
fn joined(words: impl Iterator<Item = String>) -> String {
    let mut different: Vec<String> = Vec::new();
    for word in words {
        if !different.contains(&word) {
            different.push(word);
        }
    }
    different.join(" or ")
}

/// The schema of a body or an answer.
pub(super) fn content(holder: &Value) -> Option<&Value> {
    holder.get("content")?.get("application/json")?.get("schema")
}
