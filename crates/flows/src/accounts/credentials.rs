//! An account's password, in the hands of the application's back end.

use crate::access::Admin;
use crate::factors::password::{self, Former};
use crate::{App, Result, notify, session};
use doorward_model::id::Uid;
use doorward_model::password::Password;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_store::{accounts, passwords};

/// Gives an account a new password and ends what the old one opened; returns the hash that is kept of it.
///
/// Refused: 984 for an unknown account, 1134 and 1216 by the tenant's rules, 1134 for a password that was used before.
pub async fn set_profile_password(app: &App, admin: &Admin, uid: &Uid, password: &Secret) -> Result<Secret> {
    let (caller, now) = (admin.caller.clone(), app.now());
    let password = Password::new(password);
    password.check_form(&caller.settings().password)?;

    let (within, id) = (caller.clone(), uid.clone());
    let former = app
        .read(move |tx| {
            accounts::state(tx, within.tenant_id(), &id)?.ok_or(Reason::AccountIdInvalid)?;
            Former::load(tx, &within, &id)
        })
        .await?;
    let hash = former.accept(app, &caller, password).await?;

    let (id, kept) = (uid.clone(), hash.clone());
    app.write(move |tx| {
        let tenant = &caller.tenant;
        accounts::lock(tx, &tenant.id, &id)?.ok_or(Reason::AccountIdInvalid)?;
        password::renew(tx, tenant, &id, &kept, now)?;
        session::end_others(tx, &tenant.settings, &tenant.id, &id, now)
    })
    .await?;
    notify::event(&admin.caller, "ChangePassword", Some(uid));
    Ok(Secret::new(hash))
}

/// The hash that is kept of an account's password, nothing else of it; `None` when it has none, 984 when there is no
/// such account. Every reading is in the audit: whoever has hashes may guess at them at leisure.
pub async fn get_profile_password(app: &App, admin: &Admin, uid: &Uid) -> Result<Option<Secret>> {
    let (tenant, id) = (admin.caller.tenant.clone(), uid.clone());
    let current = app
        .read(move |tx| {
            accounts::state(tx, &tenant.id, &id)?.ok_or(Reason::AccountIdInvalid)?;
            Ok(passwords::current(tx, &tenant.id, &id)?)
        })
        .await?;
    notify::event(&admin.caller, "ReadPasswordHash", Some(uid));
    Ok(current.map(|current| Secret::new(current.hash)))
}
