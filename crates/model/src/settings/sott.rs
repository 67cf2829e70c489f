//! Registration tokens at a tenant.

use super::unfit::{Unfit, within};
use serde::{Deserialize, Serialize};

/// Registration tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SottRules {
    /// The widest window accepted, in minutes.
    #[serde(rename = "maxWindowMinutes")]
    pub max_window_minutes: i64,
    /// Whether each token registers one account only.
    #[serde(rename = "singleUse")]
    pub single_use: bool,
    /// Whether windows written with a 12-hour clock without am or pm are read as both.
    #[serde(rename = "accept12hClock")]
    pub accept_12h_clock: bool,
}

impl Default for SottRules {
    fn default() -> SottRules {
        SottRules { max_window_minutes: 24 * 60, single_use: false, accept_12h_clock: false }
    }
}

impl SottRules {
    pub(super) fn check(&self) -> Result<(), Unfit> {
        within("sott.maxWindowMinutes", self.max_window_minutes, 1, 24 * 60 * 366)
    }
}
