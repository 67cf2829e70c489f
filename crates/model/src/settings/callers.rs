//! From where a tenant may be called, and how its back end signs what it asks.

use super::unfit::{Unfit, within};
use crate::time::Span;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Which networks may call.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IpAccess {
    /// What the list means.
    pub mode: IpMode,
    /// Addresses and networks, as `192.0.2.0/24`, `192.0.2.7` or `2001:db8::/32`.
    pub list: Vec<String>,
}

/// What the list of [`IpAccess`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IpMode {
    /// Nothing.
    #[default]
    Off,
    /// Only these may call.
    Allow,
    /// These may not.
    Deny,
}

impl IpAccess {
    /// True when a call from `ip` is let in (1206 otherwise).
    pub fn admits(&self, ip: IpAddr) -> bool {
        let listed = || self.list.iter().filter_map(|text| network(text)).any(|network| network.contains(&ip));
        match self.mode {
            IpMode::Off => true,
            IpMode::Allow => listed(),
            IpMode::Deny => !listed(),
        }
    }
    pub(super) fn check(&self) -> Result<(), Unfit> {
        let bad = self.list.iter().find(|text| network(text).is_none());
        let problem = |bad| Unfit(format!("ipAccessRestriction.list: `{bad}` is no address and no network"));
        bad.map_or(Ok(()), |bad| Err(problem(bad)))
    }
}

fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Whether requests of the back end may or must be signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Signing {
    /// Whether signatures are looked at.
    #[serde(rename = "IsEnabled")]
    pub enabled: bool,
    /// Whether the secret is accepted too.
    #[serde(rename = "Mode")]
    pub mode: SigningMode,
    /// How far ahead a signed request may expire, in minutes: so long it is worth something to who intercepts it.
    #[serde(rename = "LongestMinutes")]
    pub longest_minutes: i64,
}

impl Default for Signing {
    fn default() -> Signing {
        Signing { enabled: false, mode: SigningMode::default(), longest_minutes: 5 }
    }
}

impl Signing {
    /// How far ahead a signed request may expire.
    pub fn longest(&self) -> Span {
        Span::minutes(self.longest_minutes)
    }

    pub(super) fn check(&self) -> Result<(), Unfit> {
        // An hour is what some clients ask for, and their clocks may be fast.
        within("ApiRequestSigningConfig.LongestMinutes", self.longest_minutes, 1, 65)
    }
}

/// What [`Signing`] asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum SigningMode {
    /// A signature (1207 without one).
    Strict,
    /// A signature or the secret (1209 without either).
    #[default]
    Preferred,
}
