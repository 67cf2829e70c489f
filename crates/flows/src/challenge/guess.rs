//! A code that comes back: tried, counted, used up.

use super::code::{confirms, subject};
use crate::access::Caller;
use crate::app::Tenant;
use crate::limits::{self, Kind as Counted, Released, Subject};
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::keys::{Digest, Keys};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::Tx;
use doorward_store::challenges::{self, Purpose};
use doorward_store::identifiers::Kind;
use std::sync::Arc;

/// One try of a code that was sent to an identifier.
#[derive(Clone)]
pub(crate) struct Guess {
    keys: Arc<Keys>,
    tenant: Arc<Tenant>,
    purpose: Purpose,
    subject: Digest,
    otp: Secret,
    released: Released,
    now: Timestamp,
}

/// What came of a try.
pub(crate) enum Verdict {
    /// The code is right, and as live as before: [`Guess::consume`] uses it up.
    Right(Digest),
    /// There is no such live code of this account; that was counted.
    Wrong,
    /// Too many tries were wrong before; this one was not looked at.
    Locked(Refusal),
}

/// What a wrong code is told, by what is wrong with it.
pub(crate) struct Wrongs {
    pub(crate) invalid: Reason,
    pub(crate) used: Reason,
    pub(crate) expired: Reason,
}

impl Wrongs {
    /// What a code in a text message or a call is told.
    pub(crate) const OF_PHONE: Wrongs =
        Wrongs { invalid: Reason::OtpInvalid, used: Reason::OtpUsed, expired: Reason::OtpExpired };
}

impl Guess {
    /// A try of `otp`, which was sent to the identifier `value` for this purpose.
    pub(crate) fn new(app: &App, caller: &Caller, purpose: Purpose, kind: Kind, value: &str, otp: &Secret) -> Guess {
        let subject = subject(&app.keys, &caller.tenant.id, kind, value);
        let (keys, tenant, now) = (app.keys.clone(), caller.tenant.clone(), app.now());
        Guess { keys, tenant, purpose, subject, otp: otp.clone(), released: Released::default(), now }
    }

    /// The same try of a request that has brought what lifts a lock of this kind.
    pub(crate) fn released(self, released: Released) -> Guess {
        Guess { released, ..self }
    }

    /// What the request has brought to lift a lock.
    pub(crate) fn release(&self) -> Released {
        self.released
    }

    /// Tries the code for `owner`, who has the identifier if anybody does. A wrong try is counted against the code and
    /// against the owner, or the identifier that nobody has; a right one is taken back.
    pub(crate) fn judge(&self, tx: &mut Tx, owner: Option<&Uid>, kind: Counted) -> Result<Verdict> {
        self.judge_against(tx, owner, &Subject::of(owner, &self.subject), kind)
    }

    /// The same, where the owner is not the one against whom a wrong try is counted: an account that is still to be made
    /// gets another uid with each code, and must not get other tries with it.
    pub(crate) fn judge_against(
        &self,
        tx: &mut Tx,
        owner: Option<&Uid>,
        counted: &Subject,
        kind: Counted,
    ) -> Result<Verdict> {
        let (tenant, now) = (&self.tenant, self.now);
        if let Some(refusal) = limits::enter(tx, tenant, counted, kind, self.released, now)? {
            return Ok(Verdict::Locked(refusal));
        }
        let tried = challenges::try_once(tx, &tenant.id, self.purpose, &self.subject, self.most(), now)?;
        // A number that changed hands since the code was sent has another owner than the code.
        let right = tried.filter(|tried| self.is_right(&tried.code) && owner.is_some() && tried.uid.as_ref() == owner);
        if let Some(right) = right {
            challenges::forgive(tx, &tenant.id, self.purpose, &self.subject)?;
            return Ok(Verdict::Right(right.code));
        }
        limits::count(tx, tenant, counted, kind, now)?;
        Ok(Verdict::Wrong)
    }

    /// Uses the right code up; true for exactly one caller, however many race for it.
    #[must_use = "false means that somebody else used it"]
    pub(crate) fn consume(&self, tx: &mut Tx, code: &Digest) -> Result<bool> {
        Ok(challenges::consume(tx, &self.tenant.id, self.purpose, &self.subject, code, self.most(), self.now)?)
    }

    /// What to say of a wrong code. Used and too old are told only to somebody who holds the right digits.
    pub(crate) fn explain(&self, tx: &mut Tx, wrongs: &Wrongs) -> Result<Reason> {
        let standing = challenges::standing(tx, &self.tenant.id, self.purpose, &self.subject)?;
        Ok(match standing.filter(|standing| self.is_right(&standing.code)) {
            Some(standing) if standing.consumed_at.is_some() => wrongs.used,
            Some(standing) if self.now >= standing.expires_at => wrongs.expired,
            _ => wrongs.invalid,
        })
    }

    /// The keyed hash that the identifier is known under.
    pub(crate) fn subject(&self) -> &Digest {
        &self.subject
    }

    fn most(&self) -> i64 {
        self.tenant.settings.otp.tries
    }

    fn is_right(&self, stored: &Digest) -> bool {
        confirms(&self.keys, &self.tenant.id, self.purpose, &self.subject, &self.otp, stored)
    }
}
