//! The second phone of an account: which number, and its codes.

use super::codes::{Code, Way};
use super::held::Held;
use super::standing::sealed_number;
use super::{Factor, require_enabled};
use crate::access::Caller;
use crate::challenge::{self, Posted};
use crate::notify::{Voice, require_reachable};
use crate::{App, Error, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::Phone;
use doorward_model::keys::Digest;
use doorward_model::reason::Reason;
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, second_factors};

/// How many accounts may prove themselves with one number.
const MOST_SHARED: i64 = 5;

/// 1097 or 1100 where the tenant has no codes by text message.
pub fn require_offered(settings: &Settings) -> Result<(), Reason> {
    require_enabled(settings)?;
    Factor::Sms.is_offered(settings).then_some(()).ok_or(Reason::MfaSmsOtpDisabled)
}

/// The number that the codes of a login go to.
pub(crate) struct Number {
    id: String,
    sealed: Vec<u8>,
    phone: Phone,
    subject: Digest,
    /// Whether it is no factor until its code comes back.
    is_new: bool,
}

impl Number {
    /// The number in clear.
    pub(crate) fn phone(&self) -> &Phone {
        &self.phone
    }

    /// The number as a keyed hash.
    pub(crate) fn subject(&self) -> &Digest {
        &self.subject
    }

    /// Whether it is no factor until its code comes back.
    pub(crate) fn is_new(&self) -> bool {
        self.is_new
    }

    /// The factor that it becomes.
    pub(crate) fn into_factor(self) -> second_factors::New {
        second_factors::New {
            factor: Factor::Sms.as_str(),
            id: self.id,
            sealed: Some(self.sealed),
            subject: Some(self.subject),
        }
    }
}

/// The account's second phone, unless it was the first factor; for an account without any factor the one that is being
/// set up.
pub(crate) fn number(app: &App, held: &Held, caller: &Caller) -> Result<Option<Number>> {
    let login = held.transaction();
    let verified = held.standing().verified(Factor::Sms);
    let (id, sealed) = match verified {
        Some(row) => (&row.id, row.sealed.as_ref()),
        None if !held.standing().usable(caller.settings()).is_empty() => return Ok(None),
        None => (&login.id, login.wanted.as_ref()),
    };
    let Some(sealed) = sealed else { return Ok(None) };
    let phone = sealed_number(&app.keys, caller.tenant_id(), id, sealed)?;
    // What is kept beside the number may have been hashed under an earlier key, and so may what it is compared with.
    let subject = challenge::subject(&app.keys, caller.tenant_id(), Kind::Phone, phone.as_str());
    let is_new = verified.is_none();
    let is_spent = !is_new && login.spent.as_ref().is_some_and(|spent| spent.matches(&subject));
    Ok((!is_spent).then(|| Number { id: id.clone(), sealed: sealed.clone(), phone, subject, is_new }))
}

/// The number that the codes of a login go to, in clear and as a keyed hash.
pub(crate) fn receiver(app: &App, caller: &Caller, held: &Held) -> Result<Option<(Phone, Digest)>> {
    Ok(number(app, held, caller)?.map(|number| (number.phone, number.subject)))
}

/// 1058 when as many other accounts as may prove themselves with this number.
pub(crate) fn require_unshared(tx: &mut Tx, caller: &Caller, uid: &Uid, subject: &Digest) -> Result<()> {
    let others = second_factors::others_with(tx, caller.tenant_id(), uid, Factor::Sms.as_str(), subject)?;
    (others < MOST_SHARED).then_some(()).ok_or_else(|| Reason::PhoneTaken.into())
}

/// Gives the account a number that its code has proved, which also proves the login phone if it is the same.
pub(crate) fn enrol(
    tx: &mut Tx,
    caller: &Caller,
    uid: &Uid,
    (number, factor): (&str, &second_factors::New),
    now: Timestamp,
) -> Result<()> {
    let tenant = caller.tenant_id();
    second_factors::put(tx, tenant, uid, factor, now)?;
    let owner = identifiers::owner(tx, tenant, Kind::Phone, number)?;
    if owner.is_some_and(|owner| owner.uid == *uid) {
        identifiers::verify(tx, tenant, uid, Kind::Phone, number, now)?;
    }
    Ok(())
}

/// Draws a code for a number; refused when nothing can be sent there (1071, 1072, 1096, 1281).
pub(crate) fn draw(
    app: &App,
    caller: &Caller,
    login: (&Uid, &Digest),
    (phone, voice): (&Phone, Voice),
    purpose: Purpose,
    now: Timestamp,
) -> Result<Code> {
    require_reachable(app, caller, phone, voice)?;
    let subject = challenge::subject(&app.keys, &caller.tenant.id, Kind::Phone, phone.as_str());
    Code::draw(app, caller, login, (Way::Phone, &voice.receiver(phone), subject), purpose, now)
}

/// Sends the code of a login whose only second factor it is. What keeps it from going out does not keep the login from
/// waiting: the person may ask for another.
pub(super) async fn send_unasked(
    app: &App,
    caller: &Caller,
    uid: &Uid,
    token: &Digest,
    told: (&Phone, Voice),
) -> Result<Option<Posted>> {
    match send(app, caller, uid, token, told).await {
        Ok(posted) => Ok(Some(posted)),
        Err(Error::Refused(_)) => Ok(None),
        Err(failed) => Err(failed),
    }
}

async fn send(app: &App, caller: &Caller, uid: &Uid, token: &Digest, told: (&Phone, Voice)) -> Result<Posted> {
    let now = app.now();
    let sms = draw(app, caller, (uid, token), told, Purpose::SecondFactor, now)?;
    let posted = sms.posted();
    let (within, token) = (caller.clone(), token.clone());
    app.write(move |tx| sms.issue(tx, &within, &token, now)).await?;
    app.wake.notify_one();
    Ok(posted)
}
