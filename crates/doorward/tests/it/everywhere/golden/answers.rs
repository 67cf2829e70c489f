//! What is documented of one operation, as facts in a file: an answer to a success, and one to each refusal.

use serde_json::{Map, Value};

pub(super) struct Answers(Value);

impl Answers {
    pub(super) fn read(facts: &str) -> Answers {
        Answers(serde_json::from_str(facts).unwrap())
    }

    pub(super) fn success(&self) -> &Value {
        &self.0["success"]
    }

    /// The profile in it, which stands below this member.
    pub(super) fn profile(&self, place: &str) -> &Map<String, Value> {
        self.success().pointer(place).unwrap().as_object().unwrap()
    }

    /// The answer with this code, to the byte.
    pub(super) fn error(&self, code: u64) -> String {
        let errors = self.0["errors"].as_array().unwrap();
        let has_code = |error: &&Value| error["ErrorCode"] == code || error["errorCode"] == code;
        errors.iter().find(has_code).unwrap().to_string()
    }
}
