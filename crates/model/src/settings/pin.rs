//! PINs at a tenant.

use super::unfit::{Unfit, within};
use crate::pin::Rules;
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// Whether a tenant's people have PINs, and what for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PinAuthentication {
    /// Whether there are PINs at all.
    #[serde(rename = "IsEnabled")]
    pub enabled: bool,
    /// What they are for.
    #[serde(rename = "Configuration")]
    pub configuration: PinConfiguration,
}

/// What PINs are for, who must have one, and how long what comes with them lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "these are the switches of the wire")]
pub struct PinConfiguration {
    /// Whether a PIN signs in while its session token lives; else it only confirms what somebody signed in does.
    #[serde(rename = "PINLogin")]
    pub login: bool,
    /// Whether everybody must have one, as far as they are asked for it.
    #[serde(rename = "IsRequired")]
    pub required: bool,
    /// Asked at registration.
    #[serde(rename = "AskOnRegistration")]
    pub ask_on_registration: bool,
    /// Asked at every login until it is set.
    #[serde(rename = "AskOnLogin")]
    pub ask_on_login: bool,
    /// Asked at the first login.
    #[serde(rename = "AskOnlyOnFirstLogin")]
    pub ask_on_first_login: bool,
    /// Minutes a session token lives, 1 to 129,600.
    #[serde(rename = "SessionTokenExpiration")]
    pub session_token_minutes: i64,
    /// Minutes a PINAuthToken lives, 1 to 60.
    #[serde(rename = "pinAuthTokenMinutes")]
    pub auth_token_minutes: i64,
    /// Whether a session token that went to a browser works in a browser of the same kind only.
    #[serde(rename = "bindToBrowser")]
    pub bind_to_browser: bool,
    /// Rules for new PINs.
    pub rules: Rules,
}

impl Default for PinConfiguration {
    fn default() -> PinConfiguration {
        PinConfiguration {
            login: true,
            required: false,
            ask_on_registration: false,
            ask_on_login: false,
            ask_on_first_login: false,
            session_token_minutes: 10_080,
            auth_token_minutes: 15,
            bind_to_browser: true,
            rules: Rules::default(),
        }
    }
}

impl PinAuthentication {
    /// True when a PIN signs in at this tenant.
    pub fn signs_in(&self) -> bool {
        self.enabled && self.configuration.login
    }

    /// True when somebody without a PIN is stopped at their login until they set one.
    pub fn is_owed(&self, is_first_login: bool) -> bool {
        let asked = &self.configuration;
        self.enabled && asked.required && (asked.ask_on_login || (asked.ask_on_first_login && is_first_login))
    }

    /// True when somebody without a PIN is asked for one at their login, and may go on without.
    pub fn is_offered(&self, is_first_login: bool) -> bool {
        let asked = &self.configuration;
        self.enabled && !asked.required && (asked.ask_on_login || (asked.ask_on_first_login && is_first_login))
    }

    /// True when a registration asks for a PIN, and does without.
    pub fn is_offered_at_registration(&self) -> bool {
        self.enabled && !self.configuration.required && self.configuration.ask_on_registration
    }

    /// True when a registration without a PIN is refused.
    pub fn is_owed_at_registration(&self) -> bool {
        self.enabled && self.configuration.required && self.configuration.ask_on_registration
    }

    /// How long a session token lives.
    pub fn session_token_life(&self) -> Span {
        Span::minutes(self.configuration.session_token_minutes)
    }

    /// How long a PINAuthToken lives.
    pub fn auth_token_life(&self) -> Span {
        Span::minutes(self.configuration.auth_token_minutes)
    }

    pub(super) fn check(&self) -> Result<(), Unfit> {
        let (configuration, rules) = (&self.configuration, &self.configuration.rules);
        let length = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        within(
            "PINAuthentication.Configuration.SessionTokenExpiration",
            configuration.session_token_minutes,
            1,
            129_600,
        )?;
        within("PINAuthentication.Configuration.pinAuthTokenMinutes", configuration.auth_token_minutes, 1, 60)?;
        within("PINAuthentication.Configuration.rules.minLength", length(rules.min_length), 4, 16)?;
        within(
            "PINAuthentication.Configuration.rules.maxLength",
            length(rules.max_length),
            length(rules.min_length),
            16,
        )
    }
}
