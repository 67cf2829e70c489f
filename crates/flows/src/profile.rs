//! What is known of an account: gathered in one transaction, rendered outside of it.
//!
//! What belongs here: identifiers and the mailbox behind one, what an account holds, its facts, the profile as text;
//! whether it is locked, refused or erased. What does not: credentials and sessions.

use crate::Result;
use crate::app::Tenant;
use crate::limits::{self, Kind as Counted, Subject};
use doorward_model::id::Uid;
use doorward_model::profile::{self, AccountFacts, EmailEntry};
use doorward_model::settings::LockKind;
use doorward_model::time::Timestamp;
use doorward_store::accounts::{self, Account};
use doorward_store::identifiers::{Identifier, Kind};
use doorward_store::{Tx, passwords};
use facts::{Facts, expiry};
use serde_json::value::RawValue;

pub(crate) mod account;
pub(crate) mod availability;
pub(crate) mod body;
pub(crate) mod erasing;
pub(crate) mod facts;
pub(crate) mod holdings;
pub mod identifiers;
pub(crate) mod mailbox;
pub(crate) mod passkey_offer;

pub use facts::NATIVE;

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
    let has_pin = facts::is_set(tx, tenant, &uid)?;
    let passkey_offer = passkey_offer::offer(tx, tenant, &account, &identifiers, now)?;
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
