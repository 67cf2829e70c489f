//! The curl line of an operation.

use super::schema::{Schemas, content};
use serde_json::{Map, Value};
use std::fmt::Write;

/// A line for a shell in which the address and the credentials are variables; `<name>` stands for what is to be filled
/// in.
pub(super) fn curl(document: &Value, path: &str, method: &str, operation: &Value) -> String {
    let mut query = Vec::new();
    let mut headers = Vec::new();
    for scheme in operation["security"][0].as_object().into_iter().flatten().map(|(scheme, _)| scheme) {
        let definition = &document["components"]["securitySchemes"][scheme];
        let name = definition["name"].as_str().unwrap_or_default();
        match definition["in"].as_str() {
            Some("query") => query.push(format!("{name}=${}", variable(name))),
            Some(_) => headers.push(format!("{name}: ${}", variable(name.trim_start_matches("X-LoginRadius-")))),
            None => headers.push("Authorization: Bearer $ACCESS_TOKEN".to_owned()),
        }
    }
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "query" && parameter["required"] == true {
            let name = parameter["name"].as_str().unwrap_or_default();
            query.push(format!("{name}=<{name}>"));
        }
    }
    let path = path.replace('{', "<").replace('}', ">");
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let mut line = match method {
        "get" => "curl".to_owned(),
        other => format!("curl -X {}", other.to_uppercase()),
    };
    let _ = write!(line, " \"$DOORWARD{path}{query}\"");
    for header in headers {
        let _ = write!(line, " \\\n  -H \"{header}\"");
    }
    if let Some(schema) = content(&operation["requestBody"]) {
        let body = body(Schemas::of(document), schema);
        let _ = write!(line, " \\\n  -H 'Content-Type: application/json' \\\n  -d {body}");
    }
    line
}

/// The fields that have no default, with a placeholder each; a file, when the schema leaves the fields open.
fn body(schemas: Schemas<'_>, schema: &Value) -> String {
    let Some(properties) = schemas.resolve(schema)["properties"].as_object() else {
        return "@body.json".to_owned();
    };
    let fields = properties.iter().filter(|(_, field)| field.get("default").is_none());
    let filled: Map<String, Value> =
        fields.map(|(name, _)| (name.clone(), Value::String(format!("<{name}>")))).collect();
    format!("'{}'", Value::Object(filled))
}

/// The name of the shell variable for a credential: `apikey` and `ApiKey` are `API_KEY`.
fn variable(name: &str) -> String {
    let upper = name.to_uppercase();
    match upper.strip_prefix("API") {
        Some(rest) if !rest.starts_with('_') => format!("API_{rest}"),
        _ => upper,
    }
}
