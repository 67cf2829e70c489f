//! What messages may say of the person they are about.

use super::shipped;
use crate::Result;
use doorward_model::id::{TenantId, Uid};
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Json, Tx, accounts, passwords};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The longest value that a message repeats, in characters.
const LONGEST: usize = 100;

/// A person as messages know them; the empty one is nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person {
    /// The tag of the language they are spoken to in, if they have one.
    pub(crate) language: Option<String>,
    /// Values by placeholder, in lower case.
    values: BTreeMap<String, String>,
    /// Values of the tenant's own fields, by their names in lower case.
    custom: BTreeMap<String, String>,
    /// Whether there is a password.
    pub(crate) has_password: bool,
    /// Whether there are identities at other providers.
    pub(crate) has_identities: bool,
}

impl Person {
    /// Gathers what is known of an account; nobody, when there is none.
    pub(crate) fn load(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Person> {
        let Some(account) = accounts::find(tx, tenant, uid)? else { return Ok(Person::default()) };
        let held = identifiers::list(tx, tenant, uid)?;
        let identities = accounts::identities(tx, tenant, uid)?;
        let persona: Value = account.persona.parse()?;
        let document: Value = account.document.parse()?;
        let mut person = Person {
            language: language(&persona),
            has_password: passwords::current(tx, tenant, uid)?.is_some(),
            has_identities: !identities.is_empty(),
            ..Person::default()
        };
        person.introduce(&persona);
        person.locate(&persona);
        let shown = |kind: Kind| held.iter().find(|one| one.kind == kind.as_str()).map(|one| one.shown.as_str());
        person.put("username", shown(Kind::Username).unwrap_or_default());
        // An address is what it is, or it is of no use.
        person.values.insert("email".to_owned(), shown(Kind::Email).unwrap_or_default().to_owned());
        person.put("providers", &providers(&identities)?);
        for (name, value) in document["CustomFields"].as_object().into_iter().flatten() {
            person.custom.insert(name.to_lowercase(), plain(value.as_str().unwrap_or_default()));
        }
        Ok(person)
    }

    /// Somebody made up, for a look at a message.
    pub(crate) fn sample() -> Person {
        let mut person = Person { has_password: true, has_identities: true, ..Person::default() };
        person.introduce(&serde_json::json!({ "FirstName": "Anna", "LastName": "Sample" }));
        person.locate(&serde_json::json!({ "Addresses": [{ "Address1": "1 Sample Street", "City": "Springfield",
            "State": "Oregon", "Country": "United States", "PostalCode": "97477", "Region": "North America" }] }));
        for (name, value) in [("username", "anna"), ("providers", "Google")] {
            person.put(name, value);
        }
        person.values.insert("email".to_owned(), "anna@example.com".to_owned());
        person
    }

    /// Somebody of whom only the name is known.
    #[cfg(test)]
    pub(crate) fn called(name: &str) -> Person {
        let mut person = Person::default();
        person.put("name", name);
        person
    }

    /// What a placeholder stands for, if it is about the person; a field of the tenant's own never hides another.
    pub(crate) fn value(&self, placeholder: &str) -> Option<&str> {
        self.values.get(placeholder).or_else(|| self.custom.get(placeholder)).map(String::as_str)
    }

    /// Whether there is a user name.
    pub(crate) fn has_user_name(&self) -> bool {
        self.value("username").is_some_and(|name| !name.is_empty())
    }

    fn introduce(&mut self, persona: &Value) {
        let text = |key: &str| persona[key].as_str().unwrap_or_default().trim();
        let (first, last) = (text("FirstName"), text("LastName"));
        let both = format!("{first} {last}");
        let full = if both.trim().is_empty() { text("FullName") } else { both.trim() };
        for (name, value) in [("firstname", first), ("lastname", last), ("name", full)] {
            self.put(name, value);
        }
    }

    fn locate(&mut self, persona: &Value) {
        let address = &persona["Addresses"][0];
        for key in ["Address1", "Address2", "City", "Country", "PostalCode", "Region", "State"] {
            let known = [&address[key], &persona[key], &persona[key]["Name"]];
            let value = known.into_iter().find_map(Value::as_str).unwrap_or_default();
            self.put(&key.to_lowercase(), value);
        }
    }

    fn put(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), plain(value));
    }
}

fn language(persona: &Value) -> Option<String> {
    ["Language", "LocalLanguage"].iter().find_map(|key| shipped::tag(persona[key].as_str()?))
}

fn providers(identities: &[Json]) -> Result<String> {
    let documents = identities.iter().map(Json::parse).collect::<std::result::Result<Vec<Value>, _>>()?;
    let names: Vec<&str> = documents.iter().filter_map(|identity| identity["Provider"].as_str()).collect();
    Ok(names.join(", "))
}

/// A value as plain words: one short line that no mail program makes a link of. People choose their names themselves, and
/// messages go to addresses that they only claim: a name must not become an advertisement with a link.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut before = ' ';
    for c in text.trim().chars().take(LONGEST) {
        let is_hidden = matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}');
        if is_hidden {
            continue;
        }
        // `evil.com`, `evil。com` and `https://` are links to a mail program; `evil. com` and `https:/ /` are none.
        if (is_dot(before) && c.is_alphabetic()) || (before == '/' && c == '/') {
            plain.push(' ');
        }
        plain.push(if c.is_control() { ' ' } else { c });
        before = c;
    }
    plain
}

fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{3002}' | '\u{FF0E}' | '\u{FF61}')
}
