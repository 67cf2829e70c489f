//! What a person calls themselves on the pages, in one field for whatever they have.

use doorward_flows::profile::identifiers::Typed;
use doorward_model::identifier::{Email, Phone};
use doorward_model::reason::Reason;
use doorward_model::settings::Settings;
use serde::{Deserialize, Serialize};

/// An identifier as it was typed, and what it is taken for.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Name {
    /// An email address.
    Email(String),
    /// A phone number.
    Phone(String),
    /// A user name.
    Username(String),
}

impl Name {
    /// An address has an `@`, a number nothing but digits and what is written between them; the rest are user names.
    pub(crate) fn read(text: &str, settings: &Settings) -> Name {
        let text = text.trim().to_owned();
        let is_number = text.bytes().any(|byte| byte.is_ascii_digit())
            && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-(). /".contains(&byte));
        if text.contains('@') || !(settings.phone_login || settings.user_name_login) {
            Name::Email(text)
        } else if (is_number && settings.phone_login) || !settings.user_name_login {
            Name::Phone(text)
        } else {
            Name::Username(text)
        }
    }

    /// As it was typed.
    pub(crate) fn text(&self) -> &str {
        match self {
            Name::Email(text) | Name::Phone(text) | Name::Username(text) => text,
        }
    }

    /// As the flows take it.
    pub(crate) fn typed(&self) -> Typed {
        match self.clone() {
            Name::Email(email) => Typed { email: Some(email), ..Typed::default() },
            Name::Phone(phone) => Typed { phone: Some(phone), ..Typed::default() },
            Name::Username(username) => Typed { username: Some(username), ..Typed::default() },
        }
    }

    /// The number, if it is one (1096).
    pub(crate) fn phone(&self) -> Result<Phone, Reason> {
        Phone::parse(self.text())
    }

    /// The address, if it is one (1038).
    pub(crate) fn email(&self) -> Result<Email, Reason> {
        Email::parse(self.text())
    }
}
