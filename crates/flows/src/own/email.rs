//! Proving that a person holds an email address, by the link or the code in a message.

use crate::access::Caller;
use crate::challenge::{self, Guess, Link, Verdict, Wrongs};
use crate::factors::release::{self, Release};
use crate::limits::{self, Kind as Counted, Subject};
use crate::profile::identifiers::Named;
use crate::profile::{account, availability, mailbox};
use crate::session::{self, Fresh, Login};
use crate::{App, Result, notify};
use doorward_model::id::Uid;
use doorward_model::identifier::Email;
use doorward_model::keys::Digest;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, accounts};

mod own;
mod resend;

pub use own::{add_email, delete_email_by_access_token, send_email_verification, send_welcome_email};
pub use resend::resend_email_verification;

/// Whether somebody has this address; 1411 where that is not told.
pub async fn check_email_availability(app: &App, caller: &Caller, email: &Email) -> Result<bool> {
    availability::is_taken(app, caller, Kind::Email, email.as_str()).await
}

/// Proves the address that the link was sent to and signs its owner in; 973 for an unknown token, 974 for a used one,
/// 975 for one that is too old.
pub async fn verify_email_by_link(app: &App, caller: &Caller, token: &Secret) -> Result<Login> {
    let (within, now) = (caller.clone(), app.now());
    let fresh = Fresh::draw(app, caller, now);
    let (prover, link) = (app.clone(), Link::new(app, caller, Purpose::VerifyEmail, token));
    let begun = app
        .write(move |tx| match link.redeem(tx, within.tenant_id(), now)? {
            Ok(redeemed) => prove(&prover, tx, &within, &fresh, &redeemed.uid, &redeemed.subject, now),
            Err(reason) => Ok(Err(reason.into())),
        })
        .await?;
    finish(app, caller, begun).await
}

/// Proves an address with its code and signs its owner in; 1188 for a wrong one, 1186 for a used one, 1187 for one
/// that is too old. Failures count like those of a login; the release lifts a lock of its kind.
pub async fn verify_email_by_otp(
    app: &App,
    caller: &Caller,
    email: &Email,
    otp: &Secret,
    release: &Release,
) -> Result<Login> {
    let named = Named { kind: Kind::Email, value: email.as_str().to_owned() };
    app.velocity.count_identifier(&challenge::subject(&app.keys, &caller.tenant.id, named.kind, &named.value))?;
    let released = release::release(app, caller, &named, release).await?;
    let (within, now) = (caller.clone(), app.now());
    let fresh = Fresh::draw(app, caller, now);
    let guess = Guess::new(app, caller, Purpose::VerifyEmail, Kind::Email, email.as_str(), otp).released(released);
    let (prover, email) = (app.clone(), email.clone());
    let begun = app
        .write(move |tx| {
            let tenant = &within.tenant;
            let owner = identifiers::owner(tx, &tenant.id, Kind::Email, email.as_str())?;
            let uid = owner.map(|owner| owner.uid);
            let code = match guess.judge(tx, uid.as_ref(), Counted::Login)? {
                Verdict::Right(code) => code,
                Verdict::Wrong => return Ok(Err(guess.explain(tx, &WRONGS)?.into())),
                Verdict::Locked(refusal) => return Ok(Err(refusal)),
            };
            let uid = uid.ok_or(Reason::EmailOtpInvalid)?;
            if !guess.consume(tx, &code)? {
                return Ok(Err(Reason::EmailOtpInvalid.into()));
            }
            limits::clear_released(tx, tenant, &Subject::Account(uid.clone()), released, now)?;
            prove(&prover, tx, &within, &fresh, &uid, guess.subject(), now)
        })
        .await?;
    finish(app, caller, begun).await
}

/// What a wrong code is told here.
const WRONGS: Wrongs =
    Wrongs { invalid: Reason::EmailOtpInvalid, used: Reason::EmailOtpUsed, expired: Reason::EmailOtpExpired };

/// Notes the proof on the address that the subject stands for, and signs its owner in; 973 when the account holds the
/// address no more.
fn prove(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    fresh: &Fresh,
    uid: &Uid,
    subject: &Digest,
    now: Timestamp,
) -> Result<Result<session::Begun, Refusal>> {
    let tenant = &caller.tenant;
    let state = accounts::state(tx, &tenant.id, uid)?;
    if !state.is_some_and(|state| state.is_active) {
        return Ok(Err(account::refuse_state(state)));
    }
    let Some(email) = mailbox::held(app, tx, tenant, uid, subject, |_, _| true)? else {
        // The account gave the address up since the message was sent; whoever reads it there is not the owner.
        return Ok(Err(Reason::EmailLinkInvalid.into()));
    };
    identifiers::verify(tx, &tenant.id, uid, Kind::Email, &email.value, now)?;
    let fresh = fresh.clone().after("email-verification", Some(subject.clone()));
    session::try_begin(tx, caller, &fresh, uid, now)
}

async fn finish(app: &App, caller: &Caller, begun: Result<session::Begun, Refusal>) -> Result<Login> {
    match begun {
        Ok(begun) => {
            notify::event(caller, "EmailVerification", Some(begun.uid()));
            begun.finish(app, caller).await
        }
        Err(refusal) => Err(limits::refused(app, caller, refusal)),
    }
}
