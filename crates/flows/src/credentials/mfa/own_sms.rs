//! The second phone of a person who is signed in.

use crate::access::SignedIn;
use crate::challenge::{self, Guess, Posted, Sending, Verdict, Wrongs};
use crate::factors::mfa::change::Change;
use crate::factors::mfa::sms::{enrol, require_unshared};
use crate::factors::mfa::{Factor, Standing, place, require_enabled};
use crate::limits::{self, Kind as Counted};
use crate::notify::{self, Voice};
use crate::profile;
use crate::profile::account::{self, require_recent};
use crate::{App, Result};
use doorward_model::identifier::Phone;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::Kind;
use doorward_store::{second_factors, sessions};
use serde_json::value::RawValue;

fn require_offered(settings: &Settings) -> Result<(), Reason> {
    require_enabled(settings)?;
    Factor::Sms.is_offered(settings).then_some(()).ok_or(Reason::MfaSmsOtpNotEnabled)
}

/// Sends a code to the number that the signed-in person wants as their second phone; until it comes back, the one before
/// it stays.
///
/// Refused: 1097 and 1277 by the tenant's switches, 90006 when the person signed in long ago, 1106 for the number that is
/// it already, 1058 when too many accounts share it, 1071, 1072, 1096, 1123 or 1281 when nothing can be sent there.
pub async fn mfa_update_phone_number_by_token(
    app: &App,
    signed_in: &SignedIn,
    phone: &Phone,
    voice: Voice,
) -> Result<Posted> {
    let (caller, now) = (&signed_in.caller, app.now());
    require_offered(caller.settings())?;
    require_recent(app, signed_in)?;
    let sending = Sending::to_phone(app, caller, Purpose::EnrolSecondFactor, phone, voice, now)?;
    let posted = sending.posted();
    let id = app.guid();
    let subject = challenge::subject(&app.keys, &caller.tenant.id, Kind::Phone, phone.as_str());
    let wanted = second_factors::New {
        factor: Factor::Sms.as_str(),
        sealed: Some(app.keys.seal(&place(caller.tenant_id(), &id), phone.as_str(), app.random())),
        subject: Some(subject.clone()),
        id,
    };
    let (within, uid) = (caller.clone(), signed_in.session.uid.clone());
    app.write(move |tx| {
        let tenant = within.tenant_id();
        account::lock(tx, tenant, &uid)?;
        let standing = Standing::load(tx, tenant, &uid)?;
        if standing
            .verified(Factor::Sms)
            .is_some_and(|row| row.subject.as_ref().is_some_and(|own| own.matches(&subject)))
        {
            return Err(Reason::MfaPhoneSame.into());
        }
        require_unshared(tx, &within, &uid, &subject)?;
        second_factors::want(tx, tenant, &uid, &wanted, now)?;
        let issued = sending.issue(tx, &within, Some(&uid), now)?;
        issued.then_some(()).ok_or_else(|| Reason::SmsLimitReached.into())
    })
    .await?;
    app.wake.notify_one();
    Ok(posted)
}

/// Makes the number with this code the person's second phone and gives their profile; who holds the session has proved a
/// factor by it. 1105 when no number was named, 1067, 1068 or 1069 for a wrong, used or too old code. The owner is told.
pub async fn mfa_verify_phone_number_by_access_token(
    app: &App,
    signed_in: &SignedIn,
    otp: &Secret,
) -> Result<Box<RawValue>> {
    let (caller, now) = (&signed_in.caller, app.now());
    require_offered(caller.settings())?;
    let (uid, session) = (signed_in.session.uid.clone(), signed_in.session.id.clone());
    let (number, factor) = wanted(app, signed_in).await?;
    let guess = Guess::new(app, caller, Purpose::EnrolSecondFactor, Kind::Phone, &number, otp);
    let change = Change::prepare(app, caller, &uid).await?;
    let within = caller.clone();
    let proved = app
        .write(move |tx| {
            let (tenant, uid) = (within.tenant_id(), &uid);
            account::lock(tx, tenant, uid)?;
            let code = match guess.judge(tx, Some(uid), Counted::SecondFactor)? {
                Verdict::Right(code) => code,
                Verdict::Wrong => return Ok(Err(guess.explain(tx, &Wrongs::OF_PHONE)?.into())),
                Verdict::Locked(refusal) => return Ok(Err(refusal)),
            };
            if !guess.consume(tx, &code)? {
                return Ok(Err(Refusal::from(Reason::OtpUsed)));
            }
            enrol(tx, &within, uid, (&number, &factor), now)?;
            sessions::authenticate(tx, tenant, &session, now)?;
            change.follow(tx, &within, uid)?;
            Ok(Ok(profile::load(tx, &within.tenant, uid, now)?))
        })
        .await?;
    match proved {
        Ok(loaded) => {
            app.wake.notify_one();
            notify::event(caller, "AddSecondFactor", Some(&signed_in.session.uid));
            profile::render(&loaded.ok_or(Reason::AccessTokenInvalid)?)
        }
        Err(refusal) => Err(limits::refused(app, caller, refusal)),
    }
}

/// The number that waits for its code, in clear, and the factor that it is to be.
async fn wanted(app: &App, signed_in: &SignedIn) -> Result<(String, second_factors::New)> {
    let (tenant, uid) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone());
    let standing = app.read(move |tx| Standing::load(tx, &tenant.id, &uid)).await?;
    let wanted = standing.wanted(Factor::Sms).ok_or(Reason::MfaCodeRequired)?;
    let place = place(signed_in.caller.tenant_id(), &wanted.id);
    let number = app.keys.open(&place, wanted.sealed.as_deref().unwrap_or_default()).map_err(anyhow::Error::from)?;
    Ok((number, wanted))
}
