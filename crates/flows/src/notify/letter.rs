//! A message in the queue: what is known when it is caused. Its words are chosen when it is handed over, so that a
//! request does the same for a receiver who is somebody and one who is nobody.

use super::person::Person;
use super::shipped::Cargo;
use super::templates::Template;
use crate::app::outside::Channel;
use serde::{Deserialize, Serialize};

/// A message without its words.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Letter {
    /// Its id.
    pub(crate) id: String,
    /// Its kind.
    pub(crate) template: Template,
    /// How it goes.
    pub(crate) channel: Channel,
    /// The address or E.164 number.
    pub(crate) to: String,
    /// The version that the request wished for.
    pub(crate) wished: Option<String>,
    /// The tenant's name.
    pub(crate) app: String,
    /// The tenant's language.
    pub(crate) language: String,
    /// The voice of a call; empty for the usual one.
    #[serde(default)]
    pub(crate) voice: String,
    /// How many times a call says its text.
    #[serde(default = "once")]
    pub(crate) times: usize,
    /// The code it carries.
    pub(crate) code: Option<String>,
    /// The link it carries.
    pub(crate) link: Option<String>,
    /// How many seconds that works.
    pub(crate) seconds: i64,
    /// Where the request came from.
    pub(crate) ip: String,
    /// The program that sent the request, in its own words.
    pub(crate) user_agent: String,
    /// The year in which it was caused.
    pub(crate) year: String,
    /// Whom it is about, when nobody can be asked any more: an account that is deleted.
    pub(crate) person: Option<Person>,
}

impl Letter {
    /// A letter about nothing, for a look at a message: to `anna@example.com`, with the code 123456.
    pub(crate) fn sample(template: Template, channel: Channel, cargo: Cargo) -> Letter {
        let is_email = channel == Channel::Email;
        Letter {
            id: "sample".to_owned(),
            template,
            channel,
            to: if is_email { "anna@example.com" } else { "+15005550006" }.to_owned(),
            wished: None,
            app: "Acme".to_owned(),
            language: "en".to_owned(),
            voice: String::new(),
            times: 1,
            code: (cargo == Cargo::Code).then(|| "123456".to_owned()),
            link: (cargo == Cargo::Link)
                .then(|| format!("https://app.example.com/sample?vtoken={}", "0123456789abcdef".repeat(2))),
            seconds: if cargo == Cargo::Link { 3600 } else { 300 },
            ip: "192.0.2.7".to_owned(),
            user_agent: "Mozilla/5.0 (sample)".to_owned(),
            year: "2026".to_owned(),
            person: None,
        }
    }

    /// What it carries.
    pub(crate) fn cargo(&self) -> Cargo {
        match (&self.code, &self.link) {
            (Some(_), _) => Cargo::Code,
            (None, Some(_)) => Cargo::Link,
            (None, None) => Cargo::Nothing,
        }
    }
}

/// The placeholders that every message has, in lower case; the account's own fields come beside them.
pub(crate) const PLACEHOLDERS: [&str; 27] = [
    "app",
    "otp",
    "otpexpiry",
    "expiry",
    "minutes",
    "url",
    "guid",
    "receiver",
    "email",
    "ipaddress",
    "useragent",
    "currentyear",
    "name",
    "firstname",
    "lastname",
    "username",
    "providers",
    "address1",
    "address2",
    "city",
    "country",
    "postalcode",
    "region",
    "state",
    "fpass",
    "fprov",
    "funame",
];

fn once() -> usize {
    1
}
