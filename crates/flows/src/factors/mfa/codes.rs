//! Codes of a login that waits: the same whether they go to a phone or to an address.

use super::held::{Held, Tried};
use crate::access::Caller;
use crate::challenge::{self, Posted, RESEND_GAP, quota};
use crate::notify::{Delivery, Prepared, Receiver, Template, Values};
use crate::{App, Result};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::{Digest, Keys};
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::challenges::{self, Purpose};
use doorward_store::{Tx, mfa_codes};

/// How many codes one login gets on each channel.
const MOST_SENDS: i64 = 5;

/// Where the codes of a login go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// To a phone, written or spoken.
    Phone,
    /// To an address.
    Email,
}

impl Way {
    /// The channel's name beside its codes.
    fn channel(self) -> &'static str {
        match self {
            Way::Phone => "sms",
            Way::Email => "email",
        }
    }

    /// What is said when the receiver or the login had as many codes as they get.
    pub(super) fn exhausted(self) -> Reason {
        match self {
            Way::Phone => Reason::SmsLimitReached,
            Way::Email => Reason::EmailLimitReached,
        }
    }
}

/// A code for a pending login with the message that carries it.
pub(crate) struct Code {
    way: Way,
    new: mfa_codes::New,
    counted: challenges::New,
    message: Prepared,
}

impl Code {
    /// Draws a code for whom `subject` stands for. `purpose` says under what the message is counted, for the receiver as a
    /// whole.
    pub(super) fn draw(
        app: &App,
        caller: &Caller,
        (uid, token): (&Uid, &Digest),
        (way, receiver, subject): (Way, &Receiver, Digest),
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Code> {
        let (tenant, otp) = (&caller.tenant, &caller.settings().otp);
        let code = challenge::draw_code(app, tenant, Purpose::SecondFactor, &bound_to(token, &subject));
        let values = Values { code: Some(code.text), seconds: otp.seconds, ..Values::default() };
        let expires_at = now.plus(otp.life());
        let message = Prepared::compose(app, caller, Template::SecondFactor, receiver, &values, expires_at)?;
        let counted = challenges::New {
            purpose,
            subject: subject.clone(),
            uid: Some(uid.clone()),
            code: code.digest.clone(),
            expires_at,
        };
        let new = mfa_codes::New { channel: way.channel(), subject, code: code.digest, expires_at };
        Ok(Code { way, new, counted, message })
    }

    /// Whom it goes to, as a keyed hash.
    pub(crate) fn subject(&self) -> &Digest {
        &self.new.subject
    }

    /// What the answer says of it.
    pub(crate) fn posted(&self) -> Posted {
        Posted { sid: self.message.id() }
    }

    /// Issues the code in place of the one before it and queues its message; 1123 or 1122 when the receiver or the login
    /// had as many as they get.
    pub(super) fn issue(&self, tx: &mut Tx, caller: &Caller, token: &Digest, now: Timestamp) -> Result<()> {
        let tenant = caller.tenant_id();
        let limits = mfa_codes::Limits { tries: caller.settings().otp.tries, sends: MOST_SENDS };
        // The code is good for this login alone; the challenge only counts what the receiver was sent.
        let issued = mfa_codes::issue(tx, tenant, token, &self.new, limits, now)?
            && challenges::issue(tx, tenant, &self.counted, quota(&caller.tenant), now)?;
        if !issued {
            return Err(self.way.exhausted().into());
        }
        self.message.queue(tx, tenant, self.counted.uid.as_ref(), Delivery::Send, now)
    }

    /// Issues it, unless the one before it went to the same receiver less than thirty seconds ago: then it is as good as
    /// issued.
    pub(crate) fn issue_unless_fresh(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        token: &Digest,
        now: Timestamp,
    ) -> Result<()> {
        let before = mfa_codes::find(tx, caller.tenant_id(), token, self.way.channel())?;
        // A code from the future was sent before the clock was set back: nobody waits for the clock to catch up.
        let is_fresh = |code: &mfa_codes::Code| code.sent_at <= now && now.since(code.sent_at) < RESEND_GAP;
        if before.is_some_and(|code| code.subject.matches(&self.new.subject) && is_fresh(&code)) {
            return Ok(());
        }
        self.issue(tx, caller, token, now)
    }
}

/// Whom the latest code of a login went to on this channel, as a keyed hash.
pub(crate) fn receiver(tx: &mut Tx, tenant: &TenantId, token: &Digest, way: Way) -> Result<Option<Digest>> {
    Ok(mfa_codes::find(tx, tenant, token, way.channel())?.map(|code| code.subject))
}

/// One try of the code that a login had sent to whom `subject` stands for. 1105 while none was sent, 1067 for a wrong
/// one, 1069 for one that is too old.
pub(crate) fn try_code(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    held: &Held,
    (way, subject, otp): (Way, &Digest, &Secret),
    now: Timestamp,
) -> Result<Tried> {
    let (tenant, token, channel) = (caller.tenant_id(), &held.transaction().token, way.channel());
    let tried = mfa_codes::try_once(tx, tenant, token, channel, caller.settings().otp.tries)?;
    if tried.is_none() && mfa_codes::find(tx, tenant, token, channel)?.is_none() {
        return Err(Reason::MfaCodeRequired.into());
    }
    let confirms = |tried: &mfa_codes::Code| {
        let bound = bound_to(token, &tried.subject);
        challenge::confirms(&app.keys, tenant, Purpose::SecondFactor, &bound, otp, &tried.code)
    };
    Ok(match tried.filter(|tried| tried.subject.matches(subject) && confirms(tried)) {
        None => Tried::Wrong(Reason::OtpInvalid),
        Some(right) if now >= right.expires_at => Tried::Wrong(Reason::OtpExpired),
        Some(_) => Tried::Right,
    })
}

/// The keyed hash of the code of a login that waits, which was sent to whom `subject` stands for.
pub fn digest(keys: &Keys, tenant: &TenantId, token: &Digest, subject: &Digest, text: &str) -> Digest {
    challenge::digest(keys, tenant, Purpose::SecondFactor, &bound_to(token, subject), text)
}

/// What the digits of a code are bound to: one login and one receiver.
fn bound_to(token: &Digest, receiver: &Digest) -> Digest {
    Digest::new([token.as_bytes(), receiver.as_bytes()].concat())
}
