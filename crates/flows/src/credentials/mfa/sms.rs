//! Codes sent to a phone, for a login that waits: sent, sent again, and proved.

use crate::access::Caller;
use crate::challenge::Posted;
use crate::factors::mfa::change::Change;
use crate::factors::mfa::codes::{Way, try_code};
use crate::factors::mfa::held::{Held, Tried, find, hold};
use crate::factors::mfa::place;
use crate::factors::mfa::sms::{Number, draw, enrol, number, require_offered, require_unshared};
use crate::notify::Voice;
use crate::session::Login;
use crate::session::second_factor::prove;
use crate::{App, Result};
use doorward_model::identifier::Phone;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::{Json, Tx, mfa_transactions};

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
    let login = app.read(move |tx| Ok(find(&finder, tx, &within, &wanted, now)?.transaction().clone())).await?;
    let sms = draw(app, caller, (&login.uid, &login.token), (phone, voice), Purpose::EnrolSecondFactor, now)?;
    let posted = sms.posted();
    let sealed = app.keys.seal(&place(caller.tenant_id(), &login.id), phone.as_str(), app.random());
    let (app_within, within, token) = (app.clone(), caller.clone(), token.clone());
    app.write(move |tx| {
        let held = hold(&app_within, tx, &within, &token, now)?;
        let (tenant, login) = (within.tenant_id(), held.transaction());
        if !held.standing().usable(within.settings()).is_empty() {
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
            Ok((held.transaction().clone(), number))
        })
        .await?;
    let purpose = if goal.is_new() { Purpose::EnrolSecondFactor } else { Purpose::SecondFactor };
    let sms = draw(app, caller, (&login.uid, &login.token), (goal.phone(), voice), purpose, now)?;
    let posted = sms.posted();
    let (app_within, within, token) = (app.clone(), caller.clone(), token.clone());
    app.write(move |tx| {
        let held = hold(&app_within, tx, &within, &token, now)?;
        // The number may have become another one since it was read.
        if number(&app_within, &held, &within)?.is_none_or(|now| !now.subject().matches(sms.subject())) {
            return Err(Reason::MfaPhoneNotRegistered.into());
        }
        sms.issue_unless_fresh(tx, &within, &login.token, now)
    })
    .await?;
    app.wake.notify_one();
    Ok(posted)
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
        let tried = try_code(&self.app, tx, &self.caller, held, (Way::Phone, number.subject(), &self.otp), now)?;
        if matches!(tried, Tried::Right) && number.is_new() {
            self.enrol(tx, held, number, now)?;
        }
        Ok(tried)
    }

    fn enrol(&self, tx: &mut Tx, held: &Held, number: Number, now: Timestamp) -> Result<()> {
        let (caller, uid) = (&self.caller, &held.transaction().uid);
        let phone = number.phone().clone();
        enrol(tx, caller, uid, (phone.as_str(), &number.into_factor()), now)?;
        Change::to_owner(&self.app, caller, tx, uid)?.tell(tx, caller)
    }
}
