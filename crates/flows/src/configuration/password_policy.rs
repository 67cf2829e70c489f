//! The tenant's rules for passwords, read and set by its back end.

use crate::access::Admin;
use crate::app::{busy, followed};
use crate::{App, Result, notify};
use doorward_model::password::Policy;
use doorward_model::refusal::Refusal;
use doorward_model::settings::Settings;
use doorward_store::{Json, tenants};
use serde_json::{Map, Value};

/// The rules as they are.
pub fn get_password_policy(admin: &Admin) -> Policy {
    admin.caller.settings().password.clone()
}

/// Changes those rules that `changes` names, all or none, from the next request on; 1134 when one is unknown or out of
/// its range, 90005 when somebody else changed the settings at the same time.
pub async fn update_password_policy(app: &App, admin: &Admin, changes: Map<String, Value>) -> Result<Policy> {
    let caller = &admin.caller;
    let tenant = caller.tenant.clone();
    let policy = app
        .write(move |tx| {
            let found = tenants::by_api_key(tx, &tenant.api_key)?.ok_or_else(busy)?;
            let settings = followed(&tenant.name, &tenants::settings(tx, &tenant.id)?)?;
            let settings = changed(settings, &changes)?;
            if !tenants::set_settings(tx, &tenant.id, found.version, &Json::of(&settings)?)? {
                return Err(busy());
            }
            Ok(settings.password)
        })
        .await?;
    notify::event(caller, "UpdatePasswordPolicy", None);
    Ok(policy)
}

/// Names are read in whatever case they come; those that the policy does not have are passed over.
fn changed(mut settings: Settings, changes: &Map<String, Value>) -> Result<Settings> {
    let policy = serde_json::to_value(&settings.password).map_err(anyhow::Error::from)?;
    let names: Vec<&String> = policy.as_object().into_iter().flatten().map(|(name, _)| name).collect();
    for (name, value) in changes {
        let Some(name) = names.iter().find(|known| known.eq_ignore_ascii_case(name)) else { continue };
        let key = format!("passwordPolicy.{name}");
        let unfit = |unfit: doorward_model::settings::Unfit| Refusal::invalid(name, unfit.to_string());
        settings = settings.with(&key, &value.to_string()).map_err(unfit)?;
    }
    Ok(settings)
}
