//! Codes sent to a phone, for a login that waits: sent, sent again, and proved.

use super::codes::{Code, Way, try_code};
use super::own::Change;
use super::proving::{Held, Tried, find, hold, prove};
use super::{Factor, place, require_enabled};
use crate::access::Caller;
use crate::sending::{Posted, Voice, require_reachable};
use crate::session::Login;
use crate::{App, Error, Result};
use doorward_model::id::{TenantId, Uid};
use doorward_model::identifier::Phone;
use doorward_model::keys::{Digest, Keys};
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Json, Tx, mfa_transactions, second_factors};

/// How many accounts may prove themselves with one number.
const MOST_SHARED: i64 = 5;

/// 1097 or 1100 where the tenant has no codes by text message.
pub fn require_offered(settings: &Settings) -> Result<(), Reason> {
    require_enabled(settings)?;
    Factor::Sms.is_offered(settings).then_some(()).ok_or(Reason::MfaSmsOtpDisabled)
}

/// Completes the login by the code that was sent to the account's second phone, or to the one that is being set up, which
/// is proved by it. `templates` are the names of the messages that risk checks send.
///
/// Refused: 1097 and 1100 by the tenant's switches, 1103 and 1104 by the token, 1101 without a number, 1105 while none
/// was sent a code, 1067 for a wrong code, 1069 for one that is too old, 1264 when the account is locked by it.
pub async fn verify_mfa_sms_otp(
    app: &App,
    caller: &Caller,
    token: &Secret,
    otp: &Secret,
    templates: &serde_json::Value,
) -> Result<Login> {
    require_offered(caller.settings())?;
    let attempt = Attempt { app: app.clone(), caller: caller.clone(), otp: otp.clone() };
    prove(app, caller, token, Json::of(templates)?, move |tx, held, now| attempt.run(tx, held, now)).await
}

/// Sends a code to the number that is to become the second factor of an account that has none, in place of an earlier
/// number. It becomes one when the code comes back.
///
/// Refused beside what the token is refused with: 1250 when a factor is proved already, 1106 for the number that was the
/// first factor, 1058 when too many accounts share it, 1123 when it or the login had its codes.
pub async fn mfa_update_phone_number_by_mfa_token(
    app: &App,
    caller: &Caller,
    token: &Secret,
    phone: &Phone,
    voice: Voice,
) -> Result<Posted> {
    require_offered(caller.settings())?;
    let now = app.now();
    let (finder, within, wanted) = (app.clone(), caller.clone(), token.clone());
    let login = app.read(move |tx| Ok(find(&finder, tx, &within, &wanted, now)?.transaction)).await?;
    let sms = draw(app, caller, (&login.uid, &login.token), (phone, voice), Purpose::EnrolSecondFactor, now)?;
    let posted = sms.posted();
    let sealed = app.keys.seal(&place(caller.tenant_id(), &login.id), phone.as_str(), app.random());
    let (app_within, within, token) = (app.clone(), caller.clone(), token.clone());
    app.write(move |tx| {
        let held = hold(&app_within, tx, &within, &token, now)?;
        let (tenant, login) = (within.tenant_id(), &held.transaction);
        if !held.standing.usable(within.settings()).is_empty() {
            return Err(Reason::MfaPhoneUpdateNotAllowed.into());
        }
        if login.spent.as_ref().is_some_and(|spent| spent.matches(sms.subject())) {
            return Err(Reason::MfaPhoneSame.into());
        }
        require_unshared(tx, &within, &login.uid, sms.subject())?;
        mfa_transactions::want(tx, tenant, &login.token, &sealed, sms.subject())?;
        sms.issue_unless_fresh(tx, &within, &login.token, now)
    })
    .await?;
    app.wake.notify_one();
    Ok(posted)
}

/// Sends a new code to the number of a login that waits; the one before it is void, and its wrong tries stay counted.
/// 1117 when the login has no number, 1123 when it had its codes.
pub async fn resend_mfa_otp(app: &App, caller: &Caller, token: &Secret, voice: Voice) -> Result<Posted> {
    require_offered(caller.settings())?;
    let now = app.now();
    let (finder, within, wanted) = (app.clone(), caller.clone(), token.clone());
    let (login, goal) = app
        .read(move |tx| {
            let held = find(&finder, tx, &within, &wanted, now)?;
            let number = number(&finder, &held, &within)?.ok_or(Reason::MfaPhoneNotRegistered)?;
            Ok((held.transaction.clone(), number))
        })
        .await?;
    let phone = goal.phone;
    let purpose = if goal.is_new { Purpose::EnrolSecondFactor } else { Purpose::SecondFactor };
    let sms = draw(app, caller, (&login.uid, &login.token), (&phone, voice), purpose, now)?;
    let posted = sms.posted();
    let (app_within, within, token) = (app.clone(), caller.clone(), token.clone());
    app.write(move |tx| {
        let held = hold(&app_within, tx, &within, &token, now)?;
        // The number may have become another one since it was read.
        if number(&app_within, &held, &within)?.is_none_or(|now| !now.subject.matches(sms.subject())) {
            return Err(Reason::MfaPhoneNotRegistered.into());
        }
        sms.issue_unless_fresh(tx, &within, &login.token, now)
    })
    .await?;
    app.wake.notify_one();
    Ok(posted)
}

/// The number that the codes of a login go to.
struct Number {
    id: String,
    sealed: Vec<u8>,
    phone: Phone,
    subject: Digest,
    /// Whether it is no factor until its code comes back.
    is_new: bool,
}

/// The account's second phone, unless it was the first factor; for an account without any factor the one that is being
/// set up.
fn number(app: &App, held: &Held, caller: &Caller) -> Result<Option<Number>> {
    let login = &held.transaction;
    let verified = held.standing.verified(Factor::Sms);
    let (id, sealed) = match verified {
        Some(row) => (&row.id, row.sealed.as_ref()),
        None if !held.standing.usable(caller.settings()).is_empty() => return Ok(None),
        None => (&login.id, login.wanted.as_ref()),
    };
    let Some(sealed) = sealed else { return Ok(None) };
    let phone = open(&app.keys, caller.tenant_id(), id, sealed)?;
    // What is kept beside the number may have been hashed under an earlier key, and so may what it is compared with.
    let subject = app.subject(&caller.tenant, Kind::Phone, phone.as_str());
    let is_new = verified.is_none();
    let is_spent = !is_new && login.spent.as_ref().is_some_and(|spent| spent.matches(&subject));
    Ok((!is_spent).then(|| Number { id: id.clone(), sealed: sealed.clone(), phone, subject, is_new }))
}

/// The number that the codes of a login go to, in clear and as a keyed hash.
pub(super) fn receiver(app: &App, caller: &Caller, held: &Held) -> Result<Option<(Phone, Digest)>> {
    Ok(number(app, held, caller)?.map(|number| (number.phone, number.subject)))
}

/// The number that was sealed under this id.
pub(super) fn open(keys: &Keys, tenant: &TenantId, id: &str, sealed: &[u8]) -> Result<Phone> {
    Ok(Phone::parse(&keys.open(&place(tenant, id), sealed).map_err(anyhow::Error::from)?)?)
}

/// 1058 when as many other accounts as may prove themselves with this number.
pub(super) fn require_unshared(tx: &mut Tx, caller: &Caller, uid: &Uid, subject: &Digest) -> Result<()> {
    let others = second_factors::others_with(tx, caller.tenant_id(), uid, Factor::Sms.as_str(), subject)?;
    (others < MOST_SHARED).then_some(()).ok_or_else(|| Reason::PhoneTaken.into())
}

/// Gives the account a number that its code has proved, which also proves the login phone if it is the same.
pub(super) fn enrol(
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

/// One try of a code.
struct Attempt {
    app: App,
    caller: Caller,
    otp: Secret,
}

impl Attempt {
    fn run(&self, tx: &mut Tx, held: &Held, now: Timestamp) -> Result<Tried> {
        let number = number(&self.app, held, &self.caller)?.ok_or(Reason::MfaNotConfiguredOnProfile)?;
        let tried = try_code(&self.app, tx, &self.caller, held, (Way::Phone, &number.subject, &self.otp), now)?;
        if matches!(tried, Tried::Right) && number.is_new {
            self.enrol(tx, held, number, now)?;
        }
        Ok(tried)
    }

    fn enrol(&self, tx: &mut Tx, held: &Held, number: Number, now: Timestamp) -> Result<()> {
        let (caller, uid) = (&self.caller, &held.transaction.uid);
        let factor = second_factors::New {
            factor: Factor::Sms.as_str(),
            id: number.id,
            sealed: Some(number.sealed),
            subject: Some(number.subject),
        };
        enrol(tx, caller, uid, (number.phone.as_str(), &factor), now)?;
        Change::to_owner(&self.app, caller, tx, uid)?.tell(tx, caller)
    }
}

/// Draws a code for a number; refused when nothing can be sent there (1071, 1072, 1096, 1281).
fn draw(
    app: &App,
    caller: &Caller,
    login: (&Uid, &Digest),
    (phone, voice): (&Phone, Voice),
    purpose: Purpose,
    now: Timestamp,
) -> Result<Code> {
    require_reachable(app, caller, phone, voice)?;
    let subject = app.subject(&caller.tenant, Kind::Phone, phone.as_str());
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
