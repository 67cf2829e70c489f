//! Codes by email as the second factor of a person who is signed in.

use crate::access::SignedIn;
use crate::challenge::{self, Form, Guess, Sending, Verdict, Wrongs};
use crate::factors::mfa::change::Change;
use crate::factors::mfa::email::{factor, require_offered};
use crate::limits::{self, Kind as Counted};
use crate::profile;
use crate::profile::account::{self, require_recent};
use crate::profile::mailbox::addresses;
use crate::{App, Result, notify};
use doorward_model::identifier::Email;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{second_factors, sessions};
use serde_json::value::RawValue;

/// What a wrong code is told.
const WRONGS: Wrongs = Wrongs { invalid: Reason::OtpInvalid, used: Reason::OtpUsed, expired: Reason::OtpExpired };

/// Sends a code to an address of the signed-in person, who wants codes by email as second factor; without one, to the
/// only one there is (908 when there are more).
///
/// Refused: 1097 and 1256 by the tenant's switches, 90006 when the person signed in long ago, 1340 for an address that
/// they did not prove, 1122 when it had its codes.
pub async fn resend_two_factor_email_otp(app: &App, signed_in: &SignedIn, email: Option<&Email>) -> Result<()> {
    let (caller, now) = (&signed_in.caller, app.now());
    require_offered(caller.settings())?;
    require_recent(app, signed_in)?;
    let held = account::identifiers(app, signed_in).await?;
    let address = match email {
        Some(email) => proved(&held, email)?,
        None => only(&held)?,
    };
    let subject = challenge::subject(&app.keys, &caller.tenant.id, Kind::Email, &address.value);
    app.velocity.count_identifier(&subject)?;
    let mailbox = (subject, address.shown.as_str());
    let sending = Sending::to_mailbox(app, caller, Purpose::EnrolSecondFactor, mailbox, &Form::Code, now)?;
    let (within, uid) = (caller.clone(), signed_in.session.uid.clone());
    app.write(move |tx| {
        account::lock(tx, within.tenant_id(), &uid)?;
        let issued = sending.reissue(tx, &within, Some(&uid), now)?;
        issued.then_some(()).ok_or_else(|| Reason::EmailLimitReached.into())
    })
    .await?;
    app.wake.notify_one();
    Ok(())
}

/// Makes codes by email a second factor of the signed-in person, by one that went to an address of theirs, and gives
/// their profile; who holds the session has proved a factor by it. 1340 for an address that they did not prove, 1067,
/// 1068 or 1069 for a wrong, used or too old code. The owner is told.
pub async fn email_otp_auth_verification_by_access_token(
    app: &App,
    signed_in: &SignedIn,
    email: &Email,
    otp: &Secret,
) -> Result<Box<RawValue>> {
    let (caller, now) = (&signed_in.caller, app.now());
    require_offered(caller.settings())?;
    let (uid, session) = (signed_in.session.uid.clone(), signed_in.session.id.clone());
    let guess = Guess::new(app, caller, Purpose::EnrolSecondFactor, Kind::Email, email.as_str(), otp);
    let change = Change::prepare(app, caller, &uid).await?;
    let (within, email, factor) = (caller.clone(), email.clone(), factor(app.guid()));
    let verified = app
        .write(move |tx| {
            let (tenant, uid) = (within.tenant_id(), &uid);
            account::lock(tx, tenant, uid)?;
            proved(&identifiers::list(tx, tenant, uid)?, &email)?;
            let code = match guess.judge(tx, Some(uid), Counted::SecondFactor)? {
                Verdict::Right(code) => code,
                Verdict::Wrong => return Ok(Err(guess.explain(tx, &WRONGS)?.into())),
                Verdict::Locked(refusal) => return Ok(Err(refusal)),
            };
            if !guess.consume(tx, &code)? {
                return Ok(Err(Refusal::from(Reason::OtpUsed)));
            }
            second_factors::put(tx, tenant, uid, &factor, now)?;
            sessions::authenticate(tx, tenant, &session, now)?;
            change.follow(tx, &within, uid)?;
            Ok(Ok(profile::load(tx, &within.tenant, uid, now)?))
        })
        .await?;
    match verified {
        Ok(loaded) => {
            app.wake.notify_one();
            notify::event(caller, "AddSecondFactor", Some(&signed_in.session.uid));
            profile::render(&loaded.ok_or(Reason::AccessTokenInvalid)?)
        }
        Err(refusal) => Err(limits::refused(app, caller, refusal)),
    }
}

fn proved<'a>(held: &'a [Identifier], email: &Email) -> Result<&'a Identifier, Reason> {
    let mut proved = addresses(held).filter(|one| one.verified_at.is_some());
    proved.find(|one| one.value == email.as_str()).ok_or(Reason::EmailNotOnProfile)
}

fn only(held: &[Identifier]) -> Result<&Identifier, Refusal> {
    let mut proved = addresses(held).filter(|one| one.verified_at.is_some());
    match (proved.next(), proved.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Reason::EmailNotOnProfile.into()),
        (Some(_), Some(_)) => Err(Refusal::missing("emailid")),
    }
}
