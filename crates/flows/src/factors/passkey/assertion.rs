//! A signature by a passkey, from the judge to its consequences.

use super::ceremony::Named;
use super::presented::{Assertion, Given};
use super::relying_party::{Flaw, Proof, RelyingParty};
use crate::access::Caller;
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;
use doorward_store::Tx;
use doorward_store::passkey_ceremonies::{Ceremony, Kind};
use doorward_store::passkeys::{self, Passkey, Purpose, Use};

/// A signature that was judged, and the challenge that it answers.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    challenge: Named,
    ceremony: Option<Ceremony>,
    passkey: Option<Passkey>,
    user_handle: Option<Vec<u8>>,
    judged: Result<Proof, Flaw>,
}

/// What a signature has to be, beside right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// What the passkey must be good for.
    pub(crate) purpose: Purpose,
    /// Keyed hash of the token that the ceremony must belong to.
    pub(crate) token: Option<&'a Digest>,
}

impl Shown {
    /// Reads and judges it; 908 for what is missing, 1090 for what cannot be read.
    pub(crate) async fn judge(app: &App, caller: &Caller, kind: Kind, given: &Given, now: Timestamp) -> Result<Shown> {
        let relying_party = RelyingParty::of(caller)?;
        let assertion = Assertion::read(given)?;
        let challenge = Named::new(app, caller, kind, &assertion.client.challenge);
        let (within, named, id) = (caller.clone(), challenge.clone(), assertion.id.clone());
        let (ceremony, passkey) = app
            .read(move |tx| Ok((named.find(tx, &within, now)?, passkeys::find(tx, within.tenant_id(), &id)?)))
            .await?;
        let judged = match &passkey {
            Some(passkey) => relying_party.assert(&assertion, passkey)?,
            None => Err("nobody has this passkey".into()),
        };
        Ok(Shown { challenge, ceremony, passkey, user_handle: assertion.user_handle, judged })
    }

    /// The ceremony that it answers, as it was when it was judged.
    pub(crate) fn ceremony(&self) -> Option<&Ceremony> {
        self.ceremony.as_ref()
    }

    /// Whose passkey it is, right or wrong.
    pub(crate) fn owner(&self) -> Option<&Uid> {
        self.passkey.as_ref().map(|passkey| &passkey.uid)
    }

    /// Uses the challenge up, and says whose passkey answered it, and how; notes the use. Right or wrong, nobody answers
    /// the same challenge again.
    pub(crate) fn take(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        expected: Expected<'_>,
        now: Timestamp,
    ) -> Result<Result<(Uid, Proof), Flaw>> {
        let Some(ceremony) = self.challenge.take(tx, caller, expected.token, now)? else {
            return Ok(Err("the challenge is none that can be answered".into()));
        };
        let (passkey, proof) = match (&self.passkey, &self.judged) {
            (Some(passkey), Ok(proof)) => (passkey, *proof),
            (_, Err(flaw)) => return Ok(Err(flaw.clone())),
            (None, Ok(_)) => return Ok(Err("nobody has this passkey".into())),
        };
        if let Err(flaw) = self.check_owner(&ceremony, passkey, expected.purpose) {
            return Ok(Err(flaw));
        }
        let used = Use { before: passkey.counter, counter: proof.counter, backup_state: proof.backup_state };
        if !passkeys::note_use(tx, caller.tenant_id(), &passkey.id, used, now)? {
            return Ok(Err("the passkey was used or removed meanwhile".into()));
        }
        Ok(Ok((passkey.uid.clone(), proof)))
    }

    fn check_owner(&self, ceremony: &Ceremony, passkey: &Passkey, purpose: Purpose) -> Result<(), Flaw> {
        if passkey.purpose != purpose.as_str() {
            return Err("the passkey is for something else".into());
        }
        let handle = self.user_handle.as_deref();
        let is_named = handle.is_some_and(|handle| handle == passkey.user_handle.as_bytes());
        if handle.is_some() && !is_named {
            return Err("the authenticator kept it for somebody else".into());
        }
        let fits = match &ceremony.uid {
            Some(uid) => *uid == passkey.uid && passkey.created_at <= ceremony.created_at,
            // Nobody was named: then the authenticator has to say who it is. A decoy is answered by nobody.
            None => ceremony.kind == Kind::Autofill.as_str() && is_named,
        };
        fits.then_some(()).ok_or_else(|| "the passkey is none that was asked for".into())
    }
}
