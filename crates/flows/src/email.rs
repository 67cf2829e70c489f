//! Proving that a person holds an email address, by the link or the code in a message.

use crate::access::Caller;
use crate::code::{Guess, Verdict, Wrongs, quota};
use crate::limits::{self, Kind as Counted, Subject};
use crate::notify::{self, Delivery, Prepared, Receiver, Template, Values};
use crate::outside::Channel;
use crate::session::{self, Fresh, Login};
use crate::{App, Result};
use data_encoding::HEXLOWER;
use doorward_model::id::Uid;
use doorward_model::identifier::Email;
use doorward_model::keys::{Digest, Purpose as KeyPurpose};
use doorward_model::origin::Pattern;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::{Span, Timestamp};
use doorward_store::challenges::{self, Purpose};
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, accounts};

/// How long the link in a verification message works.
const LINK_LIFE: Span = Span::days(3);

/// Where the links of this request lead: the caller's page if it is one of the tenant's (1249 otherwise), else this
/// server, which then verifies by itself.
pub(crate) fn link_base(app: &App, caller: &Caller, verification_url: Option<&str>) -> Result<String> {
    let Some(url) = verification_url.map(str::trim).filter(|url| !url.is_empty()) else {
        return Ok(format!("{}/identity/v2/auth/email?apikey={}&", app.public_url, caller.tenant.api_key));
    };
    let fits = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\#@\"<>".contains(&byte));
    let origin_end = url.find("://").and_then(|at| url[at + 3..].find(['/', '?']).map(|end| at + 3 + end)).unwrap_or(url.len());
    let origin = &url[..origin_end];
    let listed = caller.settings().domains.iter().filter_map(|text| Pattern::parse(text)).any(|own| own.matches(origin));
    if !fits || !(listed || origin.eq_ignore_ascii_case(&app.public_url)) {
        return Err(Reason::VerificationUrlInvalid.into());
    }
    Ok(format!("{url}{}", if url.contains('?') { "&" } else { "?" }))
}

/// Whether somebody has this address: registration forms live on the answer.
pub async fn check_email_availability(app: &App, caller: &Caller, email: &Email) -> Result<bool> {
    let (tenant, email) = (caller.tenant.clone(), email.clone());
    app.read(move |tx| Ok(identifiers::owner(tx, &tenant.id, Kind::Email, email.as_str())?.is_some())).await
}

/// A proof of an address with the message that asks for it, ready before the transaction that issues it.
pub(crate) struct EmailSending {
    subject: Digest,
    code: Digest,
    message: Prepared,
    expires_at: Timestamp,
}

impl EmailSending {
    /// Draws a link or, for tenants with OTP verification, a code. A process without mail queues it all the same: it
    /// goes out when mail is set up, if that is soon enough.
    pub(crate) fn prepare(app: &App, caller: &Caller, email: &Email, link_base: &str, now: Timestamp) -> Result<EmailSending> {
        let (tenant, settings) = (&caller.tenant, caller.settings());
        let subject = app.subject(tenant, Kind::Email, email.as_str());
        let (code, values, expires_at) = if settings.otp_email_verification {
            let code = app.draw_code(tenant, Purpose::VerifyEmail, &subject);
            let values = Values { code: Some(code.text), seconds: settings.otp.seconds, link: None };
            (code.digest, values, now.plus(settings.otp.life()))
        } else {
            let token = HEXLOWER.encode(&app.random::<16>());
            let link = format!("{link_base}vtype=emailverification&verificationtoken={token}&vtoken={token}");
            (link_digest(app, caller, &token), Values { link: Some(link), ..Values::default() }, now.plus(LINK_LIFE))
        };
        let receiver = Receiver { channel: Channel::Email, to: email.shown().to_owned() };
        let message = Prepared::compose(app, tenant, Template::VerifyEmail, &receiver, &values, expires_at)?;
        Ok(EmailSending { subject, code, message, expires_at })
    }

    /// Issues it to `uid`, or to nobody; false when the address had its messages for a while.
    #[must_use = "false means that nothing was issued"]
    pub(crate) fn issue(&self, tx: &mut Tx, caller: &Caller, uid: Option<&Uid>, now: Timestamp) -> Result<bool> {
        let new = challenges::New {
            purpose: Purpose::VerifyEmail,
            subject: self.subject.clone(),
            uid: uid.cloned(),
            code: self.code.clone(),
            expires_at: self.expires_at,
        };
        if !challenges::issue(tx, caller.tenant_id(), &new, quota(&caller.tenant), now)? {
            return Ok(false);
        }
        let delivery = if uid.is_some() { Delivery::Send } else { Delivery::Withhold };
        self.message.queue(tx, caller.tenant_id(), delivery, now)?;
        Ok(true)
    }
}

/// The hash a link's token is found by: bound to its purpose alone, since nothing else comes with it.
fn link_digest(app: &App, caller: &Caller, token: &str) -> Digest {
    let token = token.trim().to_ascii_lowercase();
    app.keys.digest(KeyPurpose::OneTimeCode, caller.tenant_id(), &format!("verify-email-link:{token}"))
}

/// Proves the address that the link was sent to and signs its owner in; 973 for an unknown token, 974 for a used one,
/// 975 for one that is too old.
pub async fn verify_email_by_link(app: &App, caller: &Caller, token: &Secret) -> Result<Login> {
    let (within, now) = (caller.clone(), app.now());
    let fresh = Fresh::draw(app, caller, now);
    let digest = link_digest(app, caller, token.expose());
    let prover = app.clone();
    let begun = app
        .write(move |tx| {
            let tenant = &within.tenant;
            let Some(found) = challenges::by_code(tx, &tenant.id, Purpose::VerifyEmail, &digest)? else {
                return Ok(Err(Reason::EmailLinkInvalid.into()));
            };
            if found.consumed_at.is_some() {
                return Ok(Err(Reason::EmailLinkUsed.into()));
            }
            if now >= found.expires_at {
                return Ok(Err(Reason::EmailLinkExpired.into()));
            }
            let Some(uid) = found.uid else { return Ok(Err(Reason::EmailLinkInvalid.into())) };
            // A link has no tries to count: nobody guesses 128 random bits.
            if !challenges::consume(tx, &tenant.id, Purpose::VerifyEmail, &found.subject, &digest, i64::MAX, now)? {
                return Ok(Err(Reason::EmailLinkUsed.into()));
            }
            prove(&prover, tx, &within, &fresh, &uid, &found.subject, now)
        })
        .await?;
    finish(app, caller, begun)
}

/// Proves an address with its code and signs its owner in; 1188 for a wrong one, 1186 for a used one, 1187 for one
/// that is too old. Failures count like those of a login.
pub async fn verify_email_by_otp(app: &App, caller: &Caller, email: &Email, otp: &Secret) -> Result<Login> {
    let (within, now) = (caller.clone(), app.now());
    let fresh = Fresh::draw(app, caller, now);
    let guess = Guess::new(app, caller, Purpose::VerifyEmail, Kind::Email, email.as_str(), otp);
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
            limits::clear(tx, tenant, &Subject::Account(uid.clone()), Counted::Login)?;
            prove(&prover, tx, &within, &fresh, &uid, guess.subject(), now)
        })
        .await?;
    finish(app, caller, begun)
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
        return Ok(Err(session::refuse_state(state)));
    }
    let held = identifiers::list(tx, &tenant.id, uid)?;
    let mut emails = held.into_iter().filter(|one| one.kind == Kind::Email.as_str());
    let Some(email) = emails.find(|email| app.subject(tenant, Kind::Email, &email.value) == *subject) else {
        // The account gave the address up since the message was sent; whoever reads it there is not the owner.
        return Ok(Err(Reason::EmailLinkInvalid.into()));
    };
    identifiers::verify(tx, &tenant.id, uid, Kind::Email, &email.value, now)?;
    session::begin(tx, caller, fresh, uid, now)
}

fn finish(app: &App, caller: &Caller, begun: Result<session::Begun, Refusal>) -> Result<Login> {
    match begun {
        Ok(begun) => {
            notify::event(caller, "EmailVerification", Some(begun.uid()));
            begun.finish()
        }
        Err(refusal) => {
            app.velocity.count_failure(caller.visit.ip)?;
            Err(refusal.into())
        }
    }
}
