//! A second factor, or what stands in for one, proved once more by somebody who is signed in.

use super::mail::try_code;
use crate::access::SignedIn;
use crate::challenge::{self, Guess, Sending};
use crate::credentials::mfa::get_mfa_settings;
use crate::factors::mfa::authenticator::Tested;
use crate::factors::mfa::standing::Means;
use crate::factors::mfa::{
    Factor, Shown, Standing, backup, require_authenticator, require_backup_codes, require_enabled,
};
use crate::factors::release::{self, Release};
use crate::limits::Kind as Counted;
use crate::notify::Voice;
use crate::profile::account;
use crate::session::step_up::{self, Proof};
use crate::{App, Result};
use doorward_model::backup_code;
use doorward_model::identifier::Phone;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::Kind;

/// What the person brings.
#[derive(Debug, Clone)]
pub enum Given {
    /// The code that was sent to the second phone.
    Otp(Secret),
    /// The code that the authenticator app shows.
    AuthenticatorCode(Secret),
    /// A code of the set on paper.
    BackupCode(Secret),
}

fn require(settings: &Settings) -> Result<(), Reason> {
    step_up::require_enabled(settings)?;
    require_enabled(settings)
}

/// Shows what the signed-in person may prove themselves with, and sends a code to their second phone if they have one.
///
/// 1191, 1097 and 1098 by the tenant's switches, 1101 for somebody without a second factor; 1123 when the number had its
/// codes for a while, 1071, 1072, 1096 or 1281 when nothing can be sent there.
pub async fn reauth_trigger(app: &App, signed_in: &SignedIn, voice: Voice) -> Result<Shown> {
    let settings = signed_in.caller.settings();
    require(settings)?;
    if Factor::offered(settings).next().is_none() {
        return Err(Reason::MfaNotConfigured.into());
    }
    // Whoever proves themselves once more sets nothing up by it.
    let shown = Shown { authenticator: None, ..get_mfa_settings(app, signed_in).await? };
    if shown.verified.is_empty() {
        return Err(Reason::MfaNotConfiguredOnProfile.into());
    }
    if !shown.verified.contains(&Factor::Sms) {
        return Ok(shown);
    }
    let (caller, now) = (&signed_in.caller, app.now());
    let phone = Phone::parse(shown.phone.as_deref().ok_or(Reason::MfaPhoneNotRegistered)?)?;
    let sending = Sending::to_phone(app, caller, Purpose::StepUp, &phone, voice, now)?;
    let posted = sending.posted();
    let subject = challenge::subject(&app.keys, &caller.tenant.id, Kind::Phone, phone.as_str());
    let owner = signed_in.clone();
    app.write(move |tx| {
        let (tenant, uid) = (owner.caller.tenant_id(), &owner.session.uid);
        account::lock(tx, tenant, uid)?;
        let standing = Standing::load(tx, tenant, uid)?;
        let present = standing.verified(Factor::Sms).and_then(|row| row.subject.as_ref());
        if !present.is_some_and(|present| present.matches(&subject)) {
            // It became another one since it was read.
            return Err(Reason::MfaPhoneNotRegistered.into());
        }
        let issued = sending.reissue(tx, &owner.caller, Some(uid), now)?;
        issued.then_some(()).ok_or_else(|| Reason::SmsLimitReached.into())
    })
    .await?;
    app.wake.notify_one();
    Ok(Shown { sms: Some(posted), ..shown })
}

/// Proves who the signed-in person is by a second factor, or by what stands in for one.
///
/// 1191 and 1097 by the tenant's switches. By phone 1277 where there is none, 1101 when the person has none; 1067, 1068 or
/// 1069 for a wrong, used or too old code. By app 1279, 1099; 1102 for a code that is wrong or was used, be it at a login. By
/// backup code 1128; 1129. Wrong ones count to the lock of the account (1198, 1132, 1148; the release lifts the latter two).
pub async fn validate_reauth_mfa(app: &App, signed_in: &SignedIn, given: &Given, release: &Release) -> Result<Proof> {
    require(signed_in.caller.settings())?;
    match given {
        Given::Otp(otp) => by_sms(app, signed_in, otp, release).await,
        Given::AuthenticatorCode(code) => by_authenticator(app, signed_in, code, release).await,
        Given::BackupCode(code) => by_backup_code(app, signed_in, code, release).await,
    }
}

async fn by_sms(app: &App, signed_in: &SignedIn, otp: &Secret, release: &Release) -> Result<Proof> {
    let caller = &signed_in.caller;
    Factor::Sms.is_offered(caller.settings()).then_some(()).ok_or(Reason::MfaSmsOtpNotEnabled)?;
    let (tenant, uid) = (caller.tenant.clone(), signed_in.session.uid.clone());
    let standing = app.read(move |tx| Standing::load(tx, &tenant.id, &uid)).await?;
    let phone = standing.phone(&app.keys, caller.tenant_id())?.ok_or(Reason::MfaNotConfiguredOnProfile)?;
    let released = release::release_own(app, signed_in, release).await?;
    let guess = Guess::new(app, caller, Purpose::StepUp, Kind::Phone, phone.as_str(), otp).released(released);
    step_up::prove(app, signed_in, Means::Factor(Factor::Sms), move |tx, owner, _| {
        let standing = Standing::load(tx, owner.caller.tenant_id(), &owner.session.uid)?;
        let row = standing.verified(Factor::Sms).ok_or(Reason::MfaNotConfiguredOnProfile)?;
        if !row.subject.as_ref().is_some_and(|present| present.matches(guess.subject())) {
            // It became another one since it was read: the code went to a phone that proves nothing any more.
            return Ok(Err(Reason::OtpInvalid.into()));
        }
        try_code(tx, owner, &guess)
    })
    .await
}

async fn by_authenticator(app: &App, signed_in: &SignedIn, code: &Secret, release: &Release) -> Result<Proof> {
    require_authenticator(signed_in.caller.settings())?;
    let released = release::release_own(app, signed_in, release).await?;
    let (judge, code) = (app.clone(), code.clone());
    let tried = (Counted::SecondFactor, Reason::MfaAuthenticatorCodeWrong);
    step_up::prove(app, signed_in, Means::Factor(Factor::Authenticator), move |tx, owner, now| {
        let (caller, uid) = (&owner.caller, &owner.session.uid);
        let standing = Standing::load(tx, caller.tenant_id(), uid)?;
        let tested = Tested::proved(&standing).ok_or(Reason::MfaAuthenticatorNotConfigured)?;
        step_up::judge(tx, owner, tried, released, now, |tx| tested.accepts(&judge, tx, caller, uid, &code, now))
    })
    .await
}

async fn by_backup_code(app: &App, signed_in: &SignedIn, code: &Secret, release: &Release) -> Result<Proof> {
    require_backup_codes(signed_in.caller.settings())?;
    let released = release::release_own(app, signed_in, release).await?;
    let (judge, code) = (app.clone(), backup_code::compared(code));
    let tried = (Counted::SecondFactor, Reason::BackupCodeInvalid);
    step_up::prove(app, signed_in, Means::BackupCode, move |tx, owner, now| {
        let (caller, uid) = (&owner.caller, &owner.session.uid);
        step_up::judge(tx, owner, tried, released, now, |tx| backup::spend(&judge, tx, caller, uid, &code, now))
    })
    .await
}
