//! The factors of an account as they stand, and what somebody proves themselves with.

use super::{Factor, passkey, place};
use crate::access::Caller;
use crate::factors::passkey::FIRST_FACTOR;
use crate::{Result, challenge};
use doorward_model::id::{TenantId, Uid};
use doorward_model::identifier::Phone;
use doorward_model::keys::{Digest, Keys};
use doorward_model::settings::Settings;
use doorward_store::Tx;
use doorward_store::identifiers::Kind;
use doorward_store::second_factors::{self, Enrolled};

/// All factors of an account, verified or begun.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    rows: Vec<Enrolled>,
    /// Passkeys have a table of their own.
    has_passkey: bool,
}

impl Standing {
    /// Reads them.
    pub(crate) fn load(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Standing> {
        let rows = second_factors::list(tx, tenant, uid)?;
        Ok(Standing { rows, has_passkey: passkey::is_enrolled(tx, tenant, uid)? })
    }

    /// The factor of this kind, if it was proved.
    pub(crate) fn verified(&self, factor: Factor) -> Option<&Enrolled> {
        self.row(factor).filter(|row| row.verified_at.is_some())
    }

    /// What there is of this kind, proved or begun.
    pub(crate) fn row(&self, factor: Factor) -> Option<&Enrolled> {
        self.rows.iter().find(|row| row.factor == factor.as_str())
    }

    /// Whether nothing was proved, whatever the tenant offers.
    pub(crate) fn is_bare(&self) -> bool {
        !self.has_passkey && self.rows.iter().all(|row| row.verified_at.is_none())
    }

    fn has(&self, factor: Factor) -> bool {
        match factor {
            Factor::Passkey => self.has_passkey,
            _ => self.verified(factor).is_some(),
        }
    }

    /// What is to become the factor of this kind when it is proved.
    pub(crate) fn wanted(&self, factor: Factor) -> Option<second_factors::New> {
        let row = self.row(factor)?;
        Some(second_factors::New {
            factor: factor.as_str(),
            id: row.wanted_id.clone()?,
            sealed: row.wanted.clone(),
            subject: row.wanted_subject.clone(),
        })
    }

    /// The factors that were proved and that the tenant offers.
    pub(crate) fn usable(&self, settings: &Settings) -> Vec<Factor> {
        Factor::offered(settings).filter(|factor| self.has(*factor)).collect()
    }

    /// The same without the one that `spent`, the first factor, was sent to: one channel is not two factors.
    pub(crate) fn usable_beside(&self, keys: &Keys, caller: &Caller, spent: Option<&Digest>) -> Result<Vec<Factor>> {
        let mut usable = self.usable(caller.settings());
        if let (Some(spent), Some(phone)) = (spent, self.phone(keys, caller.tenant_id())?) {
            // The number itself is asked: its hash and the other may have been made under two keys.
            let subject = challenge::subject(keys, caller.tenant_id(), Kind::Phone, phone.as_str());
            usable.retain(|factor| *factor != Factor::Sms || !subject.matches(spent));
        }
        Ok(usable)
    }

    /// The same after this first factor: a passkey that was one is not the second as well.
    pub(crate) fn usable_after(
        &self,
        keys: &Keys,
        caller: &Caller,
        (first_factor, spent): (&str, Option<&Digest>),
    ) -> Result<Vec<Factor>> {
        let mut usable = self.usable_beside(keys, caller, spent)?;
        usable.retain(|factor| *factor != Factor::Passkey || first_factor != FIRST_FACTOR);
        Ok(usable)
    }

    /// The phone number that was proved as a factor.
    pub(crate) fn phone(&self, keys: &Keys, tenant: &TenantId) -> Result<Option<Phone>> {
        let Some(row) = self.verified(Factor::Sms) else { return Ok(None) };
        let Some(sealed) = &row.sealed else { return Ok(None) };
        Ok(Some(sealed_number(keys, tenant, &row.id, sealed)?))
    }
}

/// The phone number that was sealed under this id.
pub(super) fn sealed_number(keys: &Keys, tenant: &TenantId, id: &str, sealed: &[u8]) -> Result<Phone> {
    Ok(Phone::parse(&keys.open(&place(tenant, id), sealed).map_err(anyhow::Error::from)?)?)
}

/// What somebody proves themselves with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Means {
    /// The password.
    Password,
    /// The PIN.
    Pin,
    /// A second factor, or a code sent to an address where there is none.
    Factor(Factor),
    /// A code on paper, which stands in for the second factors.
    BackupCode,
}

impl Means {
    /// True when nothing that the account has proves more: beside a second factor, a password or PIN is what a thief may
    /// know.
    pub(crate) fn is_highest(self, usable: &[Factor]) -> bool {
        match self {
            Means::BackupCode => true,
            Means::Factor(factor) if usable.contains(&factor) => true,
            _ => usable.is_empty(),
        }
    }
}
