//! Codes sent to a phone.

use crate::access::Caller;
use crate::notify::{Delivery, Prepared, Receiver, Template, Values};
use crate::outside::Channel;
use crate::sending::{Posted, Voice, quota, require_reachable};
use crate::{App, Error, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::Phone;
use doorward_model::keys::Digest;
use doorward_model::reason::Reason;
use doorward_model::time::Timestamp;
use doorward_store::challenges::{self, Purpose};
use doorward_store::identifiers::Kind;
use doorward_store::{Tx, mfa_codes};

/// The channel's name beside its codes.
const CHANNEL: &str = "sms";

/// How many codes one login gets.
const MOST_SENDS: i64 = 5;

/// What the digits of a code are bound to: one login and one phone number.
fn bound_to(token: &Digest, phone: &Digest) -> Digest {
    Digest::new([token.as_bytes(), phone.as_bytes()].concat())
}

/// A code for a pending login with the message that carries it.
struct Sms {
    new: mfa_codes::New,
    counted: challenges::New,
    message: Prepared,
}

impl Sms {
    /// Draws a code; refused when nothing can be sent there (1071, 1072, 1096, 1281). `purpose` says under what the
    /// message is counted, for the number as a whole.
    fn draw(
        app: &App,
        caller: &Caller,
        (uid, token): (&Uid, &Digest),
        phone: &Phone,
        (purpose, voice): (Purpose, Voice),
        now: Timestamp,
    ) -> Result<Sms> {
        require_reachable(app, caller, phone, voice)?;
        let (tenant, otp) = (&caller.tenant, &caller.settings().otp);
        let subject = app.subject(tenant, Kind::Phone, phone.as_str());
        let code = app.draw_code(tenant, Purpose::SecondFactor, &bound_to(token, &subject));
        let receiver = Receiver { channel: Channel::Sms, to: phone.as_str().to_owned() };
        let values = Values { code: Some(code.text), seconds: otp.seconds, ..Values::default() };
        let expires_at = now.plus(otp.life());
        let message = Prepared::compose(app, caller, Template::SecondFactor, &receiver, &values, expires_at)?;
        let counted = challenges::New {
            purpose,
            subject: subject.clone(),
            uid: Some(uid.clone()),
            code: code.digest.clone(),
            expires_at,
        };
        Ok(Sms { new: mfa_codes::New { channel: CHANNEL, subject, code: code.digest, expires_at }, counted, message })
    }

    /// Issues the code in place of the one before it and queues its message; 1123 when the number or the login had as many
    /// as they get.
    fn issue(&self, tx: &mut Tx, caller: &Caller, token: &Digest, now: Timestamp) -> Result<()> {
        let tenant = caller.tenant_id();
        let limits = mfa_codes::Limits { tries: caller.settings().otp.tries, sends: MOST_SENDS };
        // The code is good for this login alone; the challenge only counts what the number was sent.
        let issued = mfa_codes::issue(tx, tenant, token, &self.new, limits, now)?
            && challenges::issue(tx, tenant, &self.counted, quota(&caller.tenant), now)?;
        if !issued {
            return Err(Reason::SmsLimitReached.into());
        }
        self.message.queue(tx, tenant, self.counted.uid.as_ref(), Delivery::Send, now)
    }
}

/// Sends the code of a login whose only second factor it is. What keeps it from going out does not keep the login from
/// waiting: the person may ask for another.
pub(super) async fn send_unasked(
    app: &App,
    caller: &Caller,
    uid: &Uid,
    token: &Digest,
    phone: &Phone,
) -> Result<Option<Posted>> {
    let now = app.now();
    let sent = send(app, caller, (uid, token), phone, (Purpose::SecondFactor, Voice::No), now).await;
    match sent {
        Ok(posted) => Ok(Some(posted)),
        Err(Error::Refused(_)) => Ok(None),
        Err(failed) => Err(failed),
    }
}

async fn send(
    app: &App,
    caller: &Caller,
    (uid, token): (&Uid, &Digest),
    phone: &Phone,
    (purpose, voice): (Purpose, Voice),
    now: Timestamp,
) -> Result<Posted> {
    let sms = Sms::draw(app, caller, (uid, token), phone, (purpose, voice), now)?;
    let posted = Posted { sid: sms.message.id() };
    let (within, token) = (caller.clone(), token.clone());
    app.write(move |tx| sms.issue(tx, &within, &token, now)).await?;
    app.wake.notify_one();
    Ok(posted)
}
