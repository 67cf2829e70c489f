//! Tenants as requests see them, and as they were last read.

use crate::Result;
use anyhow::anyhow;
use doorward_model::id::TenantId;
use doorward_model::settings::{Opened, Settings};
use doorward_store::Json;
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use url::form_urlencoded::Serializer;

/// A tenant as requests see it.
#[derive(Debug)]
pub struct Tenant {
    /// Its id, first in every key.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// Its public API key.
    pub api_key: String,
    /// Its settings as of this request.
    pub settings: Settings,
}

impl Tenant {
    /// The path below which its hosted pages stand.
    pub fn pages(&self) -> String {
        let name: String = Serializer::new(String::new()).append_key_only(&self.name).finish();
        format!("/hosted/{}", name.replace('+', "%20"))
    }
}

/// Settings as last read, by API key; a changed version number replaces an entry.
#[derive(Default)]
pub(crate) struct TenantCache {
    known: RwLock<HashMap<String, (i64, Arc<Tenant>)>>,
}

impl TenantCache {
    pub(crate) fn get(&self, api_key: &str, version: i64) -> Option<Arc<Tenant>> {
        let known = self.known.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.get(api_key).filter(|(at, _)| *at == version).map(|(_, tenant)| tenant.clone())
    }

    /// As it was read last.
    pub(crate) fn last(&self, api_key: &str) -> Option<Arc<Tenant>> {
        let known = self.known.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.get(api_key).map(|(_, tenant)| tenant.clone())
    }

    pub(crate) fn put(&self, version: i64, tenant: Arc<Tenant>) {
        let mut known = self.known.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.insert(tenant.api_key.clone(), (version, tenant));
    }
}

/// The settings that requests of a tenant follow. What an earlier program stored and this one would not take holds as it
/// was stored; only what cannot be read at all is refused, since a default could open what somebody closed.
pub(crate) fn followed(tenant: &str, stored: &Json) -> Result<Settings> {
    let opened = Settings::open(stored.parse()?);
    for unfit in &opened.unfit {
        tracing::warn!(tenant, %unfit, "a setting does not fit; mend it with `doorward tenant set`");
    }
    readable(tenant, opened)
}

/// The settings of a stored document if every one of them can be read.
pub(crate) fn readable(tenant: &str, opened: Opened) -> Result<Settings> {
    if opened.is_whole() {
        return Ok(opened.settings);
    }
    let told = "do not fit and cannot be used; `doorward tenant show` says what to set anew";
    Err(anyhow!("the settings of `{tenant}` {told}").into())
}
