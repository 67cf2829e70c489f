//! An account's own name, changed by the application's back end.

use crate::access::Admin;
use crate::limits::{self, Subject};
use crate::profile::erasing;
use crate::{App, Result, notify};
use doorward_model::id::Uid;
use doorward_model::profile::Persona;
use doorward_model::reason::Reason;
use doorward_store::{Json, accounts};

/// Gives an account another uid and notes the old one in its profile; its sessions, codes and failures go with it. 984 for an unknown account, 1200 when the
/// new uid is taken.
pub async fn update_account_uid(app: &App, admin: &Admin, uid: &Uid, new: &Uid) -> Result<()> {
    let (tenant, now) = (admin.caller.tenant.clone(), app.now());
    let (from, to) = (uid.clone(), new.clone());
    app.write(move |tx| {
        let mut account = accounts::lock(tx, &tenant.id, &from)?.ok_or(Reason::AccountIdInvalid)?;
        if from == to {
            return Ok(());
        }
        let mut persona = Persona::from_stored(account.persona.as_str()).map_err(anyhow::Error::from)?;
        persona.previous_uids.get_or_insert_default().push(from.to_string());
        account.persona = Json::from_text(persona.to_stored());
        accounts::update(tx, &tenant.id, &account)?;
        if !accounts::rename(tx, &tenant.id, &from, &to, now)? {
            return Err(Reason::UidInvalid.into());
        }
        erasing::note_departure(tx, &tenant, &from)?;
        limits::hand_over(tx, &tenant, &Subject::Account(from.clone()), &Subject::Account(to.clone()))
    })
    .await?;
    notify::event(&admin.caller, "UpdateUid", Some(new));
    Ok(())
}
