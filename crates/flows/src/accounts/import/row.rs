//! One row: read, judged and made ready to be written.

use super::outcome::{Duplicates, Rules};
use crate::accounts::Update;
use crate::app::Tenant;
use crate::profile::holdings;
use crate::registration::draft::{Draft, Sketch};
use crate::{App, Result};
use doorward_model::identifier::Email;
use doorward_model::password::foreign;
use doorward_model::profile::{AccountChange, Identity, Writer};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::time::Timestamp;
use doorward_store::Json;
use doorward_store::identifiers::Kind;
use serde_json::{Map, Value, json};

/// A row that is acceptable as far as it can be told without the database.
pub(super) struct Sketched {
    pub(super) number: u64,
    sketch: Sketch,
    update: Option<Update>,
    hash: Option<String>,
    is_secure: bool,
    changed_at: Timestamp,
    unverified: Vec<(String, Email)>,
    identities: Vec<Linked>,
}

/// A row ready to be written.
pub(super) struct Account {
    pub(super) number: u64,
    pub(super) draft: Draft,
    /// What it changes of an account that is there, if it may.
    pub(super) update: Option<Update>,
    pub(super) password: Option<NewPassword>,
    /// Addresses that still wait for their proof.
    pub(super) unverified: Vec<(String, Email)>,
    pub(super) identities: Vec<Linked>,
    /// What the row names its account by, the surest last.
    pub(super) names: Vec<(Option<Kind>, String)>,
}

pub(super) struct NewPassword {
    pub(super) hash: String,
    pub(super) is_secure: bool,
    pub(super) changed_at: Timestamp,
}

/// The person at another provider.
pub(super) struct Linked {
    pub(super) provider: String,
    pub(super) id: String,
    pub(super) document: Json,
}

impl Sketched {
    /// Refused: 908 without anything to sign in with, 1134 for a hash that is not taken, and by the rules of the fields.
    pub(super) fn new(
        app: &App,
        tenant: &Tenant,
        rules: &Rules,
        number: u64,
        body: Map<String, Value>,
        now: Timestamp,
    ) -> Result<Sketched, Refusal> {
        let body = shaped(body);
        let sketch = Draft::sketch(app, tenant, &body, Writer::BackEnd, now)?;
        if sketch.holdings().is_empty() {
            return Err(Refusal::missing("email"));
        }
        let hash = text(&body, "PasswordHash")?;
        if hash.is_some() && sketch.has_password() {
            return Err(Refusal::invalid("PasswordHash", "Give a password or its hash, not both."));
        }
        let salt = text(&body, "PasswordSalt")?;
        let hash = hash.map(|hash| foreign::import(hash, salt, rules.recipe.as_ref())).transpose();
        let hash = hash.map_err(|unfit| Refusal::invalid("PasswordHash", unfit.to_string()))?;

        let change = AccountChange::from_wire(&body, Writer::BackEnd)?;
        let mut unverified = holdings::emails(change.unverified_email.as_deref().unwrap_or_default())?;
        let held = sketch.holdings().emails.iter().flatten();
        let held: Vec<&str> = held.map(|(_, email)| email.as_str()).collect();
        unverified.retain(|(_, email)| !held.contains(&email.as_str()));
        Ok(Sketched {
            number,
            unverified,
            identities: identities(&body)?,
            // Of a hash made elsewhere nobody knows what it was made of.
            is_secure: hash.is_none() || change.is_secure_password.unwrap_or(false),
            changed_at: change.last_password_change_date.unwrap_or(now),
            hash,
            update: match rules.duplicates {
                Duplicates::Overwrite => Some(Update::without_password(body, now)?),
                Duplicates::Refuse => None,
            },
            sketch,
        })
    }

    /// What the row names its account by, the surest last; a name without a kind is a uid.
    pub(super) fn names(&self) -> Vec<(Option<Kind>, String)> {
        let draft = self.sketch.draft();
        let holdings = &draft.holdings;
        let emails = holdings.emails.iter().flatten().chain(&self.unverified);
        let username = holdings.username.iter().map(|name| (Some(Kind::Username), name.as_str().to_owned()));
        let phone = holdings.phone.iter().map(|phone| (Some(Kind::Phone), phone.as_str().to_owned()));
        let emails = emails.map(|(_, email)| (Some(Kind::Email), email.as_str().to_owned()));
        let uid = draft.account.is_custom_uid.then(|| (None, draft.account.uid.as_str().to_owned()));
        username.chain(phone).chain(emails).chain(uid).collect()
    }

    /// Hashes a password and answers that came in clear.
    pub(super) async fn finish(self, app: &App, tenant: &Tenant) -> Result<Account> {
        let names = self.names();
        let mut draft = self.sketch.finish(app, tenant).await?;
        let hash = self.hash.or_else(|| draft.hash.take());
        let (is_secure, changed_at) = (self.is_secure, self.changed_at);
        Ok(Account {
            number: self.number,
            draft,
            update: self.update,
            password: hash.map(|hash| NewPassword { hash, is_secure, changed_at }),
            unverified: self.unverified,
            identities: self.identities,
            names,
        })
    }
}

/// A table has one address in a column where the wire has a list.
fn shaped(mut body: Map<String, Value>) -> Map<String, Value> {
    if let Some((_, emails)) = body.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("Email"))
        && let Value::String(address) = emails
    {
        let address = address.trim();
        *emails = if address.is_empty() { Value::Null } else { json!([{ "Type": "Primary", "Value": address }]) };
    }
    body
}

fn find<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    body.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Refusal> {
    match find(body, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.trim().is_empty())),
        Some(_) => Err(Reason::PayloadInvalid.into()),
    }
}

fn identities(body: &Map<String, Value>) -> Result<Vec<Linked>, Refusal> {
    let Some(Value::Array(given)) = find(body, "Identities") else { return Ok(Vec::new()) };
    let mut identities = Vec::with_capacity(given.len());
    for identity in given {
        let identity = identity.as_object().ok_or(Reason::PayloadInvalid)?;
        let (provider, id) = (text(identity, "Provider")?, text(identity, "ID")?);
        let provider = provider.ok_or_else(|| Refusal::invalid("Identities", "An identity names its Provider."))?;
        let id = id.ok_or_else(|| Refusal::invalid("Identities", "An identity has an ID."))?;
        identities.push(Linked {
            provider: provider.to_owned(),
            id: id.to_owned(),
            document: Json::from_text(Identity::from_wire(identity)?.to_stored()),
        });
    }
    Ok(identities)
}
