//! The profile: gathered in one transaction, rendered outside of it.

use crate::access::SignedIn;
use crate::app::Tenant;
use crate::limits::{self, Kind as Counted, Subject};
use crate::{App, Result, passkeys, pin, session};
use doorward_model::id::{TenantId, Uid};
use doorward_model::profile::{self, AccountChange, AccountFacts, EmailEntry};
use doorward_model::settings::LockKind;
use doorward_model::time::Timestamp;
use doorward_store::accounts::{self, Account};
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{Json, Tx, passwords};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

mod update;

pub use update::{Updated, update_account_by_access_token};

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

/// All that a profile is rendered from.
pub(crate) struct Loaded {
    persona: String,
    document: String,
    facts: AccountFacts,
    identities: Vec<String>,
}

impl Loaded {
    /// Whose profile it is.
    pub(crate) fn uid(&self) -> &Uid {
        &self.facts.uid
    }

    /// Whether the account may be used.
    pub(crate) fn is_active(&self) -> bool {
        self.facts.is_active
    }

    /// The same of somebody who signed in with the passkey of another device.
    pub(crate) fn by_passkey_from_elsewhere(mut self) -> Loaded {
        if let Some(offer) = &mut self.facts.passkey_offer {
            offer.local = true;
        }
        self
    }
}

/// Renders the profile: 149 keys in the order of the wire.
pub(crate) fn render(loaded: &Loaded) -> Result<Box<RawValue>> {
    let rendered = profile::render(&loaded.persona, &loaded.document, &loaded.facts, &loaded.identities);
    Ok(rendered.map_err(anyhow::Error::from)?)
}

/// Gathers the profile of an account; `None` when there is no such account.
pub(crate) fn load(tx: &mut Tx, tenant: &Tenant, uid: &Uid, now: Timestamp) -> Result<Option<Loaded>> {
    let Some(account) = accounts::find(tx, &tenant.id, uid)? else { return Ok(None) };
    let mut loaded = load_around(tx, tenant, account, now)?;
    // "First" is said by the answer to the login itself; whoever reads the profile later has signed in before.
    loaded.facts.first_login = loaded.facts.no_of_logins == 0;
    Ok(Some(loaded))
}

/// Gathers the rest of a profile around the account's own row.
pub(crate) fn load_around(tx: &mut Tx, tenant: &Tenant, account: Account, now: Timestamp) -> Result<Loaded> {
    let uid = account.uid.clone();
    let identifiers = doorward_store::identifiers::list(tx, &tenant.id, &uid)?;
    let password = passwords::current(tx, &tenant.id, &uid)?;
    let has_pin = pin::is_set(tx, tenant, &uid)?;
    let passkey_offer = passkeys::offer(tx, tenant, &account, &identifiers, now)?;
    let identities = accounts::identities(tx, &tenant.id, &uid)?;
    let lock = limits::lock(tx, tenant, &Subject::Account(uid), Counted::Login, now)?.map(|lock| lock.kind);
    // The back end may have opened a blocked account without a word of its lock.
    let lock = lock.filter(|kind| *kind != LockKind::Block || !account.is_active);

    let kept: Facts = account.facts.parse()?;
    let password_expiration_date = expiry(tenant, &kept, password.as_ref());
    let mut facts = AccountFacts {
        is_active: account.is_active,
        is_login_locked: lock.is_some(),
        // Wire: a suspension leaves the type as it was.
        login_locked_type: match lock.filter(|kind| *kind != LockKind::Suspend) {
            Some(kind) => kind.as_str().to_owned(),
            None => kept.login_locked_type.unwrap_or_else(|| "None".to_owned()),
        },
        is_required_fields_filled_once: kept.is_required_fields_filled_once,
        is_secure_password: password.as_ref().is_some_and(|password| password.is_secure),
        is_password_breached: kept.is_password_breached,
        is_custom_uid: account.is_custom_uid,
        is_email_subscribed: kept.is_email_subscribed,
        first_login: account.logins <= 1,
        no_of_logins: account.logins,
        has_password: password.is_some(),
        has_pin,
        passkey_offer,
        registration_provider: Some(account.registration_provider),
        registration_source: Some(account.registration_source),
        last_login_location: kept.last_login_location,
        external_user_login_id: kept.external_user_login_id,
        password_expiration_date,
        last_password_change_date: password.map(|password| password.changed_at),
        modified_date: Some(account.modified_at),
        profile_modified_date: Some(account.profile_modified_at),
        last_login_date: account.last_login_at,
        signup_date: Some(kept.signup_at.map_or(account.created_at, Timestamp)),
        ..AccountFacts::new(account.uid, account.created_at)
    };
    place(&mut facts, identifiers);
    Ok(Loaded {
        persona: account.persona.as_str().to_owned(),
        document: account.document.as_str().to_owned(),
        facts,
        identities: identities.iter().map(|document| document.as_str().to_owned()).collect(),
    })
}

/// Puts identifiers where the wire shows them. While no address is proved, all stand in `Email`; afterwards the
/// unproved ones stand apart.
fn place(facts: &mut AccountFacts, identifiers: Vec<Identifier>) {
    let is = |identifier: &Identifier, kind: Kind| identifier.kind == kind.as_str();
    facts.email_verified = identifiers.iter().any(|one| is(one, Kind::Email) && one.verified_at.is_some());
    for identifier in identifiers {
        if is(&identifier, Kind::Email) {
            let unproved = identifier.verified_at.is_none();
            let entry = EmailEntry { kind: Some(identifier.label), value: Some(identifier.shown) };
            let list = if unproved && facts.email_verified { &mut facts.unverified_email } else { &mut facts.email };
            list.push(entry);
        } else if is(&identifier, Kind::Phone) {
            facts.phone_id_verified = identifier.verified_at.is_some();
            facts.phone_id = Some(identifier.value);
        } else {
            facts.user_name = Some(identifier.shown);
        }
    }
}

/// The signed-in person's own profile; 991 or 1130 when the account was closed meanwhile.
pub async fn read_own(app: &App, signed_in: &SignedIn) -> Result<Box<RawValue>> {
    let (tenant, uid, now) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone(), app.now());
    let loaded = app
        .read(move |tx| {
            let Some(loaded) = load(tx, &tenant, &uid, now)? else { return Ok(Err(session::refuse_state(None))) };
            if !loaded.is_active() {
                return Ok(Err(session::refuse_state(accounts::state(tx, &tenant.id, &uid)?)));
            }
            Ok(Ok(loaded))
        })
        .await??;
    render(&loaded)
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
