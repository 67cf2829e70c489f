//! What somebody said of themselves when they asked, kept encrypted until they prove it.

use crate::access::Caller;
use crate::accounts::draft::Draft;
use crate::register;
use crate::sending::Sending;
use crate::{App, Result};
use doorward_model::identifier::{Email, Phone};
use doorward_model::keys::Digest;
use doorward_model::profile::Writer;
use doorward_model::refusal::Refusal;
use doorward_model::time::Timestamp;
use doorward_store::{Tx, newcomers};
use serde_json::{Map, Value, json};

/// The longest name that is kept of somebody who proved nothing yet, in characters.
const NAME_LENGTH: usize = 200;

/// The body of a registration, as far as it was said.
pub(super) struct Newcomer(Map<String, Value>);

/// The same encrypted.
pub(super) struct Sealed(Vec<u8>);

impl Newcomer {
    pub(super) fn with_email(email: &Email, name: Option<&str>) -> Newcomer {
        Newcomer::named("Email", json!([{ "Type": "Primary", "Value": email.shown() }]), name)
    }

    pub(super) fn with_phone(phone: &Phone, name: Option<&str>) -> Newcomer {
        Newcomer::named("PhoneId", json!(phone.as_str()), name)
    }

    /// Names are not taken apart: whatever people call themselves stands in `FirstName`.
    fn named(identifier: &str, value: Value, name: Option<&str>) -> Newcomer {
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        let name = name.map(|name| ("FirstName".to_owned(), json!(name)));
        Newcomer([(identifier.to_owned(), value)].into_iter().chain(name).collect())
    }

    /// Encrypts it, once it is what a registration may say: 1134 for a name that is longer than any is.
    pub(super) fn sealed(&self, app: &App, caller: &Caller, subject: &Digest, now: Timestamp) -> Result<Sealed> {
        let name = self.0.get("FirstName").and_then(Value::as_str).unwrap_or_default();
        if name.chars().count() > NAME_LENGTH {
            return Err(Refusal::invalid("name", "The name is too long.").into());
        }
        Draft::sketch(app, &caller.tenant, &self.0, Writer::User, now)?;
        let text = Value::Object(self.0.clone()).to_string();
        Ok(Sealed(app.keys.seal(&place(caller, subject), &text, app.random())))
    }

    /// The account that is made of what the holder of this identifier said, everything in it proved; none when nothing
    /// was said or it is over.
    pub(super) async fn draft(app: &App, caller: &Caller, subject: &Digest, now: Timestamp) -> Result<Option<Draft>> {
        let (tenant, wanted) = (caller.tenant.clone(), subject.clone());
        let sealed = app.read(move |tx| Ok(newcomers::get(tx, &tenant.id, &wanted)?)).await?;
        let Some(sealed) = sealed else { return Ok(None) };
        let text = app.keys.open(&place(caller, subject), &sealed).map_err(anyhow::Error::from)?;
        let body: Map<String, Value> = serde_json::from_str(&text).map_err(anyhow::Error::from)?;
        let sketch = Draft::sketch(app, &caller.tenant, &body, Writer::User, now)?;
        let draft = sketch.came_from(&register::source(caller)).finish(app, &caller.tenant).await?;
        Ok(Some(Draft { email_verified_at: Some(now), phone_verified_at: Some(now), ..draft }))
    }

    /// Forgets what was said.
    pub(super) fn forget(tx: &mut Tx, caller: &Caller, subject: &Digest) -> Result<()> {
        Ok(newcomers::remove(tx, caller.tenant_id(), subject)?)
    }
}

impl Sealed {
    /// Keeps it as long as the link or code works.
    pub(super) fn keep(&self, tx: &mut Tx, caller: &Caller, sending: &Sending) -> Result<()> {
        Ok(newcomers::put(tx, caller.tenant_id(), sending.subject(), &self.0, sending.expires_at())?)
    }
}

fn place(caller: &Caller, subject: &Digest) -> String {
    format!("newcomer:{}:{}", caller.tenant_id(), subject.hex())
}
