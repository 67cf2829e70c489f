//! What was asked for: a challenge, drawn at the beginning and looked up at the end.

use crate::access::Caller;
use crate::{App, Result};
use data_encoding::BASE64URL_NOPAD;
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::{Digest, Keys, Purpose};
use doorward_model::time::{Span, Timestamp};
use doorward_store::passkey_ceremonies::{Ceremony, Kind, New};
use doorward_store::{Tx, passkey_ceremonies as ceremonies};

/// How long somebody has to find their key.
const LIFE: Span = Span::minutes(5);

/// A ceremony drawn before the transaction that begins it.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub(crate) challenge: String,
    new: New,
}

impl Drawn {
    /// Draws a challenge.
    pub(crate) fn draw(app: &App, caller: &Caller, kind: Kind, now: Timestamp) -> Drawn {
        let challenge = BASE64URL_NOPAD.encode(&app.random::<32>());
        let digest = digest(&app.keys, caller.tenant_id(), &challenge);
        let new = New { challenge: digest, kind, uid: None, token: None, subject: None, expires_at: now.plus(LIFE) };
        Drawn { challenge, new }
    }

    /// The same about the passkeys of this account.
    pub(crate) fn about(mut self, uid: Option<&Uid>) -> Drawn {
        self.new.uid = uid.cloned();
        self
    }

    /// The same for whoever holds the token of this hash.
    pub(crate) fn bound_to(mut self, token: &Digest) -> Drawn {
        self.new.token = Some(token.clone());
        self
    }

    /// The same for whoever named the identifier of this hash.
    pub(crate) fn naming(mut self, subject: &Digest) -> Drawn {
        self.new.subject = Some(subject.clone());
        self
    }

    /// Begins it.
    pub(crate) fn begin(&self, tx: &mut Tx, caller: &Caller, now: Timestamp) -> Result<()> {
        Ok(ceremonies::begin(tx, caller.tenant_id(), &self.new, now)?)
    }
}

/// The challenge that somebody brings back.
#[derive(Debug, Clone)]
pub(super) struct Named {
    digests: Vec<Digest>,
    kind: Kind,
}

impl Named {
    pub(super) fn new(app: &App, caller: &Caller, kind: Kind, challenge: &str) -> Named {
        let text = place(challenge.trim_end_matches('='));
        let digests = app.keys.digests(Purpose::OneTimeCode, caller.tenant_id(), &text).collect();
        Named { digests, kind }
    }

    /// The ceremony, if it is under way.
    pub(super) fn find(&self, tx: &mut Tx, caller: &Caller, now: Timestamp) -> Result<Option<Ceremony>> {
        for digest in &self.digests {
            if let Some(found) = ceremonies::find(tx, caller.tenant_id(), digest, self.kind, now)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The same, used up; one of many who bring it back gets it. One that belongs to another token than `token` stays.
    pub(super) fn take(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        token: Option<&Digest>,
        now: Timestamp,
    ) -> Result<Option<Ceremony>> {
        let Some(found) = self.find(tx, caller, now)?.filter(|found| belongs(found.token.as_ref(), token)) else {
            return Ok(None);
        };
        let is_mine = ceremonies::consume(tx, caller.tenant_id(), &found.challenge, now)?;
        Ok(is_mine.then_some(found))
    }
}

fn belongs(kept: Option<&Digest>, token: Option<&Digest>) -> bool {
    match (kept, token) {
        (Some(kept), Some(token)) => kept.matches(token),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// The keyed hash that a challenge is kept as.
pub fn digest(keys: &Keys, tenant: &TenantId, challenge: &str) -> Digest {
    keys.digest(Purpose::OneTimeCode, tenant, &place(challenge))
}

/// A challenge's text before it is hashed: no code or link is ever mistaken for one.
fn place(challenge: &str) -> String {
    format!("passkey-ceremony:{challenge}")
}
