//! A new passkey, from the judge to the database.

use super::ceremony::Named;
use super::presented::{Attestation, Given};
use super::relying_party::{Attested, Flaw, RelyingParty};
use super::{Listed, authenticators};
use crate::access::Caller;
use crate::{App, Result};
use data_encoding::HEXLOWER;
use doorward_model::id::Uid;
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;
use doorward_store::Tx;
use doorward_store::passkey_ceremonies::{Ceremony, Kind};
use doorward_store::passkeys::{self, New, Purpose};

/// A new passkey that was judged, and the challenge that it answers.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    challenge: Named,
    id: String,
    judged: Result<Attested, Flaw>,
}

impl Made {
    /// Reads and judges it; 908 for what is missing, 1090 for what cannot be read.
    pub(crate) fn judge(app: &App, caller: &Caller, kind: Kind, given: &Given) -> Result<Made> {
        let relying_party = RelyingParty::of(caller)?;
        let made = Attestation::read(given)?;
        Ok(Made {
            challenge: Named::new(app, caller, kind, &made.client.challenge),
            id: HEXLOWER.encode(&app.random::<16>()),
            judged: relying_party.attest(&made)?,
        })
    }

    /// The ceremony that it answers, which stays.
    pub(crate) fn look(&self, tx: &mut Tx, caller: &Caller, now: Timestamp) -> Result<Option<Ceremony>> {
        self.challenge.find(tx, caller, now)
    }

    /// Uses the challenge up, and says whether the passkey is what was asked for. `uid` is whose it must have been asked
    /// for.
    pub(crate) fn take(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        uid: &Uid,
        token: Option<&Digest>,
        now: Timestamp,
    ) -> Result<Result<(), Flaw>> {
        let Some(ceremony) = self.challenge.take(tx, caller, token, now)? else {
            return Ok(Err("the challenge is none that can be answered".into()));
        };
        if ceremony.uid.as_ref() != Some(uid) {
            return Ok(Err("the challenge was another account's".into()));
        }
        Ok(self.judged.as_ref().map(|_| ()).map_err(Flaw::clone))
    }

    /// Gives it to the account, which must be there, under the name it was made for.
    pub(crate) fn give(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        (uid, purpose): (&Uid, Purpose),
        name: &str,
        now: Timestamp,
    ) -> Result<Result<Listed, Flaw>> {
        let attested = match &self.judged {
            Ok(attested) => attested.clone(),
            Err(flaw) => return Ok(Err(flaw.clone())),
        };
        let new = New {
            id: self.id.clone(),
            purpose,
            credential: attested.credential,
            public_key: attested.public_key,
            counter: attested.counter,
            transports: attested.transports,
            aaguid: attested.aaguid,
            identifier: name.to_owned(),
            backup_eligible: attested.backup_eligible,
            backup_state: attested.backup_state,
        };
        if !passkeys::add(tx, caller.tenant_id(), uid, &new, now)? {
            return Ok(Err("the authenticator's name for it is taken".into()));
        }
        let authenticator = authenticators::name(&new.aaguid);
        Ok(Ok(Listed { id: new.id, authenticator, identifier: new.identifier, created_at: now, last_used_at: None }))
    }
}
