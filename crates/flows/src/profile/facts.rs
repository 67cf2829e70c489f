//! Facts of an account, and what a change says of them.

use crate::app::Tenant;
use crate::{Error, Result};
use doorward_model::id::{TenantId, Uid};
use doorward_model::profile::{self, AccountChange, AccountDocument, Nulls, Persona, Writer};
use doorward_model::time::Timestamp;
use doorward_store::accounts::{self, Account};
use doorward_store::{Json, Tx, identifiers, passwords, pins};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Applies to an account what a body says of the person and of the account's facts, as far as the writer may say it.
pub(crate) fn merge(
    account: &mut Account,
    body: &Map<String, Value>,
    change: &AccountChange,
    (writer, nulls): (Writer, Nulls),
    now: Timestamp,
) -> Result<()> {
    let stored = |error: doorward_model::profile::Broken| Error::Failed(error.into());
    let persona = Persona::from_stored(account.persona.as_str()).map_err(stored)?;
    let persona = persona.merged(body, writer, nulls)?;
    let document = AccountDocument::from_stored(account.document.as_str()).map_err(stored)?;
    let document = document.merged(body, writer, nulls)?;
    let known: Facts = account.facts.parse()?;
    account.persona = Json::from_text(persona.to_stored());
    account.document = Json::from_text(document.to_stored());
    account.facts = Json::of(&known.with(change))?;
    account.modified_at = now;
    account.profile_modified_at = now;
    Ok(())
}

/// True when the account has a PIN, as far as the tenant has any.
pub(crate) fn is_set(tx: &mut Tx, tenant: &Tenant, uid: &Uid) -> Result<bool> {
    Ok(tenant.settings.pin.enabled && pins::find(tx, &tenant.id, uid)?.is_some())
}

/// Facts of an account that nothing searches by, kept as one document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Facts {
    pub(crate) is_email_subscribed: bool,
    pub(crate) is_required_fields_filled_once: bool,
    pub(crate) is_password_breached: bool,
    pub(crate) last_login_location: Option<String>,
    pub(crate) external_user_login_id: Option<String>,
    pub(crate) login_locked_type: Option<String>,
    pub(crate) signup_at: Option<i64>,
    pub(crate) password_expires_at: Option<i64>,
    /// Whether the person is asked for a second factor where that is theirs to choose.
    pub(crate) second_factor: Option<bool>,
}

impl Facts {
    /// The same with what a change says of them.
    pub(crate) fn with(mut self, change: &AccountChange) -> Facts {
        self.is_email_subscribed = change.is_email_subscribed.unwrap_or(self.is_email_subscribed);
        self.is_required_fields_filled_once =
            change.is_required_fields_filled_once.unwrap_or(self.is_required_fields_filled_once);
        self.is_password_breached = change.is_password_breached.unwrap_or(self.is_password_breached);
        self.last_login_location = change.last_login_location.clone().or(self.last_login_location);
        self.external_user_login_id = change.external_user_login_id.clone().or(self.external_user_login_id);
        self.login_locked_type = change.login_locked_type.clone().or(self.login_locked_type);
        self.signup_at = change.signup_date.map(|date| date.0).or(self.signup_at);
        self.second_factor = change.is_two_factor_authentication_enabled.or(self.second_factor);
        self.password_expires_at = change.password_expiration_date.map(|date| date.0).or(self.password_expires_at);
        self
    }
}

/// When the password is too old: as the back end set it for this one, else as the tenant's rules say.
pub(crate) fn expiry(tenant: &Tenant, facts: &Facts, password: Option<&passwords::Current>) -> Option<Timestamp> {
    let policy = &tenant.settings.password;
    let by_rule = || password.and_then(|password| policy.expires_at(password.changed_at));
    facts.password_expires_at.map(Timestamp).or_else(by_rule)
}

/// The facts of an account; the usual ones of nobody's.
pub(crate) fn facts(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Facts> {
    let account = accounts::find(tx, tenant, uid)?;
    Ok(account.map(|account| account.facts.parse()).transpose()?.unwrap_or_default())
}

/// Notes whether the password is on a list of stolen ones.
pub(crate) fn note_breached(tx: &mut Tx, tenant: &TenantId, uid: &Uid, breached: bool, now: Timestamp) -> Result<()> {
    let Some(account) = accounts::lock(tx, tenant, uid)? else { return Ok(()) };
    let facts = Facts { is_password_breached: breached, ..account.facts.parse()? };
    Ok(accounts::set_facts(tx, tenant, uid, &Json::of(&facts)?, now)?)
}

/// Forgets what was known of the password before: that it was in a list of breached ones, and when it runs out.
pub(crate) fn forget_password_facts(tx: &mut Tx, tenant: &TenantId, uid: &Uid, now: Timestamp) -> Result<()> {
    let Some(account) = accounts::lock(tx, tenant, uid)? else { return Ok(()) };
    let known: Facts = account.facts.parse()?;
    let fresh = Facts { is_password_breached: false, password_expires_at: None, ..known.clone() };
    if fresh != known {
        accounts::set_facts(tx, tenant, uid, &Json::of(&fresh)?, now)?;
    }
    Ok(())
}

/// The values that a password must not hold: addresses, phone and user name, first and last name.
pub(crate) fn values(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Vec<String>> {
    let identifiers = identifiers::list(tx, tenant, uid)?;
    let mut values: Vec<String> = identifiers.into_iter().map(|identifier| identifier.value).collect();
    if let Some(account) = accounts::find(tx, tenant, uid)? {
        let persona = profile::Persona::from_stored(account.persona.as_str()).map_err(anyhow::Error::from)?;
        values.extend([persona.first_name, persona.last_name].into_iter().flatten());
    }
    Ok(values)
}

/// The provider of an account that signs in with Doorward's own credentials.
pub const NATIVE: &str = "Email";
