//! API secrets: where they are sealed, and whose they are.

use super::tenant::find_tenant;
use crate::Result;
use crate::app::{Tenant, TenantCache};
use doorward_model::id::TenantId;
use doorward_model::keys::{Digest, Keys, Purpose};
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::{Tx, tenants};
use std::sync::Arc;
use uuid::Uuid;

pub(super) fn sent(secret: Option<&Secret>) -> Result<Secret, Reason> {
    secret.filter(|secret| !secret.is_blank()).cloned().ok_or(Reason::ApiSecretMissing)
}

/// What a secret is told that is none: 921 when it has not even the form of one, which is a GUID. Asked only of one that
/// was not found, so that whatever is kept works.
pub(super) fn refused_secret(secret: &Secret) -> Reason {
    let is_guid = Uuid::try_parse(secret.expose().trim()).is_ok();
    if is_guid { Reason::ApiSecretUnauthorized } else { Reason::ApiSecretMalformed }
}

/// The keyed hash of an API secret, bound to no tenant: a call may name the secret alone.
pub(crate) fn secret_digest(keys: &Keys, secret: &Secret) -> Digest {
    keys.digest(Purpose::ApiSecret, &TenantId::new(""), secret.expose())
}

pub(super) fn is_secret(tx: &mut Tx, keys: &Keys, tenant: &TenantId, secret: &Secret, now: Timestamp) -> Result<bool> {
    for bound_to in [&TenantId::new(""), tenant] {
        for digest in keys.digests(Purpose::ApiSecret, bound_to, secret.expose()) {
            let stored = tenants::secret(tx, tenant, &digest)?;
            if stored.is_some_and(|stored| stored.is_live(now)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

pub(super) fn find_by_secret(
    tx: &mut Tx,
    cache: &TenantCache,
    keys: &Keys,
    secret: &Secret,
    now: Timestamp,
) -> Result<Option<Arc<Tenant>>> {
    for digest in keys.digests(Purpose::ApiSecret, &TenantId::new(""), secret.expose()) {
        let stored = tenants::secret_of_any(tx, &digest)?.filter(|stored| stored.is_live(now));
        let Some(stored) = stored else { continue };
        if let Some(api_key) = tenants::api_key(tx, &stored.tenant)? {
            return find_tenant(tx, cache, &api_key);
        }
    }
    Ok(None)
}

/// The place a tenant's API secret is sealed for.
pub(crate) fn secret_place(tenant: &doorward_model::id::TenantId) -> String {
    format!("api-secret:{tenant}")
}
