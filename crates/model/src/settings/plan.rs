//! Whether a tenant may be used at all.

use super::unfit::Unfit;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether and until when a tenant may be used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// `active`, `trial` or `suspended`.
    pub state: PlanState,
    /// When a trial ends, RFC 3339.
    #[serde(rename = "trialEndsAt")]
    pub trial_ends_at: Option<String>,
}

/// The state of a [`Plan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlanState {
    /// In use.
    #[default]
    Active,
    /// In use until the trial's end, then every authentication call answers 6003.
    Trial,
    /// Answers as an unknown key does (901).
    Suspended,
}

impl Plan {
    /// True when a trial's end is reached.
    pub fn is_over(&self, now: Timestamp) -> bool {
        let end = self.trial_ends_at.as_deref().and_then(Timestamp::parse);
        self.state == PlanState::Trial && end.is_some_and(|end| now >= end)
    }

    pub(super) fn check(&self) -> Result<(), Unfit> {
        let end = self.trial_ends_at.as_deref();
        if end.is_some_and(|text| Timestamp::parse(text).is_none()) {
            return Err(Unfit("plan.trialEndsAt must be a date such as 2026-12-31T00:00:00Z".into()));
        }
        Ok(())
    }
}
