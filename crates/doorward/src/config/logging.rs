//! `[logging]`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is written to standard error.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Logging {
    /// The least important events that are still written. It holds for this program; the libraries in it report from `warn` on.
    pub level: Level,
    /// One line of text, or one JSON object, for each event.
    pub format: Format,
}

/// How important an event must be to be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the usual ones and say it all")]
pub enum Level {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
    Trace,
}

/// The form of an event in the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the usual ones and say it all")]
pub enum Format {
    #[default]
    Text,
    Json,
}
