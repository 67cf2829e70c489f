//! What follows a change of an account's factors.

use super::Factor;
use super::standing::Standing;
use crate::access::Caller;
use crate::notify::{Notices, Template};
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::reason::Reason;
use doorward_model::time::Timestamp;
use doorward_store::identifiers::{self, Identifier};
use doorward_store::{Tx, mfa_transactions};

/// 1121 when this factor is the account's last one and the tenant requires one.
pub(crate) fn require_another(tx: &mut Tx, caller: &Caller, uid: &Uid, factor: Factor) -> Result<()> {
    let settings = caller.settings();
    let usable = Standing::load(tx, caller.tenant_id(), uid)?.usable(settings);
    if settings.second_factor.enabled && settings.second_factor.required && usable == [factor] {
        return Err(Reason::MfaRemovalInvalid.into());
    }
    Ok(())
}

/// What follows every change of an account's factors.
pub(crate) struct Change {
    notices: Notices,
    now: Timestamp,
}

impl Change {
    /// Composes the notices to the owner.
    pub(crate) async fn prepare(app: &App, caller: &Caller, uid: &Uid) -> Result<Change> {
        let (tenant, uid) = (caller.tenant.clone(), uid.clone());
        let held = app.read(move |tx| Ok(identifiers::list(tx, &tenant.id, &uid)?)).await?;
        Change::telling(app, caller, &held)
    }

    /// Composes the notices to who holds these identifiers.
    fn telling(app: &App, caller: &Caller, held: &[Identifier]) -> Result<Change> {
        let now = app.now();
        Ok(Change { notices: Notices::prepare(app, caller, Template::SecondFactorChanged, held, now)?, now })
    }

    /// The same to whoever owns the account, where that is known only inside a transaction. That one which runs again
    /// draws another message id does no harm.
    pub(crate) fn to_owner(app: &App, caller: &Caller, tx: &mut Tx, uid: &Uid) -> Result<Change> {
        Change::telling(app, caller, &identifiers::list(tx, caller.tenant_id(), uid)?)
    }

    /// Ends the logins that wait for what was a factor until now, and queues the notices.
    pub(crate) fn follow(&self, tx: &mut Tx, caller: &Caller, uid: &Uid) -> Result<()> {
        mfa_transactions::end_all(tx, caller.tenant_id(), uid)?;
        self.notices.queue(tx, caller.tenant_id(), self.now)
    }

    /// Queues the notices alone: the login that waits is the one that made the change.
    pub(crate) fn tell(&self, tx: &mut Tx, caller: &Caller) -> Result<()> {
        self.notices.queue(tx, caller.tenant_id(), self.now)
    }
}
