//! A login that waits for its second factor, in hand: what is the same whatever the factor.

use super::standing::Standing;
use crate::access::Caller;
use crate::limits::{self, Kind as Counted, Subject};
use crate::profile::account;
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::keys::Purpose;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::mfa_transactions::{self, Transaction};
use doorward_store::{Tx, accounts};

/// A pending login in hand, with the factors of its account.
pub(crate) struct Held {
    transaction: Transaction,
    standing: Standing,
}

impl Held {
    /// The login.
    pub(crate) fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// The factors of its account.
    pub(crate) fn standing(&self) -> &Standing {
        &self.standing
    }
}

/// What came of a try of a factor.
pub(crate) enum Tried {
    /// It is right, and whatever it is used up by is written.
    Right,
    /// It is wrong; this is what to say. The try is counted.
    Wrong(Reason),
    /// It is wrong and counted where every other door counts its kind, or too many were and it was not looked at.
    Counted(Refusal),
}

/// The pending login that a token stands for. 1103 for a token that is unknown, used up or destroyed, 1104 for one that
/// is too old, 991 or 1130 when the account was closed meanwhile, 1198 while it is locked.
pub(crate) fn find(app: &App, tx: &mut Tx, caller: &Caller, token: &Secret, now: Timestamp) -> Result<Held> {
    let transaction = waiting(app, tx, caller, token, now)?;
    let state = accounts::state(tx, caller.tenant_id(), &transaction.uid)?;
    if !state.is_some_and(|state| state.is_active && !state.login_disabled) {
        return Err(account::refuse_state(state).into());
    }
    let subject = Subject::Account(transaction.uid.clone());
    if let Some(refusal) = limits::locked(tx, &caller.tenant, &subject, Counted::SecondFactor, now)? {
        return Err(refusal.into());
    }
    let standing = Standing::load(tx, caller.tenant_id(), &transaction.uid)?;
    Ok(Held { transaction, standing })
}

/// The same, kept from changing until the transaction ends, with its account: of many who try at once, one comes after
/// the other.
pub(crate) fn hold(app: &App, tx: &mut Tx, caller: &Caller, token: &Secret, now: Timestamp) -> Result<Held> {
    let uid = waiting(app, tx, caller, token, now)?.uid;
    accounts::lock(tx, caller.tenant_id(), &uid)?;
    find(app, tx, caller, token, now)
}

/// The login alone, whatever became of its account.
fn waiting(app: &App, tx: &mut Tx, caller: &Caller, token: &Secret, now: Timestamp) -> Result<Transaction> {
    let tenant = caller.tenant_id();
    let mut found = None;
    for digest in app.keys.digests(Purpose::SecondFactorToken, tenant, token.expose().trim()) {
        found = found.or(mfa_transactions::find(tx, tenant, &digest)?);
    }
    let transaction = found.filter(|found| found.consumed_at.is_none()).ok_or(Reason::MfaTokenInvalid)?;
    if now >= transaction.expires_at {
        return Err(Reason::MfaTokenExpired.into());
    }
    Ok(transaction)
}

/// Counts a wrong try, and says what it is told.
pub(crate) fn wrong(tx: &mut Tx, caller: &Caller, uid: &Uid, reason: Reason, now: Timestamp) -> Result<Refusal> {
    let (tenant, subject) = (&caller.tenant, Subject::Account(uid.clone()));
    limits::count(tx, tenant, &subject, Counted::SecondFactor, now)?;
    let state = accounts::state(tx, &tenant.id, uid)?;
    if !state.is_some_and(|state| state.is_active) {
        return Ok(account::refuse_state(state));
    }
    let locked = limits::locked(tx, tenant, &subject, Counted::SecondFactor, now)?;
    Ok(if locked.is_some() { Reason::AccountLocked.into() } else { reason.into() })
}
