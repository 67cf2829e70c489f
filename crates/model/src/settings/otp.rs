//! One-time codes at a tenant.

use super::unfit::{Unfit, within};
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// One-time codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Otp {
    /// Digits of a code, 6 to 10.
    #[serde(rename = "OTPLength")]
    pub length: usize,
    /// Seconds a code lives, 30 to 600.
    #[serde(rename = "validitySeconds")]
    pub seconds: i64,
    /// Wrong tries after which a code is void.
    #[serde(rename = "wrongTries")]
    pub tries: i64,
    /// How many codes an identifier gets for one purpose within the disable period.
    #[serde(rename = "RequestLimit")]
    pub request_limit: i64,
    /// That period in minutes.
    #[serde(rename = "RequestDisablePeriod")]
    pub request_minutes: i64,
}

impl Default for Otp {
    fn default() -> Otp {
        Otp { length: 6, seconds: 300, tries: 5, request_limit: 5, request_minutes: 15 }
    }
}

impl Otp {
    /// How long a code lives.
    pub fn life(&self) -> Span {
        Span::seconds(self.seconds)
    }

    /// The period that the request limit counts in.
    pub fn window(&self) -> Span {
        Span::minutes(self.request_minutes)
    }

    pub(super) fn check(&self) -> Result<(), Unfit> {
        within("otp.OTPLength", i64::try_from(self.length).unwrap_or(i64::MAX), 6, 10)?;
        within("otp.validitySeconds", self.seconds, 30, 600)?;
        within("otp.wrongTries", self.tries, 1, 10)?;
        within("otp.RequestLimit", self.request_limit, 1, 1000)?;
        within("otp.RequestDisablePeriod", self.request_minutes, 1, 1440)
    }
}
