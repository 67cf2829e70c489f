//! The declared operations with what the OpenAPI document says of them, for tests that walk all of them.

use axum::http::Method;
use doorward_api::Operation;
use serde_json::Value;
use std::collections::BTreeSet;

/// What a caller proves itself with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Credential {
    AccessToken,
    ApiKey,
    ApiSecret,
    MfaToken,
    PasskeyToken,
    PinAuthToken,
    SessionToken,
    Sott,
}

impl Credential {
    /// The contract's word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Credential::AccessToken => "access_token",
            Credential::ApiKey => "apikey",
            Credential::ApiSecret => "apisecret",
            Credential::MfaToken => "mfa_token",
            Credential::PasskeyToken => "passkey-token",
            Credential::PinAuthToken => "pin_auth_token",
            Credential::SessionToken => "session_token",
            Credential::Sott => "sott",
        }
    }

    fn of(scheme: &str) -> Credential {
        match scheme {
            "ApiKey" | "ApiKeyHeader" => Credential::ApiKey,
            "ApiSecret" | "ApiSecretHeader" => Credential::ApiSecret,
            "AccessToken" | "AccessTokenQuery" => Credential::AccessToken,
            "MfaToken" => Credential::MfaToken,
            "PasskeyToken" => Credential::PasskeyToken,
            "Sott" | "SottQuery" => Credential::Sott,
            "SessionToken" => Credential::SessionToken,
            "PinAuthToken" => Credential::PinAuthToken,
            other => panic!("the security scheme {other} is new: say here which credential it carries"),
        }
    }
}

/// One declared operation.
#[derive(Debug, Clone)]
pub(crate) struct Declared {
    pub(crate) operation: Operation,
    /// What every request must bring.
    pub(crate) required: BTreeSet<Credential>,
    /// What a request may bring.
    pub(crate) optional: BTreeSet<Credential>,
    /// Names of the query parameters.
    pub(crate) query: Vec<String>,
    /// Names of the body's fields; `None` when there is no body, empty when it is free.
    pub(crate) body: Option<Vec<String>>,
}

impl Declared {
    pub(crate) fn requires(&self, credential: Credential) -> bool {
        self.required.contains(&credential)
    }

    pub(crate) fn takes(&self, credential: Credential) -> bool {
        self.requires(credential) || self.optional.contains(&credential)
    }

    pub(crate) fn is(&self, method: &Method) -> bool {
        self.operation.method == *method
    }

    /// The path with `value` in the place of every parameter.
    pub(crate) fn path(&self, value: &str) -> String {
        let fill = |segment: &str| if segment.starts_with('{') { value.to_owned() } else { segment.to_owned() };
        self.operation.path.split('/').map(fill).collect::<Vec<_>>().join("/")
    }
}

/// All of them, in the order in which they are declared.
pub(crate) fn declared() -> Vec<Declared> {
    let document = doorward_api::openapi();
    let operations = doorward_api::operations().into_iter();
    operations.map(|operation| describe(operation, &document)).collect()
}

fn describe(operation: Operation, document: &Value) -> Declared {
    let method = operation.method.as_str().to_ascii_lowercase();
    let page = &document["paths"][operation.path][method];
    assert_eq!(page["operationId"], operation.id, "the document describes every operation");
    let sets: Vec<BTreeSet<Credential>> = items(&page["security"])
        .map(|set| set.as_object().unwrap().keys().map(|scheme| Credential::of(scheme)).collect())
        .collect();
    let all: BTreeSet<Credential> = sets.iter().flatten().copied().collect();
    let required: BTreeSet<Credential> =
        all.iter().copied().filter(|credential| sets.iter().all(|set| set.contains(credential))).collect();
    let query = items(&page["parameters"]).filter(|parameter| parameter["in"] == "query");
    Declared {
        optional: all.difference(&required).copied().collect(),
        required,
        query: query.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect(),
        body: page.get("requestBody").map(|body| fields(&body["content"]["application/json"]["schema"], document)),
        operation,
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn fields(schema: &Value, document: &Value) -> Vec<String> {
    let schema = match schema["$ref"].as_str() {
        Some(place) => document.pointer(place.trim_start_matches('#')).expect("the document holds what it refers to"),
        None => schema,
    };
    schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}
