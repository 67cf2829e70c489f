//! Tenants: made, listed and set by the administrator of the installation.

use crate::app::Tenant;
use crate::{App, Result, access};
use anyhow::{Context, anyhow};
use doorward_model::id::TenantId;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
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

/// Makes a tenant; fails when the name is taken or unfit.
pub async fn create(app: &App, name: &str, settings: &Settings) -> Result<Created> {
    check_name(name)?;
    let created = Created { id: TenantId::new(app.guid()), api_key: app.guid(), api_secret: Secret::new(app.guid()) };
    let digest = access::secret_digest(&app.keys, &created.api_secret);
    let sealed = app.keys.seal(&access::secret_place(&created.id), created.api_secret.expose(), app.random());
    let (made, name, document, now) = (created.clone(), name.to_owned(), Json::of(settings)?, app.now());
    app.write(move |tx| {
        if !tenants::add(tx, &made.id, &name, &made.api_key, &document, now)? {
            return Err(anyhow!("there is a tenant named `{name}` already").into());
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
    let name = name.to_owned();
    app.read(move |tx| {
        let Some(listed) = tenants::by_name(tx, &name)? else { return Ok(None) };
        let settings = stored(&tenants::settings(tx, &listed.id)?)?;
        Ok(Some((listed, settings)))
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
    let (name, changes) = (name.to_owned(), changes.to_vec());
    app.write(move |tx| {
        let listed = tenants::by_name(tx, &name)?.ok_or_else(|| anyhow!("there is no tenant named `{name}`"))?;
        let found = tenants::by_api_key(tx, &listed.api_key)?.context("a tenant without a key")?;
        let mut settings = stored(&tenants::settings(tx, &listed.id)?)?;
        for (key, text) in &changes {
            settings = settings.with(key, text).map_err(anyhow::Error::from)?;
        }
        if !tenants::set_settings(tx, &listed.id, found.version, &Json::of(&settings)?)? {
            return Err(anyhow!("the settings were changed by somebody else meanwhile; try again").into());
        }
        Ok(settings)
    })
    .await
}

fn stored(document: &Json) -> Result<Settings> {
    Ok(Settings::read(document.parse()?).map_err(anyhow::Error::from)?)
}

/// The tenant of this name with its settings, for commands; `None` when there is none.
pub async fn tenant(app: &App, name: &str) -> Result<Option<Arc<Tenant>>> {
    let found = show(app, name).await?;
    Ok(found.map(|(listed, settings)| {
        Arc::new(Tenant { id: listed.id, name: listed.name, api_key: listed.api_key, settings })
    }))
}
