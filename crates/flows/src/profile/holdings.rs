//! What an account is named by: read out of a body, given and taken away.

use crate::Result;
use crate::app::Tenant;
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone, Username};
use doorward_model::profile::{AccountChange, EmailEntry, Nulls};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::time::Timestamp;
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{Tx, challenges, pending_phones};
use serde_json::{Map, Value};

/// The type of an address whose owner named none.
const PRIMARY: &str = "Primary";

/// What answers show where a password is; sent back to us it means that nobody typed one.
pub(crate) const MASK: &str = "********";

/// The identifiers that a body names, well-formed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holdings {
    pub(crate) emails: Option<Vec<(String, Email)>>,
    pub(crate) phone: Option<Phone>,
    pub(crate) username: Option<Username>,
}

impl Holdings {
    /// Reads them out of a change: 1038, 1096 or 1204 when one is malformed, 1201, 1202 or 1203 when the list of
    /// addresses breaks its rules.
    pub(crate) fn read(change: &AccountChange) -> Result<Holdings, Refusal> {
        let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        Ok(Holdings {
            emails: change.email.as_deref().map(emails).transpose()?,
            phone: text(&change.phone_id).map(|text| Phone::parse(&text)).transpose()?,
            username: text(&change.user_name).map(|text| Username::parse(&text)).transpose()?,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.emails.as_ref().is_none_or(Vec::is_empty) && self.phone.is_none() && self.username.is_none()
    }

    /// Every one of them.
    pub(crate) fn identifiers(&self) -> impl Iterator<Item = (Kind, &str)> {
        let emails = self.emails.iter().flatten().map(|(_, email)| (Kind::Email, email.as_str()));
        let phone = self.phone.iter().map(|phone| (Kind::Phone, phone.as_str()));
        let username = self.username.iter().map(|username| (Kind::Username, username.as_str()));
        emails.chain(phone).chain(username)
    }
}

/// The addresses of a list with their types: 1038 when one is malformed, 1201, 1202 or 1203 when the list breaks its
/// rules.
pub(crate) fn emails(entries: &[EmailEntry]) -> Result<Vec<(String, Email)>, Refusal> {
    let mut emails: Vec<(String, Email)> = Vec::with_capacity(entries.len());
    for entry in entries {
        let label = entry.kind.as_deref().map(str::trim).filter(|label| !label.is_empty());
        let label = label.ok_or(Reason::EmailTypeRequired)?;
        let email = Email::parse(entry.value.as_deref().unwrap_or_default())?;
        if emails.iter().any(|(_, other)| *other == email) {
            return Err(Reason::EmailDuplicate.into());
        }
        let is_primary = label.eq_ignore_ascii_case(PRIMARY);
        if is_primary && emails.iter().any(|(other, _)| other.eq_ignore_ascii_case(PRIMARY)) {
            return Err(Reason::PrimaryEmailNotUnique.into());
        }
        emails.push((label.to_owned(), email));
    }
    Ok(emails)
}

/// Gives an address to an account; 936 when it is taken.
pub(crate) fn give_email(
    tx: &mut Tx,
    tenant: &Tenant,
    uid: &Uid,
    label: &str,
    email: &Email,
    position: i64,
    verified_at: Option<Timestamp>,
) -> Result<()> {
    let identifier = Identifier {
        kind: Kind::Email.as_str().to_owned(),
        value: email.as_str().to_owned(),
        shown: email.shown().to_owned(),
        label: label.to_owned(),
        verified_at,
    };
    let added = identifiers::add(tx, &tenant.id, uid, Kind::Email, &identifier, position)?;
    added.then_some(()).ok_or_else(|| Reason::EmailAlreadyRegistered.into())
}

/// Gives the login phone to an account; 1058 when it is taken.
pub(crate) fn give_phone(
    tx: &mut Tx,
    tenant: &Tenant,
    uid: &Uid,
    phone: &Phone,
    verified_at: Option<Timestamp>,
) -> Result<()> {
    let identifier = Identifier {
        kind: Kind::Phone.as_str().to_owned(),
        value: phone.as_str().to_owned(),
        shown: phone.as_str().to_owned(),
        label: String::new(),
        verified_at,
    };
    let added = identifiers::add(tx, &tenant.id, uid, Kind::Phone, &identifier, 0)?;
    added.then_some(()).ok_or_else(|| Reason::PhoneTaken.into())
}

/// Gives the user name to an account; 1017 when it is taken.
pub(crate) fn give_username(tx: &mut Tx, tenant: &Tenant, uid: &Uid, username: &Username) -> Result<()> {
    let identifier = Identifier {
        kind: Kind::Username.as_str().to_owned(),
        value: username.as_str().to_owned(),
        shown: username.shown().to_owned(),
        label: String::new(),
        verified_at: None,
    };
    let added = identifiers::add(tx, &tenant.id, uid, Kind::Username, &identifier, 0)?;
    added.then_some(()).ok_or_else(|| Reason::UsernameTaken.into())
}

/// The identifiers that a body erases: those that are null in it, where the caller asked for that.
pub(crate) fn erased_in(body: &Map<String, Value>, nulls: Nulls) -> Vec<Kind> {
    let is_null = |field: &str| body.iter().any(|(name, value)| name.eq_ignore_ascii_case(field) && value.is_null());
    let fields = [("email", Kind::Email), ("phoneid", Kind::Phone), ("username", Kind::Username)];
    let erased = fields.into_iter().filter(|(field, _)| nulls == Nulls::Erase && is_null(field));
    erased.map(|(_, kind)| kind).collect()
}

/// Takes the phone or the user name of an account away, if it has one; 1134 when nothing would be left to sign in with.
pub(crate) fn erase_identifier(tx: &mut Tx, tenant: &Tenant, uid: &Uid, kind: Kind, now: Timestamp) -> Result<()> {
    let held = identifiers::list(tx, &tenant.id, uid)?;
    if !held.iter().any(|one| one.kind == kind.as_str()) {
        return Ok(());
    }
    if held.iter().all(|one| one.kind == kind.as_str()) {
        return Err(Refusal::invalid(kind.as_str(), "It is all that the account has to sign in with.").into());
    }
    identifiers::remove(tx, &tenant.id, uid, kind)?;
    if kind == Kind::Phone {
        pending_phones::remove(tx, &tenant.id, uid)?;
        challenges::void_all(tx, &tenant.id, uid, now)?;
    }
    Ok(())
}
