//! Tenants, their settings, API keys and API secrets.

use crate::{Json, Result, Tx, row};
use doorward_model::id::TenantId;
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// A tenant as an API key finds it.
#[derive(Debug, Clone)]
pub struct Found {
    /// The tenant.
    pub id: TenantId,
    /// Its name, unique in the database.
    pub name: String,
    /// Grows with every change of the settings.
    pub version: i64,
}
row!(Found { id, name, version });

/// A tenant as an administrator lists it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The tenant.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// Its public API key.
    pub api_key: String,
    /// When it was created.
    pub created_at: Timestamp,
}
row!(Listed { id, name, api_key, created_at });

/// An API secret: whose it is, and the encrypted text.
#[derive(Debug, Clone)]
pub struct ApiSecret {
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// The encrypted text.
    pub sealed: Vec<u8>,
    /// When it ends; `None` never does.
    pub expires_at: Option<Timestamp>,
}
row!(ApiSecret { tenant, sealed, expires_at });

impl ApiSecret {
    /// True while it opens anything.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// Adds a tenant with its key; false when the name is taken.
#[must_use = "a taken name adds nothing"]
pub fn add(tx: &mut Tx, id: &TenantId, name: &str, api_key: &str, settings: &Json, now: Timestamp) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO tenants (id, name, settings, version, created_at) VALUES ($1, $2, $3, 1, $4)
         ON CONFLICT DO NOTHING",
        &[id, &name, settings, &now],
    )?;
    if added == 0 {
        return Ok(false);
    }
    tx.execute("INSERT INTO api_keys (api_key, tenant) VALUES ($1, $2)", &[&api_key, id])?;
    Ok(true)
}

/// The tenant that an API key stands for.
pub fn by_api_key(tx: &mut Tx, api_key: &str) -> Result<Option<Found>> {
    tx.optional(
        "SELECT t.id, t.name, t.version FROM api_keys k JOIN tenants t ON t.id = k.tenant WHERE k.api_key = $1",
        &[&api_key],
    )
}

/// The tenant of this name, as it is listed.
pub fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Listed>> {
    tx.optional(
        "SELECT t.id, t.name, k.api_key, t.created_at FROM tenants t JOIN api_keys k ON k.tenant = t.id WHERE t.name = $1",
        &[&name],
    )
}

/// All tenants, oldest first.
pub fn list(tx: &mut Tx) -> Result<Vec<Listed>> {
    tx.all(
        "SELECT t.id, t.name, k.api_key, t.created_at FROM tenants t JOIN api_keys k ON k.tenant = t.id
         ORDER BY t.created_at, t.id",
        &[],
    )
}

/// A tenant's settings document.
pub fn settings(tx: &mut Tx, tenant: &TenantId) -> Result<Json> {
    let (settings,): (Json,) = tx.one("SELECT settings FROM tenants WHERE id = $1", &[tenant])?;
    Ok(settings)
}

/// Replaces a tenant's settings, if they still are at `version`; every process sees it at its next request.
#[must_use = "false means that somebody else changed them meanwhile"]
pub fn set_settings(tx: &mut Tx, tenant: &TenantId, version: i64, settings: &Json) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE tenants SET settings = $3, version = version + 1 WHERE id = $1 AND version = $2",
        &[tenant, &version, settings],
    )?;
    Ok(changed == 1)
}

/// Adds an API secret under its keyed hash.
pub fn add_secret(tx: &mut Tx, tenant: &TenantId, secret: &Digest, sealed: &[u8], now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO api_secrets (secret, tenant, name, is_primary, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        &[secret, tenant, &"primary", &true, &sealed, &now],
    )?;
    Ok(())
}

/// The secret that has this keyed hash.
pub fn secret(tx: &mut Tx, tenant: &TenantId, secret: &Digest) -> Result<Option<ApiSecret>> {
    tx.optional(
        "SELECT tenant, sealed, expires_at FROM api_secrets WHERE secret = $1 AND tenant = $2",
        &[secret, tenant],
    )
}

/// The secret that has this keyed hash, whichever tenant's it is.
pub fn secret_of_any(tx: &mut Tx, secret: &Digest) -> Result<Option<ApiSecret>> {
    tx.optional("SELECT tenant, sealed, expires_at FROM api_secrets WHERE secret = $1", &[secret])
}

/// All secrets of a tenant, newest first.
pub fn secrets(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<ApiSecret>> {
    tx.all("SELECT tenant, sealed, expires_at FROM api_secrets WHERE tenant = $1 ORDER BY created_at DESC", &[tenant])
}

/// The API key of a tenant.
pub fn api_key(tx: &mut Tx, tenant: &TenantId) -> Result<Option<String>> {
    let row: Option<(String,)> =
        tx.optional("SELECT api_key FROM api_keys WHERE tenant = $1 ORDER BY api_key LIMIT 1", &[tenant])?;
    Ok(row.map(|(api_key,)| api_key))
}

/// The encrypted primary secret of a tenant.
pub fn primary_secret(tx: &mut Tx, tenant: &TenantId) -> Result<Option<ApiSecret>> {
    tx.optional(
        "SELECT tenant, sealed, expires_at FROM api_secrets WHERE tenant = $1 AND is_primary ORDER BY created_at DESC LIMIT 1",
        &[tenant],
    )
}
