//! The OpenAPI document, made from the route lines and the signatures of the handlers.

use crate::routes::Routes;
use crate::wire::scheme;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// The OpenAPI 3.1 document of these routes: paths and schemas sorted, the same text for the same routes.
pub(crate) fn document(routes: &Routes) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut schemas = SchemaGenerator::new(settings);
    let mut paths: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
    let mut groups: Vec<&str> = Vec::new();
    for line in routes.lines() {
        let operation = &line.operation;
        if !groups.contains(&operation.group) {
            groups.push(operation.group);
        }
        let method = operation.method.as_str().to_ascii_lowercase();
        paths.entry(operation.path).or_default().insert(method, line.describe(&mut schemas));
    }
    let mut schemas: BTreeMap<String, Value> = schemas.take_definitions(true).into_iter().collect();
    schemas.values_mut().for_each(require_only_without_default);
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Doorward", "version": env!("CARGO_PKG_VERSION") },
        "tags": groups.into_iter().map(|group| json!({ "name": group })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "securitySchemes": security_schemes(),
            "responses": { "Refusal": refusal() },
            "schemas": schemas,
        },
    })
}

/// A field with a default, as of a switch, may be missing.
fn require_only_without_default(schema: &mut Value) {
    let fields = schema["properties"].clone();
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| fields[name.as_str().unwrap_or_default()].get("default").is_none());
    }
}

fn security_schemes() -> Value {
    let key = |place: &str, name: &str| json!({ "type": "apiKey", "in": place, "name": name });
    let schemes = [
        (scheme::API_KEY, key("query", "apikey")),
        (scheme::API_KEY_HEADER, key("header", "X-LoginRadius-ApiKey")),
        (scheme::API_SECRET, key("query", "apisecret")),
        (scheme::API_SECRET_HEADER, key("header", "X-LoginRadius-ApiSecret")),
        (scheme::ACCESS_TOKEN, json!({ "type": "http", "scheme": "bearer" })),
        (scheme::ACCESS_TOKEN_QUERY, key("query", "access_token")),
        (scheme::MFA_TOKEN, key("query", "secondfactorauthenticationtoken")),
        (scheme::SOTT, key("header", "X-LoginRadius-Sott")),
        (scheme::SOTT_QUERY, key("query", "sott")),
        (scheme::SESSION_TOKEN, key("query", "session_token")),
        (scheme::PIN_AUTH_TOKEN, key("query", "pinauthtoken")),
        (scheme::PASSKEY_TOKEN, key("query", "vtoken")),
    ];
    Value::Object(schemes.into_iter().map(|(name, scheme)| (name.to_owned(), scheme)).collect::<Map<_, _>>())
}

fn refusal() -> Value {
    json!({
        "description": "Refused; act on `ErrorCode`, the texts are for people.",
        "content": { "application/json": { "schema": {
            "type": "object",
            "required": ["ErrorCode", "Message", "Description"],
            "properties": {
                "ErrorCode": { "type": "integer" },
                "Message": { "type": "string" },
                "Description": { "type": "string" },
                "Errors": { "type": "array", "items": {
                    "type": "object",
                    "properties": { "FieldName": { "type": "string" }, "ErrorMessage": { "type": "string" } },
                } },
                "Data": {},
            },
        } } },
    })
}
