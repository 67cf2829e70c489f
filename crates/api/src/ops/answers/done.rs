//! That something is done, gone or there.

use schemars::JsonSchema;
use serde::Serialize;

/// That it is done.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Done {
    /// Always true.
    is_posted: bool,
}

impl Done {
    pub(crate) fn yes() -> Done {
        Done { is_posted: true }
    }
}

/// That something is gone.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Gone {
    /// Always true.
    is_deleted: bool,
}

impl Gone {
    pub(crate) fn yes() -> Gone {
        Gone { is_deleted: true }
    }
}

/// Whether somebody has an identifier.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Availability {
    is_exist: bool,
}

impl Availability {
    pub(crate) fn of(is_exist: bool) -> Availability {
        Availability { is_exist }
    }
}
