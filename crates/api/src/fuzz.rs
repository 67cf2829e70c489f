//! What fuzzers throw at the readers of bodies. CONTRIBUTING.md says how they are run.

use crate::ops::answers::{Credential, Presented};
use crate::wire::case_blind::{self, Scalars};
use crate::wire::json;
use axum::http::Method;
use doorward_flows::factors::passkey::fuzz;
pub use doorward_flows::factors::passkey::fuzz::{assertion, attestation, client_data};
use serde_json::Value;

#[cfg(test)]
mod tests;

/// The body of a request with a credential, in both forms, read and judged.
pub fn credential(body: &[u8]) {
    let Ok(content) = json::parse_json(body, &Method::POST) else { return };
    if let Ok(presented) = case_blind::read::<Presented>(&content.value, Scalars::Typed) {
        fuzz::credential(&presented.given());
    }
    if let Value::Object(mut profile) = content.value
        && let Ok(credential) = Credential::take_from(&mut profile)
    {
        fuzz::credential(&credential.given());
    }
}
