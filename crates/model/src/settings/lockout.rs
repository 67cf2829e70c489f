//! What stops people who guess or ask too much.

use super::unfit::{Unfit, within};
use serde::{Deserialize, Serialize};

/// What happens after too many failures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lockout {
    /// The kind of lock.
    #[serde(rename = "LoginLockedType")]
    pub kind: LockKind,
    /// How many failures in a row trip it, 1 to 100.
    #[serde(rename = "MaximumFailedLoginAttempts")]
    pub threshold: i64,
    /// How long a suspension lasts, and every other lock that nothing lifts sooner.
    #[serde(rename = "SuspendConfiguration")]
    pub suspend: Suspension,
}

impl Default for Lockout {
    fn default() -> Lockout {
        Lockout { kind: LockKind::Suspend, threshold: 10, suspend: Suspension::default() }
    }
}

impl Lockout {
    pub(super) fn check(&self) -> Result<(), Unfit> {
        within("LoginLockedConfiguration.MaximumFailedLoginAttempts", self.threshold, 1, 100)?;
        within(
            "LoginLockedConfiguration.SuspendConfiguration.EffectivePeriodInSeconds",
            self.suspend.seconds,
            1,
            30 * 86_400,
        )
    }
}

/// The kinds of lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LockKind {
    /// Failures are counted and nothing follows but the ceiling of 100 in a row.
    None,
    /// Refused (1198) until a time has passed.
    Suspend,
    /// The same (1132), but the answer to a captcha lifts it sooner.
    Captcha,
    /// The same (1148), but the answers to the account's security questions lift it sooner.
    SecurityQuestion,
    /// Refused (991) until an administrator opens the account.
    Block,
}

impl LockKind {
    pub(super) const ALL: [LockKind; 5] =
        [LockKind::None, LockKind::Suspend, LockKind::Captcha, LockKind::SecurityQuestion, LockKind::Block];

    /// The wire's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            LockKind::None => "None",
            LockKind::Suspend => "Suspend",
            LockKind::Captcha => "Captcha",
            LockKind::SecurityQuestion => "SecurityQuestion",
            LockKind::Block => "Block",
        }
    }

    /// The kind that the wire calls so.
    pub fn parse(text: &str) -> Option<LockKind> {
        LockKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// How fast all callers of a tenant together may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimit {
    /// Authentication requests in ten seconds (429 past them), 0 for any number. Whoever wants to shut people out of
    /// their accounts could do so by asking as much: a limit protects other tenants from this one, not this one.
    #[serde(rename = "requestsPerTenSeconds")]
    pub requests: u32,
}

/// How long a suspension lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Suspension {
    /// In seconds.
    #[serde(rename = "EffectivePeriodInSeconds")]
    pub seconds: i64,
}

impl Default for Suspension {
    fn default() -> Suspension {
        Suspension { seconds: 900 }
    }
}
