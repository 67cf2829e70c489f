//! What happened, as the audit log says it.

use crate::access::{Caller, Webhooks};
use doorward_model::id::Uid;

/// The audit line of something that happened: who at which tenant, never what was typed.
pub(crate) fn event(caller: &Caller, event: &'static str, uid: Option<&Uid>) {
    let webhooks = caller.visit.webhooks == Webhooks::Fire;
    let uid = uid.map(Uid::as_str);
    tracing::info!(
        target: "doorward::audit",
        event,
        tenant = caller.tenant_id().as_str(),
        account.uid = uid,
        request_id = caller.visit.request_id,
        webhooks,
        "{event}"
    );
}
