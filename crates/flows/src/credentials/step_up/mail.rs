//! Step-up by a code sent to an address of the account.

use crate::access::SignedIn;
use crate::challenge::{self, Form, Guess, Sending, Verdict, Wrongs};
use crate::factors::mfa::standing::Means;
use crate::factors::mfa::{self, Factor, Standing};
use crate::factors::release::{self, Release};
use crate::limits::{self, Kind as Counted, Subject};
use crate::profile::account;
use crate::profile::mailbox::{addresses, stands_for_account};
use crate::session::step_up::{Proof, prove, require_enabled};
use crate::{App, Result};
use doorward_model::identifier::Email;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_store::Tx;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Identifier, Kind};

/// What a wrong code is told.
const WRONGS: Wrongs = Wrongs { invalid: Reason::OtpInvalid, used: Reason::OtpUsed, expired: Reason::OtpExpired };

/// As what a code by email is asked for and proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailing {
    /// As itself, where the tenant has step-up.
    Plain,
    /// As a second factor, where the tenant has codes by email as one (1097, 1256).
    SecondFactor,
}

impl Mailing {
    fn require(self, settings: &Settings) -> Result<(), Reason> {
        require_enabled(settings)?;
        if self == Mailing::SecondFactor {
            mfa::require_enabled(settings)?;
            settings.second_factor.email.then_some(()).ok_or(Reason::MfaEmailOtpDisabled)?;
        }
        Ok(())
    }
}

/// Sends a code to this address of the signed-in person, or to the first one that a code may go to.
///
/// 1340 when it is none of theirs or does not stand for the account, 1256 when the account has second factors and codes by
/// email are none of them: a mailbox proves less. 1122 when it had its codes for a while, 1191, 1097 and 1256 by the
/// tenant's switches.
pub async fn send_email_otp(app: &App, signed_in: &SignedIn, email: Option<&Email>, mailing: Mailing) -> Result<()> {
    let (caller, now) = (&signed_in.caller, app.now());
    mailing.require(caller.settings())?;
    let held = account::identifiers(app, signed_in).await?;
    let is_meant = |one: &Identifier| email.is_none_or(|email| one.value == email.as_str());
    let address = addresses(&held).find(|one| is_meant(one) && stands_for_account(one, &held));
    let address = address.ok_or(Reason::EmailNotOnProfile)?;
    let to = (challenge::subject(&app.keys, &caller.tenant.id, Kind::Email, &address.value), address.shown.as_str());
    let sending = Sending::to_mailbox(app, caller, Purpose::StepUp, to, &Form::Code, now)?;
    let (owner, value) = (signed_in.clone(), address.value.clone());
    app.write(move |tx| {
        let uid = &owner.session.uid;
        account::lock(tx, owner.caller.tenant_id(), uid)?;
        require_fit(tx, &owner, &value)?;
        let issued = sending.reissue(tx, &owner.caller, Some(uid), now)?;
        issued.then_some(()).ok_or_else(|| Reason::EmailLimitReached.into())
    })
    .await?;
    app.wake.notify_one();
    Ok(())
}

/// Proves who the signed-in person is by the code that was sent to this address.
///
/// 1340 and 1256 as when it was asked for; 1067, 1068 or 1069 for a wrong, used or too old code. Wrong ones count to the
/// lock of the account (1198, 1132, 1148; the release lifts the latter two).
pub async fn validate_email_otp(
    app: &App,
    signed_in: &SignedIn,
    (email, otp): (&Email, &Secret),
    mailing: Mailing,
    release: &Release,
) -> Result<Proof> {
    let caller = &signed_in.caller;
    mailing.require(caller.settings())?;
    let released = release::release_own(app, signed_in, release).await?;
    let guess = Guess::new(app, caller, Purpose::StepUp, Kind::Email, email.as_str(), otp).released(released);
    let value = email.as_str().to_owned();
    prove(app, signed_in, Means::Factor(Factor::Email), move |tx, owner, _| {
        require_fit(tx, owner, &value)?;
        try_code(tx, owner, &guess)
    })
    .await
}

/// 1340 unless the address stands for the account, 1256 when the account has something that proves more.
fn require_fit(tx: &mut Tx, owner: &SignedIn, value: &str) -> Result<()> {
    let (tenant, uid) = (owner.caller.tenant_id(), &owner.session.uid);
    let held = identifiers::list(tx, tenant, uid)?;
    if !addresses(&held).any(|one| one.value == value && stands_for_account(one, &held)) {
        return Err(Reason::EmailNotOnProfile.into());
    }
    let usable = Standing::load(tx, tenant, uid)?.usable(owner.caller.settings());
    if !Means::Factor(Factor::Email).is_highest(&usable) {
        return Err(Reason::MfaEmailOtpDisabled.into());
    }
    Ok(())
}

/// Tries a code that was sent to the signed-in person, and uses it up.
pub(crate) fn try_code(tx: &mut Tx, owner: &SignedIn, guess: &Guess) -> Result<Result<(), Refusal>> {
    let (tenant, uid) = (&owner.caller.tenant, &owner.session.uid);
    let code = match guess.judge(tx, Some(uid), Counted::SecondFactor)? {
        Verdict::Right(code) => code,
        Verdict::Wrong => return Ok(Err(guess.explain(tx, &WRONGS)?.into())),
        Verdict::Locked(refusal) => return Ok(Err(refusal)),
    };
    if !guess.consume(tx, &code)? {
        return Ok(Err(Reason::OtpUsed.into()));
    }
    limits::clear(tx, tenant, &Subject::Account(uid.clone()), Counted::SecondFactor)?;
    Ok(Ok(()))
}
