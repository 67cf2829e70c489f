//! The OpenAPI document as the page shows it.

use super::example;
use super::schema::{Field, Schemas, Shape, content};
use serde::Serialize;
use serde_json::Value;

/// The whole page.
#[derive(Serialize)]
pub(super) struct Reference {
    version: String,
    count: usize,
    credentials: Vec<Credential>,
    groups: Vec<Group>,
    refusal: Vec<Field>,
}

/// Something that proves who is asking, with the ways to send it.
#[derive(Serialize)]
struct Credential {
    name: String,
    ways: Vec<Way>,
}

#[derive(Serialize)]
struct Way {
    place: String,
    text: String,
}

/// Operations under one heading.
#[derive(Serialize)]
struct Group {
    id: String,
    name: String,
    operations: Vec<Operation>,
}

#[derive(Serialize)]
struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    description: String,
    credentials: Vec<String>,
    parameters: Vec<Parameter>,
    body: Option<Shape>,
    answer: Option<Shape>,
    example: String,
}

#[derive(Serialize)]
struct Parameter {
    place: String,
    field: Field,
}

impl Reference {
    /// Reads the document; what it does not have is not shown.
    pub(super) fn read(document: &Value) -> Reference {
        let schemas = Schemas::of(document);
        let groups: Vec<Group> = items(&document["tags"])
            .map(|tag| Group {
                id: format!("group-{}", text(&tag["name"]).to_lowercase().replace(' ', "-")),
                name: text(&tag["name"]),
                operations: operations(document, schemas, &tag["name"]),
            })
            .collect();
        let refusal = &document["components"]["responses"]["Refusal"]["content"]["application/json"]["schema"];
        Reference {
            version: text(&document["info"]["version"]),
            count: groups.iter().map(|group| group.operations.len()).sum(),
            credentials: credentials(&document["components"]["securitySchemes"]),
            groups,
            refusal: schemas.shape(refusal).forms.into_iter().flatten().collect(),
        }
    }
}

fn operations(document: &Value, schemas: Schemas<'_>, tag: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, methods)| {
        methods.as_object().into_iter().flatten().map(move |(method, operation)| (path, method, operation))
    });
    all.filter(|(_, _, operation)| items(&operation["tags"]).any(|name| name == tag))
        .map(|(path, method, operation)| Operation {
            id: text(&operation["operationId"]),
            method: method.to_uppercase(),
            path: path.clone(),
            summary: text(&operation["summary"]),
            description: text(&operation["description"]),
            credentials: needed(&operation["security"]),
            parameters: items(&operation["parameters"]).map(|parameter| read_parameter(schemas, parameter)).collect(),
            body: content(&operation["requestBody"]).map(|schema| schemas.shape(schema)),
            answer: content(&operation["responses"]["200"]).map(|schema| schemas.shape(schema)),
            example: example::curl(document, path, method, operation),
        })
        .collect()
}

fn read_parameter(schemas: Schemas<'_>, parameter: &Value) -> Parameter {
    Parameter {
        place: text(&parameter["in"]),
        field: Field {
            name: text(&parameter["name"]),
            kind: schemas.kind(&parameter["schema"]),
            required: parameter["required"] == true,
            default: parameter["schema"].get("default").map(Value::to_string),
            description: text(&parameter["description"]),
        },
    }
}

/// Schemes that carry the same credential stand together.
fn credentials(schemes: &Value) -> Vec<Credential> {
    let mut credentials: Vec<Credential> = Vec::new();
    for (scheme, definition) in schemes.as_object().into_iter().flatten() {
        let name = credential(scheme);
        let way = match definition["in"].as_str() {
            Some(place) => Way { place: place.to_owned(), text: text(&definition["name"]) },
            None => Way { place: "header".to_owned(), text: "Authorization: Bearer".to_owned() },
        };
        match credentials.iter_mut().find(|known| known.name == name) {
            Some(known) => known.ways.push(way),
            None => credentials.push(Credential { name, ways: vec![way] }),
        }
    }
    credentials
}

/// The sets of credentials of which one is enough, whichever way each is sent.
fn needed(security: &Value) -> Vec<String> {
    let mut sets: Vec<String> = Vec::new();
    for alternative in items(security) {
        let mut names: Vec<String> = Vec::new();
        for scheme in alternative.as_object().into_iter().flatten().map(|(scheme, _)| credential(scheme)) {
            if !names.contains(&scheme) {
                names.push(scheme);
            }
        }
        let set = if names.is_empty() { "none".to_owned() } else { names.join(" and ") };
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets
}

/// What a scheme carries, in words: `ApiKeyHeader` is an `API key`.
fn credential(scheme: &str) -> String {
    let carried = scheme.strip_suffix("Header").or_else(|| scheme.strip_suffix("Query")).unwrap_or(scheme);
    let mut words = String::new();
    for letter in carried.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words.replace("Api", "API").replace("Sott", "SOTT")
}

fn items(array: &Value) -> impl Iterator<Item = &Value> {
    array.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
