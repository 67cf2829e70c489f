//! The rows of a batch on their way into the database.

use super::outcome::{Batch, Duplicates, Outcome, Refused, Rules, Written};
use super::row::Account;
use crate::accounts::Update;
use crate::app::{Tenant, busy};
use crate::profile::holdings;
use crate::{App, Error, Result, session};
use doorward_model::id::Uid;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Json, Tx, accounts, imports, passwords};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How often a batch is written anew when somebody took one of its identifiers between two of its statements.
const ATTEMPTS: usize = 3;

/// Rows that can be written.
pub(super) struct Ready {
    pub(super) accounts: Vec<Account>,
    pub(super) refused: Vec<Refused>,
    pub(super) batch: Option<Batch>,
}

/// Writes them in one transaction.
pub(super) async fn write(app: &App, tenant: &Arc<Tenant>, rules: &Rules, ready: Ready) -> Result<Outcome> {
    let (ready, duplicates) = (Arc::new(ready), rules.duplicates);
    let mut attempt = 1;
    loop {
        let (tenant, ready) = (tenant.clone(), ready.clone());
        match app.write(move |tx| ready.write(tx, &tenant, duplicates)).await {
            Err(Error::Refused(_)) if attempt < ATTEMPTS => attempt += 1,
            done => return done,
        }
    }
}

impl Ready {
    fn write(&self, tx: &mut Tx, tenant: &Tenant, duplicates: Duplicates) -> Result<Outcome> {
        if let Some(batch) = &self.batch
            && let Some(done) = outcome(tx, tenant, batch)?
        {
            return Ok(done);
        }
        let mut outcome = Outcome { refused: self.refused.clone(), ..Outcome::default() };
        for account in &self.accounts {
            outcome.count(account.number, account.write(tx, tenant, duplicates)?);
        }
        let outcome = outcome.in_order();
        if let Some(batch) = &self.batch
            && !imports::note(tx, &tenant.id, &batch.import, batch.number, &Json::of(&outcome)?)?
        {
            // Another process wrote the same batch at the same time: its rows are the ones that count.
            return Err(busy());
        }
        Ok(outcome)
    }
}

/// What became of a batch, if it is done.
pub(super) fn outcome(tx: &mut Tx, tenant: &Tenant, batch: &Batch) -> Result<Option<Outcome>> {
    let stored = imports::outcome(tx, &tenant.id, &batch.import, batch.number)?;
    Ok(stored.map(|stored| stored.parse()).transpose()?)
}

impl Account {
    fn write(&self, tx: &mut Tx, tenant: &Tenant, duplicates: Duplicates) -> Result<Result<Written, Refusal>> {
        match (self.insert(tx, tenant)?, duplicates, &self.update) {
            (Ok(()), _, _) => Ok(Ok(Written::Inserted)),
            (Err(_), Duplicates::Overwrite, Some(update)) => self.overwrite(tx, tenant, update),
            (Err(refusal), _, _) => Ok(Err(refusal)),
        }
    }

    /// Adds the account with all it has, or nothing of it.
    fn insert(&self, tx: &mut Tx, tenant: &Tenant) -> Result<Result<(), Refusal>> {
        if !accounts::add(tx, &tenant.id, &self.draft.account)? {
            return Ok(Err(Reason::AccountIdTaken.into()));
        }
        match self.furnish(tx, tenant) {
            Err(Error::Refused(refusal)) => {
                accounts::delete(tx, &tenant.id, &self.draft.account.uid)?;
                Ok(Err(*refusal))
            }
            done => done.map(Ok),
        }
    }

    fn furnish(&self, tx: &mut Tx, tenant: &Tenant) -> Result<()> {
        let uid = &self.draft.account.uid;
        self.draft.give_identifiers(tx, tenant)?;
        let proved = self.draft.holdings.emails.as_ref().map_or(0, Vec::len);
        for (position, (label, email)) in (0i64..).skip(proved).zip(&self.unverified) {
            holdings::give_email(tx, tenant, uid, label, email, position, None)?;
        }
        for identity in &self.identities {
            if !accounts::add_identity(tx, &tenant.id, uid, &identity.provider, &identity.id, &identity.document)? {
                return Err(Reason::AccountAlreadyLinked.into());
            }
        }
        if let Some(password) = &self.password {
            passwords::add(tx, &tenant.id, uid, &password.hash, password.is_secure, password.changed_at)?;
        }
        self.draft.answers.keep(tx, tenant, uid, self.draft.account.modified_at)
    }

    /// Changes the one account that holds what the row names; refused when there are several.
    fn overwrite(&self, tx: &mut Tx, tenant: &Tenant, update: &Update) -> Result<Result<Written, Refusal>> {
        let held = taken(tx, tenant, &self.names)?;
        let owners: BTreeSet<&Uid> = held.iter().map(|(_, uid)| uid).collect();
        let (Some((kind, uid)), 1) = (held.last(), owners.len()) else {
            let kind = held.last().and_then(|(kind, _)| *kind);
            return Ok(Err(taken_reason(kind).into()));
        };
        let account = accounts::lock(tx, &tenant.id, uid)?.ok_or_else(|| taken_reason(*kind))?;
        update.apply(tx, tenant, account)?;
        self.draft.answers.keep(tx, tenant, uid, self.draft.account.modified_at)?;
        if let Some(password) = &self.password {
            let current = passwords::current(tx, &tenant.id, uid)?;
            if current.is_none_or(|current| current.hash != password.hash) {
                let keep = i64::from(tenant.settings.password.history);
                passwords::set(tx, &tenant.id, uid, &password.hash, keep, password.changed_at)?;
                passwords::refresh(tx, &tenant.id, uid, &password.hash, &password.hash, password.is_secure)?;
                session::end_others(tx, &tenant.settings, &tenant.id, uid, password.changed_at)?;
            }
        }
        Ok(Ok(Written::Updated))
    }
}

/// Which of these names somebody has, and who; a name without a kind is a uid.
pub(super) fn taken(
    tx: &mut Tx,
    tenant: &Tenant,
    names: &[(Option<Kind>, String)],
) -> Result<Vec<(Option<Kind>, Uid)>> {
    let mut held = Vec::new();
    for (kind, value) in names {
        let owner = if let Some(kind) = kind {
            identifiers::owner(tx, &tenant.id, *kind, value)?.map(|owner| owner.uid)
        } else {
            let uid = Uid::new(value.as_str());
            accounts::state(tx, &tenant.id, &uid)?.map(|_| uid)
        };
        held.extend(owner.map(|uid| (*kind, uid)));
    }
    Ok(held)
}

/// Why a row is refused whose name somebody has.
pub(super) fn taken_reason(kind: Option<Kind>) -> Reason {
    match kind {
        None => Reason::AccountIdTaken,
        Some(Kind::Email) => Reason::EmailAlreadyRegistered,
        Some(Kind::Phone) => Reason::PhoneTaken,
        Some(Kind::Username) => Reason::UsernameTaken,
    }
}
