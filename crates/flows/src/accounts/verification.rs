//! Proofs of address and phone, taken back by the application's back end.

use crate::access::Admin;
use crate::app::Tenant;
use crate::challenge::Sending;
use crate::notify::{self, Voice};
use crate::profile::identifiers::require_phone_login;
use crate::registration::verification;
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone};
use doorward_model::reason::Reason;
use doorward_model::settings::EmailVerification;
use doorward_store::challenges::{self, Purpose};
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{Tx, accounts};
use std::sync::Arc;

/// Takes the proof of an account's login phone back and sends the code that proves it anew.
///
/// 1074 while the tenant has no sign-in by phone, 984 for an unknown account, 1043 when it has no phone; 1071, 1072, 1096, 1123 or 1281 when no code can be sent, and
/// then nothing changes.
pub async fn reset_phone_verification(app: &App, admin: &Admin, uid: &Uid, voice: Voice) -> Result<()> {
    let (caller, now) = (admin.caller.clone(), app.now());
    require_phone_login(&caller)?;
    let held = held(app, &caller.tenant, uid, Kind::Phone).await?;
    let phone = Phone::parse(&held.first().ok_or(Reason::PhoneInvalidOrUnknown)?.value)?;
    let sending = Sending::to_phone(app, &caller, Purpose::VerifyPhone, &phone, voice, now)?;
    let id = uid.clone();
    app.write(move |tx| {
        let tenant = caller.tenant_id();
        accounts::lock(tx, tenant, &id)?.ok_or(Reason::AccountIdInvalid)?;
        if list(tx, &caller.tenant, &id, Kind::Phone)?.iter().all(|one| one.value != phone.as_str()) {
            return Err(Reason::PhoneInvalidOrUnknown.into());
        }
        challenges::void_all(tx, tenant, &id, now)?;
        identifiers::set_verified(tx, tenant, &id, Kind::Phone, None)?;
        let issued = sending.issue(tx, &caller, Some(&id), now)?;
        issued.then_some(()).ok_or_else(|| Reason::SmsLimitReached.into())
    })
    .await?;
    app.wake.notify_one();
    notify::event(&admin.caller, "InvalidatePhoneVerification", Some(uid));
    Ok(())
}

/// Takes the proof of every address of an account back and sends each its link or code.
///
/// 1034 where the tenant proves no addresses, 1249 when the page is not the tenant's, 984 for an unknown account, 1039
/// when it has no address, 1122 when one had its messages for a while; then nothing changes.
pub async fn invalidate_email_verification(app: &App, admin: &Admin, uid: &Uid, page: Option<&str>) -> Result<()> {
    let (caller, now) = (admin.caller.clone(), app.now());
    if caller.settings().email_verification == EmailVerification::Disabled {
        return Err(Reason::EmailVerificationDisabled.into());
    }
    let form = verification::form(app, &caller, page)?;
    let addresses = held(app, &caller.tenant, uid, Kind::Email).await?;
    if addresses.is_empty() {
        return Err(Reason::EmailProfileMissing.into());
    }
    let mut mails = Vec::with_capacity(addresses.len());
    for address in &addresses {
        let email = Email::parse(&address.shown)?;
        mails.push((address.value.clone(), Sending::to_email(app, &caller, Purpose::VerifyEmail, &email, &form, now)?));
    }
    let id = uid.clone();
    app.write(move |tx| {
        let tenant = caller.tenant_id();
        accounts::lock(tx, tenant, &id)?.ok_or(Reason::AccountIdInvalid)?;
        let held = list(tx, &caller.tenant, &id, Kind::Email)?;
        challenges::void_all(tx, tenant, &id, now)?;
        identifiers::set_verified(tx, tenant, &id, Kind::Email, None)?;
        for (address, mail) in &mails {
            // An address that the account gave up a moment ago gets no message.
            let is_held = held.iter().any(|one| one.value == *address);
            if is_held && !mail.issue(tx, &caller, Some(&id), now)? {
                return Err(Reason::EmailLimitReached.into());
            }
        }
        Ok(())
    })
    .await?;
    app.wake.notify_one();
    notify::event(&admin.caller, "InvalidateEmailVerification", Some(uid));
    Ok(())
}

async fn held(app: &App, tenant: &Arc<Tenant>, uid: &Uid, kind: Kind) -> Result<Vec<Identifier>> {
    let (tenant, uid) = (tenant.clone(), uid.clone());
    app.read(move |tx| {
        accounts::state(tx, &tenant.id, &uid)?.ok_or(Reason::AccountIdInvalid)?;
        list(tx, &tenant, &uid, kind)
    })
    .await
}

fn list(tx: &mut Tx, tenant: &Tenant, uid: &Uid, kind: Kind) -> Result<Vec<Identifier>> {
    let held = identifiers::list(tx, &tenant.id, uid)?;
    Ok(held.into_iter().filter(|one| one.kind == kind.as_str()).collect())
}
