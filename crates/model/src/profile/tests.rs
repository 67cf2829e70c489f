mod golden;
mod hostile;
mod merging;
mod reading;
mod shaping;

use super::*;
use crate::id::Uid;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

/// A complete profile as the wire shows it.
fn example() -> Map<String, Value> {
    serde_json::from_str(include_str!("../../tests/data/profile.json")).unwrap()
}

fn body(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn bare_facts() -> AccountFacts {
    AccountFacts::new(Uid::new("577fabca-a33e-4a08-96e6-0ade8d846613"), Timestamp(0))
}

fn persona(value: Value) -> Result<Value, Refusal> {
    Persona::from_wire(&body(value), Writer::User).map(stored)
}

fn stored(persona: Persona) -> Value {
    serde_json::from_str(&persona.to_stored()).unwrap()
}
