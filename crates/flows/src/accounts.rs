//! What the application's back end does with accounts.
//!
//! What belongs here: whatever only the back end may do with them, import, export, and tokens for many purposes. What
//! does not: what the owner of an account does.

use crate::access::Admin;
use crate::app::Tenant;
use crate::factors::password::{self, Former};
use crate::factors::security_answers::{Given, Sealed};
use crate::profile::erasing::erase;
use crate::profile::holdings::{self, Holdings};
use crate::profile::{self, facts};
use crate::registration::draft::{self, Draft};
use crate::{App, Result, limits, notify, session};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone, Username};
use doorward_model::password::Password;
use doorward_model::profile::{AccountChange, Nulls, Writer};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::time::Timestamp;
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{Tx, accounts, sessions};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

pub mod contact;
pub mod credentials;
pub mod export;
pub mod import;
pub mod multipurpose;
pub mod uid;
pub mod verification;

/// Makes an account as the back end describes it: no registration token, no messages, and what only a back end may set
/// is taken over.
pub async fn create_user(app: &App, admin: &Admin, body: &Map<String, Value>) -> Result<Box<RawValue>> {
    let (tenant, now) = (&admin.caller.tenant, app.now());
    let sketch = Draft::sketch(app, tenant, body, Writer::BackEnd, now)?;
    if sketch.holdings().is_empty() {
        return Err(Refusal::missing("email").into());
    }
    sketch.refuse_breached(app, tenant).await?;
    let draft = sketch.finish(app, tenant).await?;
    let (tenant, uid) = (tenant.clone(), draft.account.uid.clone());
    let loaded = app
        .write(move |tx| {
            draft.insert(tx, &tenant, now)?;
            profile::load(tx, &tenant, &draft.account.uid, now)
        })
        .await?;
    notify::event(&admin.caller, "Register", Some(&uid));
    profile::render(&loaded.ok_or(Reason::UnknownError)?)
}

/// Which account the back end means.
#[derive(Debug, Clone)]
pub enum Which {
    /// The one with this uid.
    Uid(Uid),
    /// The one with this address, proved or not.
    Email(Email),
    /// The one with this login phone.
    Phone(Phone),
    /// The one with this user name.
    Username(Username),
}

impl Which {
    /// What the back end is told when there is none: it may know.
    pub(crate) fn unknown(&self) -> Reason {
        match self {
            Which::Uid(_) => Reason::AccountIdInvalid,
            Which::Email(_) => Reason::EmailNotFound,
            Which::Phone(_) => Reason::PhoneInvalidOrUnknown,
            Which::Username(_) => Reason::UsernameNotFound,
        }
    }

    pub(crate) fn find(&self, tx: &mut Tx, tenant: &Tenant) -> Result<Option<Uid>> {
        let (kind, value) = match self {
            Which::Uid(uid) => return Ok(Some(uid.clone())),
            Which::Email(email) => (Kind::Email, email.as_str()),
            Which::Phone(phone) => (Kind::Phone, phone.as_str()),
            Which::Username(username) => (Kind::Username, username.as_str()),
        };
        Ok(identifiers::owner(tx, &tenant.id, kind, value)?.map(|owner| owner.uid))
    }
}

/// The profile of an account; 984, 1023, 1043 or 1022 when there is none.
pub async fn get_account_identity(app: &App, admin: &Admin, which: Which) -> Result<Box<RawValue>> {
    let (tenant, now, unknown) = (admin.caller.tenant.clone(), app.now(), which.unknown());
    let loaded = app
        .read(move |tx| {
            let Some(uid) = which.find(tx, &tenant)? else { return Ok(None) };
            profile::load(tx, &tenant, &uid, now)
        })
        .await?;
    profile::render(&loaded.ok_or(unknown)?)
}

/// The profiles of the accounts that hold this address: one, or none.
pub async fn get_identities(app: &App, admin: &Admin, email: Email) -> Result<Vec<Box<RawValue>>> {
    let (tenant, now) = (admin.caller.tenant.clone(), app.now());
    let loaded = app
        .read(move |tx| {
            let Some(uid) = Which::Email(email.clone()).find(tx, &tenant)? else { return Ok(None) };
            profile::load(tx, &tenant, &uid, now)
        })
        .await?;
    loaded.iter().map(profile::render).collect()
}

/// Deletes an account with everything that hangs on it, and frees its identifiers at once.
pub async fn delete_account(app: &App, admin: &Admin, which: Which) -> Result<u64> {
    let (tenant, unknown) = (admin.caller.tenant.clone(), which.unknown());
    let deleted = app
        .write(move |tx| {
            let Some(uid) = which.find(tx, &tenant)? else { return Ok(None) };
            let count = erase(tx, &tenant, &uid)?;
            Ok((count > 0).then_some((uid, count)))
        })
        .await?;
    let (uid, count) = deleted.ok_or(unknown)?;
    notify::event(&admin.caller, "DeleteAccount", Some(&uid));
    Ok(count)
}

/// Changes an account: absent keys stay, null erases where the caller asked for it, identifiers move as a whole. The last
/// identifier is not erased (1005, 1134).
/// Blocking ends every session at once, a new password those that force logout asks for; `IsLoginLocked: false` lifts
/// every lock, with `IsActive: true` a block.
pub async fn update_account(
    app: &App,
    admin: &Admin,
    uid: &Uid,
    body: &Map<String, Value>,
    nulls: Nulls,
) -> Result<Box<RawValue>> {
    let (tenant, now) = (admin.caller.tenant.clone(), app.now());
    let hash = match draft::password_in(body)? {
        Some(password) => Some(hash_for(app, admin, uid, password).await?),
        None => None,
    };
    let change = AccountChange::from_wire(body, Writer::BackEnd)?;
    let answers = Given::read(body, &tenant.settings, nulls)?.seal(app, &tenant).await?;
    let mut holdings = Holdings::read(&change)?;
    let erased = holdings::erased_in(body, nulls);
    if erased.contains(&Kind::Email) {
        holdings.emails = Some(Vec::new());
    }
    let update = Update { change, holdings, erased, body: body.clone(), hash, answers, nulls, now };
    let id = uid.clone();
    let loaded = app
        .write(move |tx| {
            let Some(account) = accounts::lock(tx, &tenant.id, &id)? else {
                return Err(Reason::AccountIdInvalid.into());
            };
            update.apply(tx, &tenant, account)?;
            profile::load(tx, &tenant, &id, now)
        })
        .await?;
    notify::event(&admin.caller, "UpdateProfile", Some(uid));
    profile::render(&loaded.ok_or(Reason::AccountIdInvalid)?)
}

/// The hash of a password that the back end sets; its rules are those of everybody.
async fn hash_for(app: &App, admin: &Admin, uid: &Uid, password: Password) -> Result<String> {
    let caller = &admin.caller;
    password.check_form(&caller.settings().password)?;
    let (within, uid) = (caller.clone(), uid.clone());
    let former = app.read(move |tx| Former::load(tx, &within, &uid)).await?;
    former.accept(app, caller, password).await
}

/// What changes of an account.
pub(crate) struct Update {
    change: AccountChange,
    holdings: Holdings,
    erased: Vec<Kind>,
    body: Map<String, Value>,
    hash: Option<String>,
    answers: Sealed,
    nulls: Nulls,
    now: Timestamp,
}

impl Update {
    /// What a body changes, its password left out.
    pub(crate) fn without_password(body: Map<String, Value>, now: Timestamp) -> Result<Update, Refusal> {
        let change = AccountChange::from_wire(&body, Writer::BackEnd)?;
        let (holdings, answers) = (Holdings::read(&change)?, Sealed::default());
        Ok(Update { change, holdings, erased: Vec::new(), body, hash: None, answers, nulls: Nulls::Keep, now })
    }

    /// Changes the account, which must be locked.
    pub(crate) fn apply(&self, tx: &mut Tx, tenant: &Tenant, mut account: accounts::Account) -> Result<()> {
        let (change, now, uid) = (&self.change, self.now, account.uid.clone());
        facts::merge(&mut account, &self.body, change, (Writer::BackEnd, self.nulls), now)?;
        account.is_active = change.is_active.unwrap_or(account.is_active);
        account.login_disabled = change.disable_login.unwrap_or(account.login_disabled);
        accounts::update(tx, &tenant.id, &account)?;

        self.move_identifiers(tx, tenant, &uid)?;
        if let Some(hash) = &self.hash {
            password::renew(tx, tenant, &uid, hash, now)?;
            session::end_others(tx, &tenant.settings, &tenant.id, &uid, now)?;
        }
        self.answers.keep(tx, tenant, &uid, now)?;
        if change.is_login_locked == Some(false) {
            limits::clear_all(tx, tenant, &uid)?;
        }
        if change.is_active == Some(false) || change.disable_login == Some(true) {
            doorward_store::challenges::void_all(tx, &tenant.id, &uid, now)?;
            sessions::close_all(tx, &tenant.id, &uid)?;
        }
        Ok(())
    }

    fn move_identifiers(&self, tx: &mut Tx, tenant: &Tenant, uid: &Uid) -> Result<()> {
        let held = identifiers::list(tx, &tenant.id, uid)?;
        if let Some(emails) = &self.holdings.emails {
            if emails.is_empty() && !has_other(&held, Kind::Email) {
                return Err(Reason::LastEmailCannotBeRemoved.into());
            }
            identifiers::remove(tx, &tenant.id, uid, Kind::Email)?;
            for (position, (label, email)) in (0..).zip(emails) {
                let verified_at = proved(&held, Kind::Email, email.as_str());
                holdings::give_email(tx, tenant, uid, label, email, position, verified_at)?;
            }
        }
        if let Some(phone) = &self.holdings.phone {
            let verified_at = proved(&held, Kind::Phone, phone.as_str());
            identifiers::remove(tx, &tenant.id, uid, Kind::Phone)?;
            holdings::give_phone(tx, tenant, uid, phone, verified_at)?;
        }
        if let Some(username) = &self.holdings.username {
            identifiers::remove(tx, &tenant.id, uid, Kind::Username)?;
            holdings::give_username(tx, tenant, uid, username)?;
        }
        for kind in self.erased.iter().filter(|kind| **kind != Kind::Email) {
            holdings::erase_identifier(tx, tenant, uid, *kind, self.now)?;
        }
        let moment = |verified: bool| verified.then_some(self.now);
        if let Some(verified) = self.change.email_verified {
            identifiers::set_verified(tx, &tenant.id, uid, Kind::Email, moment(verified))?;
        }
        if let Some(verified) = self.change.phone_id_verified {
            identifiers::set_verified(tx, &tenant.id, uid, Kind::Phone, moment(verified))?;
        }
        Ok(())
    }
}

fn proved(held: &[Identifier], kind: Kind, value: &str) -> Option<Timestamp> {
    let same = held.iter().find(|one| one.kind == kind.as_str() && one.value == value);
    same.and_then(|one| one.verified_at)
}

fn has_other(held: &[Identifier], kind: Kind) -> bool {
    held.iter().any(|one| one.kind != kind.as_str())
}
