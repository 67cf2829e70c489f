//! Codes and links on their way to a person: drawn and composed before the transaction that issues them.

use super::code;
use super::link::link_digest;
use crate::access::Caller;
use crate::app::Tenant;
use crate::app::outside::Channel;
use crate::notify::{Delivery, Prepared, Receiver, Template, Values, Voice, require_reachable};
use crate::{App, Result};
use data_encoding::HEXLOWER;
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone};
use doorward_model::keys::Digest;
use doorward_model::secret::Secret;
use doorward_model::time::{Span, Timestamp};
use doorward_store::Tx;
use doorward_store::challenges::{self, Purpose, Quota};
use doorward_store::identifiers::Kind;

/// That a message is on its way, or would be if the receiver were somebody's.
#[derive(Debug, Clone)]
pub struct Posted {
    /// The message's id, of use to support only.
    pub sid: String,
}

/// What an email carries.
#[derive(Debug, Clone)]
pub(crate) enum Form {
    /// A code to type.
    Code,
    /// A link to open.
    Link {
        /// Where it leads, ready for parameters to follow.
        base: String,
        /// The `vtype` that the page behind it reads.
        vtype: &'static str,
        /// How long it works.
        life: Span,
    },
    /// Nothing that opens anything.
    Greeting,
}

/// Somebody who presses "send again" sooner than this gets no second message: the first is on its way.
pub(crate) const RESEND_GAP: Span = Span::seconds(30);

/// How long a greeting is worth delivering.
const GREETING_LIFE: Span = Span::days(1);

/// A code or link with the message that carries it.
pub(crate) struct Sending {
    purpose: Purpose,
    subject: Digest,
    code: Digest,
    message: Prepared,
    /// The code or the link's token, in clear.
    told: Secret,
    expires_at: Timestamp,
}

impl Sending {
    /// Draws a code for `phone` and composes its message; refused when nothing can be sent there (1071, 1072, 1096,
    /// 1281), whoever has the number, and when too many ask (429).
    pub(crate) fn to_phone(
        app: &App,
        caller: &Caller,
        purpose: Purpose,
        phone: &Phone,
        voice: Voice,
        now: Timestamp,
    ) -> Result<Sending> {
        require_reachable(app, caller, phone, voice)?;
        app.velocity.count_identifier(&code::subject(&app.keys, &caller.tenant.id, Kind::Phone, phone.as_str()))?;
        Sending::told_to_phone(app, caller, purpose, (phone, voice), now)
    }

    /// Draws a code for `phone`, whether we can send anything there or not: the back end may have its own ways.
    pub(crate) fn for_phone(
        app: &App,
        caller: &Caller,
        purpose: Purpose,
        phone: &Phone,
        now: Timestamp,
    ) -> Result<Sending> {
        Sending::told_to_phone(app, caller, purpose, (phone, Voice::No), now)
    }

    fn told_to_phone(
        app: &App,
        caller: &Caller,
        purpose: Purpose,
        (phone, voice): (&Phone, Voice),
        now: Timestamp,
    ) -> Result<Sending> {
        let subject = code::subject(&app.keys, &caller.tenant.id, Kind::Phone, phone.as_str());
        let receiver = voice.receiver(phone);
        Sending::with_code(app, caller, (purpose, Template::of(purpose)), subject, &receiver, now)
    }

    /// Draws a code that replaces a password its owner may not use any more, told in the words of `template`.
    pub(crate) fn of_new_password(
        app: &App,
        caller: &Caller,
        template: Template,
        subject: Digest,
        receiver: &Receiver,
        now: Timestamp,
    ) -> Result<Sending> {
        Sending::with_code(app, caller, (Purpose::ResetPassword, template), subject, receiver, now)
    }

    /// Draws a code or a link for `email`. A process without mail queues the message all the same: it goes out when mail
    /// is set up, if that is soon enough.
    pub(crate) fn to_email(
        app: &App,
        caller: &Caller,
        purpose: Purpose,
        email: &Email,
        form: &Form,
        now: Timestamp,
    ) -> Result<Sending> {
        let subject = code::subject(&app.keys, &caller.tenant.id, Kind::Email, email.as_str());
        Sending::to_mailbox(app, caller, purpose, (subject, email.shown()), form, now)
    }

    /// The same to the address of somebody who was named otherwise, or of nobody; the digest stands for whom it is
    /// counted against.
    pub(crate) fn to_mailbox(
        app: &App,
        caller: &Caller,
        purpose: Purpose,
        (subject, to): (Digest, &str),
        form: &Form,
        now: Timestamp,
    ) -> Result<Sending> {
        let tenant = &caller.tenant;
        let receiver = Receiver { channel: Channel::Email, to: to.to_owned() };
        let token = HEXLOWER.encode(&app.random::<16>());
        let code = link_digest(&app.keys, &tenant.id, purpose, &token);
        let (link, life) = match form {
            Form::Code => {
                let told = (purpose, Template::of(purpose));
                return Sending::with_code(app, caller, told, subject, &receiver, now);
            }
            Form::Greeting => (None, GREETING_LIFE),
            Form::Link { base, vtype, life } => {
                (Some(format!("{base}vtype={vtype}&verificationtoken={token}&vtoken={token}")), *life)
            }
        };
        let values = Values { link, seconds: life.0 / 1000, ..Values::default() };
        let told = (purpose, Template::of(purpose));
        let sending = Sending::compose(app, caller, told, subject, code, &receiver, &values, now.plus(life))?;
        Ok(Sending { told: Secret::new(token), ..sending })
    }

    fn with_code(
        app: &App,
        caller: &Caller,
        told: (Purpose, Template),
        subject: Digest,
        receiver: &Receiver,
        now: Timestamp,
    ) -> Result<Sending> {
        let otp = &caller.settings().otp;
        let code = code::draw_code(app, &caller.tenant, told.0, &subject);
        let values = Values { code: Some(code.text), seconds: otp.seconds, ..Values::default() };
        Sending::compose(app, caller, told, subject, code.digest, receiver, &values, now.plus(otp.life()))
    }

    #[expect(clippy::too_many_arguments, reason = "the two forms of a message meet here, and nowhere else")]
    fn compose(
        app: &App,
        caller: &Caller,
        (purpose, template): (Purpose, Template),
        subject: Digest,
        code: Digest,
        receiver: &Receiver,
        values: &Values,
        expires_at: Timestamp,
    ) -> Result<Sending> {
        let message = Prepared::compose(app, caller, template, receiver, values, expires_at)?;
        let told = values.code.clone().unwrap_or_else(|| Secret::new(""));
        Ok(Sending { purpose, subject, code, message, told, expires_at })
    }

    /// Issues it to `uid` and queues its message. Without an owner the same is written for nobody. False when the
    /// receiver had as many for a while as the tenant allows.
    #[must_use = "false means that nothing was issued"]
    pub(crate) fn issue(&self, tx: &mut Tx, caller: &Caller, uid: Option<&Uid>, now: Timestamp) -> Result<bool> {
        if !self.mint(tx, caller, uid, now)? {
            return Ok(false);
        }
        let delivery = if uid.is_some() { Delivery::Send } else { Delivery::Withhold };
        self.message.queue(tx, caller.tenant_id(), uid, delivery, now)?;
        Ok(true)
    }

    /// Issues it without its message: somebody else tells it to the person.
    #[must_use = "false means that nothing was issued"]
    pub(crate) fn mint(&self, tx: &mut Tx, caller: &Caller, uid: Option<&Uid>, now: Timestamp) -> Result<bool> {
        let new = challenges::New {
            purpose: self.purpose,
            subject: self.subject.clone(),
            uid: uid.cloned(),
            code: self.code.clone(),
            expires_at: self.expires_at,
        };
        Ok(challenges::issue(tx, caller.tenant_id(), &new, quota(&caller.tenant), now)?)
    }

    /// The keyed hash of the code or the link's token.
    pub(crate) fn code(&self) -> &Digest {
        &self.code
    }

    /// The code or the link's token, in clear; for a back end that tells it itself.
    pub(crate) fn told(&self) -> &Secret {
        &self.told
    }

    /// When it is over.
    pub(crate) fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Issues it again, unless the one before it is less than thirty seconds old: then it is as good as issued.
    #[must_use = "false means that nothing was issued"]
    pub(crate) fn reissue(&self, tx: &mut Tx, caller: &Caller, uid: Option<&Uid>, now: Timestamp) -> Result<bool> {
        let issued_at = challenges::live_since(tx, caller.tenant_id(), self.purpose, &self.subject, now)?;
        // A code from the future was issued before the clock was set back: nobody waits for the clock to catch up.
        if issued_at.is_some_and(|issued_at| issued_at <= now && now.since(issued_at) < RESEND_GAP) {
            return Ok(true);
        }
        self.issue(tx, caller, uid, now)
    }

    /// Issues it unless an earlier one still works; true when it did.
    pub(crate) fn issue_once(&self, tx: &mut Tx, caller: &Caller, uid: &Uid, now: Timestamp) -> Result<bool> {
        let earlier = challenges::live_since(tx, caller.tenant_id(), self.purpose, &self.subject, now)?;
        Ok(earlier.is_none() && self.issue(tx, caller, Some(uid), now)?)
    }

    /// What the answer says of it.
    pub(crate) fn posted(&self) -> Posted {
        Posted { sid: self.message.id() }
    }
}

/// How many codes and links one receiver gets for one purpose.
pub(crate) fn quota(tenant: &Tenant) -> Quota {
    let otp = &tenant.settings.otp;
    Quota { sends: otp.request_limit, window: otp.window() }
}
