//! Whether passkeys complete the logins of an account.

use super::{Factor, require_enabled};
use crate::Result;
use doorward_model::reason::Reason;
use doorward_model::settings::Settings;
use doorward_store::passkeys::{self, Purpose};

/// 1097 or 1327 where the tenant has no passkeys as second factor.
pub fn require_offered(settings: &Settings) -> Result<(), Reason> {
    require_enabled(settings)?;
    Factor::Passkey.is_offered(settings).then_some(()).ok_or(Reason::PasskeyMfaDisabled)
}

/// Whether an account has a passkey that completes its logins.
pub(super) fn is_enrolled(
    tx: &mut doorward_store::Tx,
    tenant: &doorward_model::id::TenantId,
    uid: &doorward_model::id::Uid,
) -> Result<bool> {
    Ok(passkeys::has(tx, tenant, uid, Purpose::SecondFactor)?)
}
