//! A session that the application's back end opens in a person's name.

use super::{Fresh, limit};
use crate::access::Admin;
use crate::profile::account::refuse_state;
use crate::{App, Result, notify};
use doorward_model::id::Uid;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::{accounts, sessions};

/// What the back end gets: an access token and nothing to renew it with.
#[derive(Debug, Clone)]
pub struct Impersonated {
    /// The access token.
    pub access: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Opens a session in a person's name. It is marked, counts as no login of theirs, cannot be prolonged, and for ten
/// minutes counts as recently authenticated. 984 for an unknown account, 991 or 1130 for one that may not sign in, 1338
/// when it has as many sessions as it may.
pub async fn impersonate(app: &App, admin: &Admin, uid: &Uid) -> Result<Impersonated> {
    let (caller, now) = (&admin.caller, app.now());
    let fresh = Fresh::draw(app, caller, now).impersonated();
    let impersonated = Impersonated { access: fresh.tokens.access.clone(), expires_at: fresh.tokens.expires_at };
    let (tenant, id) = (caller.tenant.clone(), uid.clone());
    app.write(move |tx| {
        accounts::lock(tx, &tenant.id, &id)?.ok_or(Reason::AccountIdInvalid)?;
        let state = accounts::state(tx, &tenant.id, &id)?;
        if !state.is_some_and(|state| state.is_active && !state.login_disabled) {
            return Err(refuse_state(state).into());
        }
        if let Some(reason) = limit::reached(tx, &tenant, &id, &fresh.new.id, now)? {
            return Err(reason.into());
        }
        Ok(sessions::start(tx, &tenant.id, &id, &fresh.new, now)?)
    })
    .await?;
    notify::event(caller, "Impersonate", Some(uid));
    Ok(impersonated)
}
