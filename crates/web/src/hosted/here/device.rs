//! A device that knows somebody: who signed in on it with all they have comes back to it with a PIN.

use doorward_flows::session::Finished;
use doorward_model::identifier::{Email, Phone};
use doorward_model::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a device keeps of a person. It signs nobody in without the PIN.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Device {
    /// Whom it knows.
    uid: String,
    /// What the PIN signs in with.
    token: String,
    /// Tells the person whose PIN is asked for, and others no more than that.
    name: String,
    /// When the token ends, in milliseconds.
    pub(crate) until: i64,
}

impl Device {
    /// What can be kept of a login; `None` where the tenant has no sign-in by PIN, or the login was made by one.
    pub(crate) fn of(finished: &Finished, profile: &Value) -> Option<Device> {
        let session = finished.pin_session.as_ref()?;
        Some(Device {
            uid: profile["Uid"].as_str()?.to_owned(),
            token: session.token.expose().to_owned(),
            name: masked_name(profile),
            until: session.expires_at.0,
        })
    }

    pub(crate) fn token(&self) -> Secret {
        Secret::new(self.token.as_str())
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// True when it is whose profile this is that it knows.
    pub(crate) fn is_of(&self, profile: &Value) -> bool {
        profile["Uid"] == self.uid.as_str()
    }
}

/// The address, else the number, with little of it left.
fn masked_name(profile: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let email = Email::parse(&text(&profile["Email"][0]["Value"])).map(|email| email.masked());
    email.or_else(|_| Phone::parse(&text(&profile["PhoneId"])).map(|phone| phone.masked())).unwrap_or_default()
}

/// True when the profile is that of somebody who has a PIN.
pub(crate) fn has_pin(profile: &Value) -> bool {
    profile["PIN"]["PIN"].is_string()
}
