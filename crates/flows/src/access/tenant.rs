//! The tenant that an API key stands for.

use crate::Result;
use crate::app::{Tenant, TenantCache, followed};
use doorward_model::refusal::Refusal;
use doorward_store::{Tx, tenants};
use std::sync::Arc;

pub(super) fn present(api_key: Option<&str>) -> Result<String> {
    let api_key = api_key.map(str::trim).filter(|key| !key.is_empty());
    Ok(api_key.ok_or_else(|| Refusal::missing("apikey"))?.to_ascii_lowercase())
}

pub(super) fn find_tenant(tx: &mut Tx, cache: &TenantCache, api_key: &str) -> Result<Option<Arc<Tenant>>> {
    let Some(found) = tenants::by_api_key(tx, api_key)? else { return Ok(None) };
    if let Some(tenant) = cache.get(api_key, found.version) {
        return Ok(Some(tenant));
    }
    let settings = followed(&found.name, &tenants::settings(tx, &found.id)?)?;
    let tenant = Arc::new(Tenant { id: found.id, name: found.name, api_key: api_key.to_owned(), settings });
    cache.put(found.version, tenant.clone());
    Ok(Some(tenant))
}
