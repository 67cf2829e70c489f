//! Passkeys at a tenant.

use super::unfit::{Unfit, within};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// How a native Android application names itself as an origin; the hash of its signing certificate follows.
const ANDROID: &str = "android:apk-key-hash:";

/// Whether a tenant's people sign in with passkeys, and for which web sites those are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Passkeys {
    /// Whether there are passkeys at all.
    #[serde(rename = "IsEnabled")]
    pub enabled: bool,
    /// How a sign-in page offers them.
    #[serde(rename = "PasskeySelection")]
    pub selection: PasskeySelection,
    /// Whether somebody without one is offered one at a login.
    #[serde(rename = "ProgressiveEnrollment")]
    pub progressive_enrollment: bool,
    /// Days from one such offer to the next, 0 to 365.
    #[serde(rename = "ProgressiveEnrollmentDelay")]
    pub progressive_enrollment_delay: i64,
    /// Whether somebody who signed in with the passkey of another device is offered one for this device.
    #[serde(rename = "LocalEnrollment")]
    pub local_enrollment: bool,
    /// The name that the browser shows beside a passkey; empty means the tenant's.
    #[serde(rename = "RPDisplayName")]
    pub display_name: String,
    /// The domain that passkeys are made for, without scheme and port. Another one orphans every passkey there is.
    #[serde(rename = "RPID")]
    pub rp_id: String,
    /// The origins that may use them: each a scheme, a host at or below that domain, and a port if it is not the usual
    /// one; or that of an Android application.
    #[serde(rename = "RPOrigins")]
    pub origins: Vec<String>,
    /// Whether the authenticator must verify the person, or only should.
    #[serde(rename = "userVerification")]
    pub user_verification: UserVerification,
    /// Whether a sign-in with a passkey that verified the person counts as two factors.
    #[serde(rename = "verifiedSkipsSecondFactor")]
    pub verified_skips_second_factor: bool,
}

/// How a sign-in page offers passkeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PasskeySelection {
    /// Among the suggestions of the field for the address.
    Autofill,
    /// Behind a button (1326 where a page asks for the other).
    Button,
    /// Both.
    #[default]
    Both,
}

/// Whether the authenticator must verify the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserVerification {
    /// It should if it can.
    #[default]
    Preferred,
    /// What does not is refused.
    Required,
}

impl UserVerification {
    /// The word of the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            UserVerification::Preferred => "preferred",
            UserVerification::Required => "required",
        }
    }
}

impl Default for Passkeys {
    fn default() -> Passkeys {
        Passkeys {
            enabled: false,
            selection: PasskeySelection::default(),
            progressive_enrollment: false,
            progressive_enrollment_delay: 30,
            local_enrollment: false,
            display_name: String::new(),
            rp_id: String::new(),
            origins: Vec::new(),
            user_verification: UserVerification::default(),
            verified_skips_second_factor: true,
        }
    }
}

impl Passkeys {
    pub(super) fn check(&self) -> Result<(), Unfit> {
        within("PassKeysConfig.ProgressiveEnrollmentDelay", self.progressive_enrollment_delay, 0, 365)?;
        if !self.rp_id.is_empty() && !is_domain(&self.rp_id) {
            let told = "a domain in lower case, without scheme and port, with a dot in it unless it is localhost";
            return Err(Unfit(format!("PassKeysConfig.RPID must be {told}; `{}` is none", self.rp_id)));
        }
        self.origins.iter().try_for_each(|origin| self.check_origin(origin))
    }

    fn check_origin(&self, origin: &str) -> Result<(), Unfit> {
        let unfit = |why: &str| Err(Unfit(format!("PassKeysConfig.RPOrigins: `{origin}` {why}")));
        if let Some(hash) = origin.strip_prefix(ANDROID) {
            let fits =
                hash.len() == 43 && hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            return if fits { Ok(()) } else { unfit("is not the base64url of a SHA-256") };
        }
        let Ok(url) = Url::parse(origin) else { return unfit("is no origin; write it as https://host") };
        let Some(Host::Domain(host)) = url.host() else { return unfit("has no domain") };
        let as_browsers_write_it = url.origin().ascii_serialization();
        if as_browsers_write_it != origin {
            return unfit(&format!("is not as browsers write it; write `{as_browsers_write_it}`"));
        }
        let is_secure = url.scheme() == "https" || (url.scheme() == "http" && is_local(host));
        if !is_secure {
            return unfit("is not https, which only localhost need not be");
        }
        if !self.rp_id.is_empty() && !is_at_or_below(host, &self.rp_id) {
            return unfit(&format!("is not at or below the domain of RPID, `{}`", self.rp_id));
        }
        Ok(())
    }
}

fn is_domain(text: &str) -> bool {
    let parsed = Host::parse(text);
    matches!(parsed, Ok(Host::Domain(domain)) if domain == text)
        && (text == "localhost" || text.trim_matches('.').contains('.'))
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

fn is_at_or_below(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|prefix| prefix.ends_with('.'))
}

#[cfg(test)]
mod tests;
