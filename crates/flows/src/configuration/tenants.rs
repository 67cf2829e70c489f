//! Tenants: made, listed and set by the administrator of the installation.

use crate::app::{Tenant, readable};
use crate::{App, Result, access};
use anyhow::{Context, anyhow};
use doorward_model::id::TenantId;
use doorward_model::secret::Secret;
use doorward_model::settings::{Opened, Settings};
use doorward_store::{Json, tenants};
use std::sync::Arc;

pub use doorward_store::tenants::Listed;

/// A new tenant with its keys; the secret is shown this once.
#[derive(Debug, Clone)]
pub struct Created {
    /// The tenant's id.
    pub id: TenantId,
    /// Its public API key.
    pub api_key: String,
    /// Its API secret.
    pub api_secret: Secret,
}

/// Makes a tenant; fails when the name is taken or unfit, and with settings that could not be read back.
pub async fn create(app: &App, name: &str, settings: &Settings) -> Result<Created> {
    check_name(name)?;
    settings.require_fit().map_err(anyhow::Error::from)?;
    let created = Created { id: TenantId::new(app.guid()), api_key: app.guid(), api_secret: Secret::new(app.guid()) };
    let digest = access::secret_digest(&app.keys, &created.api_secret);
    let sealed = app.keys.seal(&access::secret_place(&created.id), created.api_secret.expose(), app.random());
    let (made, name, document, now) = (created.clone(), name.to_owned(), Json::of(settings)?, app.now());
    app.write(move |tx| {
        if !tenants::add(tx, &made.id, &name, &made.api_key, &document, now)? {
            return Err(anyhow!(
                "there is a tenant named `{name}` already; choose another name, or look at it with `doorward tenant show`"
            ).into());
        }
        Ok(tenants::add_secret(tx, &made.id, &digest, &sealed, now)?)
    })
    .await?;
    Ok(created)
}

fn check_name(name: &str) -> Result<()> {
    let fits =
        (1..=64).contains(&name.chars().count()) && name.chars().all(|c| c.is_alphanumeric() || " -_.".contains(c));
    if fits && name.trim() == name {
        return Ok(());
    }
    Err(anyhow!("`{name}` is no name for a tenant: use 1 to 64 letters, digits, spaces, dots, hyphens or underscores")
        .into())
}

/// All tenants, oldest first.
pub async fn list(app: &App) -> Result<Vec<Listed>> {
    app.read(|tx| Ok(tenants::list(tx)?)).await
}

/// A tenant with its settings; `None` when there is none of this name.
pub async fn show(app: &App, name: &str) -> Result<Option<(Listed, Settings)>> {
    let Some((listed, opened)) = open(app, name).await? else { return Ok(None) };
    let settings = readable(name, opened)?;
    Ok(Some((listed, settings)))
}

/// The same with what does not fit in the settings, for whoever can mend it.
pub async fn open(app: &App, name: &str) -> Result<Option<(Listed, Opened)>> {
    let name = name.to_owned();
    app.read(move |tx| {
        let Some(listed) = tenants::by_name(tx, &name)? else { return Ok(None) };
        let opened = Settings::open(tenants::settings(tx, &listed.id)?.parse()?);
        Ok(Some((listed, opened)))
    })
    .await
}

/// The tenant's API secret, for the demo to print again.
pub async fn secret(app: &App, tenant: &TenantId) -> Result<Secret> {
    let id = tenant.clone();
    let stored = app.read(move |tx| Ok(tenants::primary_secret(tx, &id)?)).await?;
    let sealed = stored.context("a tenant without a primary secret")?.sealed;
    let text = app.keys.open(&access::secret_place(tenant), &sealed).context("opening the API secret")?;
    Ok(Secret::new(text))
}

/// Changes settings, all or none; every process follows from its next request on.
pub async fn set(app: &App, name: &str, changes: &[(String, String)]) -> Result<Settings> {
    Ok(change(app, name, changes).await?.settings)
}

/// The same, with what is left in them that did not fit before.
pub async fn change(app: &App, name: &str, changes: &[(String, String)]) -> Result<Opened> {
    let (name, changes) = (name.to_owned(), changes.to_vec());
    app.write(move |tx| {
        let listed = tenants::by_name(tx, &name)?.ok_or_else(|| no_tenant(&name))?;
        let found = tenants::by_api_key(tx, &listed.api_key)?.context("a tenant without a key")?;
        let opened = Settings::open(tenants::settings(tx, &listed.id)?.parse()?);
        let outcome = opened.with(&changes).map_err(anyhow::Error::from)?;
        if !tenants::set_settings(tx, &listed.id, found.version, &Json::of(&outcome.document())?)? {
            return Err(anyhow!("the settings were changed by somebody else meanwhile; try again").into());
        }
        Ok(outcome)
    })
    .await
}

/// What is said where a name leads to no tenant.
pub fn no_tenant(name: &str) -> anyhow::Error {
    anyhow!("there is no tenant named `{name}`; `doorward tenant list` has them all")
}

/// The tenant of this name with its settings, for commands; `None` when there is none.
pub async fn tenant(app: &App, name: &str) -> Result<Option<Arc<Tenant>>> {
    let found = show(app, name).await?;
    Ok(found.map(|(listed, settings)| {
        Arc::new(Tenant { id: listed.id, name: listed.name, api_key: listed.api_key, settings })
    }))
}
