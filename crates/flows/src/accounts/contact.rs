//! An account's addresses and login phone, in the hands of the application's back end.

use crate::access::Admin;
use crate::app::Tenant;
use crate::profile::{self, holdings};
use crate::{App, Result, notify};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone};
use doorward_model::profile::EmailEntry;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::time::Timestamp;
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{Tx, accounts, challenges};
use serde_json::value::RawValue;

/// Adds addresses to an account. One whose type the account has already takes the place of the one it has; one that
/// the account holds already keeps its proof, every other has to be proved.
///
/// Refused: 908 without an address, 1038 or 1201 to 1203 by the rules of the list, 984 for an unknown account,
/// 936 when an address is somebody else's.
pub async fn upsert_email_for_account(
    app: &App,
    admin: &Admin,
    uid: &Uid,
    entries: &[EmailEntry],
) -> Result<Box<RawValue>> {
    let addresses = holdings::emails(entries)?;
    if addresses.is_empty() {
        return Err(Refusal::missing("email").into());
    }
    let work = move |tx: &mut Tx, tenant: &Tenant, uid: &Uid, now: Timestamp| {
        let held = emails(tx, tenant, uid)?;
        let wanted = merge(&held, &addresses);
        identifiers::remove(tx, &tenant.id, uid, Kind::Email)?;
        for (position, identifier) in (0..).zip(&wanted) {
            if !identifiers::add(tx, &tenant.id, uid, Kind::Email, identifier, position)? {
                return Err(Reason::EmailAlreadyRegistered.into());
            }
        }
        let stays = |held: &Identifier| wanted.iter().any(|one| one.value == held.value);
        if !held.iter().all(stays) {
            challenges::void_all(tx, &tenant.id, uid, now)?;
        }
        Ok(())
    };
    change(app, admin, uid, work).await
}

/// The addresses an account holds after these were added, in order.
fn merge(held: &[Identifier], addresses: &[(String, Email)]) -> Vec<Identifier> {
    let mut wanted = held.to_vec();
    for (label, email) in addresses {
        let known = wanted.iter().position(|one| one.value == email.as_str());
        let verified_at = known.and_then(|place| wanted[place].verified_at);
        let identifier = Identifier {
            kind: Kind::Email.as_str().to_owned(),
            value: email.as_str().to_owned(),
            shown: email.shown().to_owned(),
            label: label.clone(),
            verified_at,
        };
        let same_label = wanted.iter().position(|one| one.label.eq_ignore_ascii_case(label));
        match (same_label, known) {
            (Some(place), Some(known)) if place != known => {
                wanted[place] = identifier;
                wanted.remove(known);
            }
            (Some(place), _) | (None, Some(place)) => wanted[place] = identifier,
            (None, None) => wanted.push(identifier),
        }
    }
    wanted
}

/// Takes an address away from an account; 984 for an unknown account, 1023 when the account does not hold the address,
/// 1005 when nothing else would be left to name the account by.
pub async fn delete_email_from_account(app: &App, admin: &Admin, uid: &Uid, email: &Email) -> Result<Box<RawValue>> {
    let email = email.clone();
    let work = move |tx: &mut Tx, tenant: &Tenant, uid: &Uid, now: Timestamp| {
        let held = identifiers::list(tx, &tenant.id, uid)?;
        if !identifiers::remove_one(tx, &tenant.id, uid, Kind::Email, email.as_str())? {
            return Err(Reason::EmailNotFound.into());
        }
        if held.len() == 1 {
            return Err(Reason::LastEmailCannotBeRemoved.into());
        }
        Ok(challenges::void_all(tx, &tenant.id, uid, now)?)
    };
    change(app, admin, uid, work).await
}

/// Gives an account another login phone, proved: the back end answers for it. 984 for an unknown account, 1058 when
/// the number is somebody else's.
pub async fn update_phone_number(app: &App, admin: &Admin, uid: &Uid, phone: &Phone) -> Result<Box<RawValue>> {
    let phone = phone.clone();
    let work = move |tx: &mut Tx, tenant: &Tenant, uid: &Uid, now: Timestamp| {
        identifiers::remove(tx, &tenant.id, uid, Kind::Phone)?;
        holdings::give_phone(tx, tenant, uid, &phone, Some(now))?;
        Ok(challenges::void_all(tx, &tenant.id, uid, now)?)
    };
    change(app, admin, uid, work).await
}

/// Does `work` on an account that is kept from changing meanwhile, and shows the account as it is then.
async fn change(
    app: &App,
    admin: &Admin,
    uid: &Uid,
    work: impl Fn(&mut Tx, &Tenant, &Uid, Timestamp) -> Result<()> + Send + 'static,
) -> Result<Box<RawValue>> {
    let (tenant, id, now) = (admin.caller.tenant.clone(), uid.clone(), app.now());
    let loaded = app
        .write(move |tx| {
            let mut account = accounts::lock(tx, &tenant.id, &id)?.ok_or(Reason::AccountIdInvalid)?;
            work(tx, &tenant, &id, now)?;
            account.modified_at = now;
            account.profile_modified_at = now;
            accounts::update(tx, &tenant.id, &account)?;
            profile::load(tx, &tenant, &id, now)
        })
        .await?;
    notify::event(&admin.caller, "UpdateProfile", Some(uid));
    profile::render(&loaded.ok_or(Reason::AccountIdInvalid)?)
}

fn emails(tx: &mut Tx, tenant: &Tenant, uid: &Uid) -> Result<Vec<Identifier>> {
    let held = identifiers::list(tx, &tenant.id, uid)?;
    Ok(held.into_iter().filter(|one| one.kind == Kind::Email.as_str()).collect())
}
