//! Backup codes: one used up in place of a factor.

use super::require_enabled;
use crate::access::Caller;
use crate::{App, Result};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::Purpose;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::{Tx, backup_codes};

/// 1097 or 1128 where the tenant has no backup codes.
pub fn require_backup_codes(settings: &Settings) -> Result<(), Reason> {
    require_enabled(settings)?;
    settings.second_factor.backup_codes.then_some(()).ok_or(Reason::BackupCodesNotEnabled)
}

/// True when this is an unused code of the account's set, as [`backup_code::compared`] writes it; it is used up by this.
/// 1128 without a set.
#[must_use = "a wrong code must be counted"]
pub(crate) fn spend(app: &App, tx: &mut Tx, caller: &Caller, uid: &Uid, code: &Secret, now: Timestamp) -> Result<bool> {
    let tenant = caller.tenant_id();
    if !backup_codes::exist(tx, tenant, uid)? {
        return Err(Reason::BackupCodesNotEnabled.into());
    }
    for digest in app.keys.digests(Purpose::BackupCode, tenant, code.expose()) {
        if backup_codes::spend(tx, tenant, uid, &digest, now)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a sealed code is bound to. Not to the account: that may get another uid.
pub(crate) fn place(tenant: &TenantId) -> String {
    format!("backup-code:{tenant}")
}
