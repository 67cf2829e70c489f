//! A refusal as it travels: the reason, and what the answer says beside it.

use crate::reason::Reason;
use serde_json::Value;

/// Why a request is refused, with the extra members that a few reasons carry.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The catalogue's row.
    pub reason: Reason,
    /// The parameter that 908 names.
    pub parameter: Option<String>,
    /// The fields that 1134 complains of.
    pub errors: Vec<FieldError>,
    /// `Data` of the few reasons that hand something out, such as 1198 its end.
    pub data: Option<Value>,
    /// Seconds after which the same request may succeed; sent as `Retry-After`.
    pub retry_after: Option<u32>,
}

/// One field that broke a rule; never holds the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field in lower case, as the wire shows it.
    pub field: String,
    /// What the field must be.
    pub message: String,
}

impl Refusal {
    /// 908 for a parameter that is not there.
    pub fn missing(parameter: &str) -> Refusal {
        Refusal { parameter: Some(parameter.to_owned()), ..Reason::ParameterInvalid.into() }
    }

    /// 1134 for one field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Refusal {
        let error = FieldError { field: field.to_lowercase(), message: message.into() };
        Refusal { errors: vec![error], ..Reason::ValidationFailed.into() }
    }

    /// The same refusal with `Data`.
    #[must_use]
    pub fn with_data(self, data: Value) -> Refusal {
        Refusal { data: Some(data), ..self }
    }

    /// The same refusal with `Retry-After` in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Refusal {
        Refusal { retry_after: Some(seconds), ..self }
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Refusal {
        Refusal { reason, parameter: None, errors: Vec::new(), data: None, retry_after: None }
    }
}
