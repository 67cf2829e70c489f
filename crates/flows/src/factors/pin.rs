//! PINs: a second, faster way back in for somebody who has signed in before, and what is kept of them.
//!
//! A PIN opens nothing alone. It signs in together with a session token, which a full login hands out, and it is
//! compared in [`Stored::is_right`] wherever somebody gives it again.

use crate::access::{Caller, SignedIn};
use crate::app::Tenant;
use crate::limits::{self, Kind as Counted, Released, Subject};
use crate::notify::{Notices, Template};
use crate::profile::account;
use crate::{App, Result};
use anyhow::Context;
use doorward_model::id::{TenantId, Uid};
use doorward_model::pin::Pin;
use doorward_model::profile::parts::document::PinNote;
use doorward_model::profile::{AccountDocument, Persona};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::settings::PinAuthentication;
use doorward_model::time::Timestamp;
use doorward_store::accounts::{self, Account};
use doorward_store::challenges::{self, Purpose};
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{Json, Tx, pin_tokens, pins};

/// Wrong PINs in a row that end a session token.
pub(crate) const WRONG_IN_A_ROW: i64 = 5;

/// Wrong PINs of an account, over all of its session tokens, that close sign-in by PIN until it signs in otherwise.
const WRONG_IN_ALL: i64 = 10;

/// 1233 while the tenant has no PINs.
pub fn require_pin(caller: &Caller) -> Result<(), Reason> {
    settings(&caller.tenant).enabled.then_some(()).ok_or(Reason::PinNotConfigured)
}

pub(crate) fn settings(tenant: &Tenant) -> &PinAuthentication {
    &tenant.settings.pin
}

/// A PIN as it is kept: the hash, encrypted.
#[derive(Debug, Clone)]
pub(crate) struct Sealed {
    bytes: Vec<u8>,
    key: Vec<u8>,
}

impl Sealed {
    /// Hashes a PIN that was accepted.
    pub(crate) async fn make(app: &App, tenant: &TenantId, pin: &Pin) -> Result<Sealed> {
        let hash = app.hash_password(pin.to_password()).await?;
        Ok(Sealed::of(app, tenant, &hash))
    }

    pub(super) fn of(app: &App, tenant: &TenantId, hash: &str) -> Sealed {
        Sealed { bytes: app.keys.seal(&place(tenant), hash, app.random()), key: app.keys.id().to_vec() }
    }

    /// Puts it in the place of the same PIN under an earlier key.
    pub(super) fn replace(&self, tx: &mut Tx, before: &pins::Outdated) -> Result<()> {
        Ok(pins::reseal(tx, before, &self.bytes, &self.key)?)
    }

    /// Gives it to an account that has no PIN; false when it has one.
    #[must_use = "an account that has a PIN keeps it"]
    pub(crate) fn add(&self, tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<bool> {
        Ok(pins::add(tx, tenant, uid, &self.bytes, &self.key)?)
    }
}

/// Where an encrypted PIN opens: at its tenant. Not the account, since that may get another uid.
pub fn place(tenant: &TenantId) -> String {
    format!("pin:{tenant}")
}

/// The PIN that an account has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored(Vec<u8>);

impl Stored {
    /// The one that the account has now, if it has any.
    pub(crate) fn find(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Option<Stored>> {
        Ok(pins::find(tx, tenant, uid)?.map(|pin| Stored(pin.sealed)))
    }

    /// True when `pin` is the one.
    pub(crate) async fn is_right(&self, app: &App, tenant: &Tenant, pin: &Pin) -> Result<bool> {
        let hash = app.keys.open(&place(&tenant.id), &self.0).context("opening the hash of a PIN")?;
        app.verify_password(pin.to_password(), Some(hash)).await
    }
}

/// What a new PIN of an account is held against.
pub(crate) struct Former {
    stored: Option<Stored>,
    birth_date: Option<String>,
    identifiers: Vec<Identifier>,
}

impl Former {
    pub(crate) fn load(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Former> {
        let account = accounts::find(tx, tenant, uid)?;
        let persona = account.map(|account| Persona::from_stored(account.persona.as_str())).transpose();
        Ok(Former {
            stored: Stored::find(tx, tenant, uid)?,
            birth_date: persona.map_err(anyhow::Error::from)?.and_then(|persona| persona.birth_date),
            identifiers: identifiers::list(tx, tenant, uid)?,
        })
    }

    /// The PIN that the account has.
    pub(crate) fn stored(&self) -> Option<&Stored> {
        self.stored.as_ref()
    }

    /// The PIN as it will be kept, with the notices that follow; its form was accepted before. 1134 when it is the date
    /// of birth, the end of a phone number, or the PIN that the account has.
    pub(crate) async fn accept(&self, app: &App, caller: &Caller, pin: &Pin, now: Timestamp) -> Result<Accepted> {
        let tenant = &caller.tenant;
        let phones = self.identifiers.iter().filter(|one| one.kind == Kind::Phone.as_str());
        let rules = &settings(tenant).configuration.rules;
        pin.check_person(rules, self.birth_date.as_deref(), phones.map(|phone| phone.value.as_str()))?;
        if let Some(stored) = &self.stored
            && stored.is_right(app, tenant, pin).await?
        {
            return Err(Refusal::invalid("pin", "This is the present PIN; choose one that is new.").into());
        }
        Ok(Accepted {
            sealed: Sealed::make(app, &tenant.id, pin).await?,
            notices: Notices::prepare(app, caller, Template::PinChanged, &self.identifiers, now)?,
        })
    }
}

/// An accepted PIN with what follows from it; which sessions end is the caller's to say.
#[derive(Clone)]
pub(crate) struct Accepted {
    sealed: Sealed,
    notices: Notices,
}

impl Accepted {
    /// Gives the account, which must be locked, its first PIN and tells its owner; false when it has one. The caller
    /// stores what is noted in `account`.
    #[must_use = "an account that has a PIN keeps it"]
    pub(crate) fn set(&self, tx: &mut Tx, tenant: &TenantId, account: &mut Account, now: Timestamp) -> Result<bool> {
        if !self.sealed.add(tx, tenant, &account.uid)? {
            return Ok(false);
        }
        note(account, |note| noted(note, now))?;
        self.notices.queue(tx, tenant, now)?;
        Ok(true)
    }

    /// Puts it in the place of the PIN that the account, which must be locked, has, ends what that one opened and voids
    /// the codes that would reset it; false when there is none any more.
    #[must_use = "an account without a PIN gets none"]
    pub(crate) fn replace(&self, tx: &mut Tx, tenant: &TenantId, mut account: Account, now: Timestamp) -> Result<bool> {
        let Sealed { bytes, key } = &self.sealed;
        if !pins::replace(tx, tenant, &account.uid, bytes, key)? {
            return Ok(false);
        }
        note(&mut account, |note| noted(note, now))?;
        account.modified_at = now;
        accounts::update(tx, tenant, &account)?;
        pin_tokens::end_all(tx, tenant, &account.uid)?;
        challenges::void(tx, tenant, &account.uid, Purpose::ResetPin, now)?;
        self.notices.queue(tx, tenant, now)?;
        Ok(true)
    }
}

/// What the profile says of a PIN that was set now.
pub(crate) fn noted(note: &mut PinNote, now: Timestamp) {
    note.skipped = Some(false);
    note.last_pin_change_date = Some(now.to_wire());
}

/// Changes what the account's profile says of its PIN.
pub(super) fn note(account: &mut Account, change: impl FnOnce(&mut PinNote)) -> Result<()> {
    let mut document = AccountDocument::from_stored(account.document.as_str()).map_err(anyhow::Error::from)?;
    change(document.pin.get_or_insert_default());
    account.document = Json::from_text(document.to_stored());
    Ok(())
}

/// Counts a wrong PIN against the account; the tenth in all ends every session token.
pub(crate) fn count_wrong(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    if pins::count_wrong(tx, tenant, uid)? >= WRONG_IN_ALL {
        pin_tokens::end_all(tx, tenant, uid)?;
    }
    Ok(())
}

/// Takes the PIN from an account that turned out to be somebody else's, with all that it opens.
pub(crate) fn take_away(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    pins::remove(tx, tenant, uid)?;
    Ok(pin_tokens::end_all(tx, tenant, uid)?)
}

/// Keeps an account from changing until the transaction ends; 991 or 1130 when it may not be used.
pub(crate) fn lock(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Result<Account, Refusal>> {
    match accounts::lock(tx, tenant, uid)? {
        Some(account) if account.is_active && !account.login_disabled => Ok(Ok(account)),
        _ => Ok(Err(account::refuse_state(accounts::state(tx, tenant, uid)?))),
    }
}

/// Why nobody may try the present PIN now: the account is locked (1198) by what was not released, or ten tries were wrong
/// (1264).
pub(crate) fn closed(tx: &mut Tx, owner: &SignedIn, released: Released, now: Timestamp) -> Result<Option<Refusal>> {
    let (tenant, uid) = (&owner.caller.tenant, &owner.session.uid);
    if let Some(refusal) = limits::barred(tx, tenant, &Subject::Account(uid.clone()), Counted::Login, released, now)? {
        return Ok(Some(refusal));
    }
    let used_up = pins::find(tx, &tenant.id, uid)?.is_some_and(|pin| pin.wrong >= WRONG_IN_ALL);
    Ok(used_up.then(|| Reason::AccountLocked.into()))
}
