//! Step-up: somebody who is signed in proves once more who they are, before something that a stolen token must not do.
//!
//! Each way to prove it ends in [`prove`]: the session counts as recently authenticated, and there is a token by which
//! a back end learns of the proof, once. The ways stand in [`crate::credentials::step_up`].

use crate::access::{Admin, Caller, SignedIn};
use crate::factors::mfa::Standing;
use crate::factors::mfa::standing::Means;
use crate::limits::{self, Kind as Counted, Released, Subject};
use crate::profile::account;
use crate::{App, Result, notify};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::{Digest, Purpose};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_model::time::{Span, Timestamp};
use doorward_store::{Tx, sessions, step_up_tokens};

/// How long a back end may learn of a proof.
const TOKEN_LIFE: Span = Span::minutes(5);

/// 1191 where the tenant has no step-up.
pub fn require_enabled(settings: &Settings) -> Result<(), Reason> {
    settings.step_up.then_some(()).ok_or(Reason::EventMfaDisabled)
}

/// What a back end asks whether it was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The password.
    Password,
    /// The PIN.
    Pin,
    /// Anything else.
    SecondFactor,
}

impl Kind {
    fn of(means: Means) -> Kind {
        match means {
            Means::Password => Kind::Password,
            Means::Pin => Kind::Pin,
            Means::Factor(_) | Means::BackupCode => Kind::SecondFactor,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Kind::Password => "password",
            Kind::Pin => "pin",
            Kind::SecondFactor => "second-factor",
        }
    }
}

/// What somebody gets who proved who they are.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Shows it to the back end, once.
    pub token: Secret,
    /// When the token ends.
    pub expires_at: Timestamp,
}

/// A proof drawn before the transaction that grants it.
#[derive(Debug, Clone)]
struct Drawn {
    proof: Proof,
    digest: Digest,
}

impl Drawn {
    fn draw(app: &App, caller: &Caller, now: Timestamp) -> Drawn {
        let token = Secret::new(app.guid());
        let digest = app.keys.digest(Purpose::StepUp, caller.tenant_id(), token.expose());
        Drawn { proof: Proof { token, expires_at: now.plus(TOKEN_LIFE) }, digest }
    }

    /// Keeps the token, and lets the session count as recently authenticated if nothing would have proved more.
    fn grant(&self, tx: &mut Tx, owner: &SignedIn, means: Means, now: Timestamp) -> Result<()> {
        let (tenant, session) = (owner.caller.tenant_id(), &owner.session);
        let kind = Kind::of(means).as_str();
        step_up_tokens::add(tx, tenant, &self.digest, &session.id, kind, self.proof.expires_at)?;
        let usable = Standing::load(tx, tenant, &session.uid)?.usable(owner.caller.settings());
        if means.is_highest(&usable) {
            sessions::authenticate(tx, tenant, &session.id, now)?;
        }
        Ok(())
    }
}

/// One try of the signed-in person to prove who they are. The attempt judges it with the account locked, counts a wrong
/// one and says what it is told; everything that follows from a right one is written in the same transaction.
pub(crate) async fn prove(
    app: &App,
    signed_in: &SignedIn,
    means: Means,
    attempt: impl Fn(&mut Tx, &SignedIn, Timestamp) -> Result<Result<(), Refusal>> + Send + 'static,
) -> Result<Proof> {
    let (caller, now) = (&signed_in.caller, app.now());
    let drawn = Drawn::draw(app, caller, now);
    let (owner, within) = (signed_in.clone(), drawn.clone());
    let proved = app
        .write(move |tx| {
            account::lock(tx, owner.caller.tenant_id(), &owner.session.uid)?;
            if let Err(refusal) = attempt(tx, &owner, now)? {
                return Ok(Err(refusal));
            }
            within.grant(tx, &owner, means, now)?;
            Ok(Ok(()))
        })
        .await?;
    if let Err(refusal) = proved {
        notify::event(caller, "ReauthenticateFailed", Some(&signed_in.session.uid));
        return Err(limits::refused(app, caller, refusal));
    }
    notify::event(caller, "Reauthenticate", Some(&signed_in.session.uid));
    Ok(drawn.proof)
}

/// Judges a try with the account locked: not looked at while wrong ones have locked the account, unless this request has
/// brought what lifts the lock; a wrong one is counted as `kind` and told `wrong`, a right one forgets those before it.
pub(crate) fn judge(
    tx: &mut Tx,
    owner: &SignedIn,
    (kind, wrong): (Counted, Reason),
    released: Released,
    now: Timestamp,
    is_right: impl FnOnce(&mut Tx) -> Result<bool>,
) -> Result<Result<(), Refusal>> {
    let (tenant, subject) = (&owner.caller.tenant, Subject::Account(owner.session.uid.clone()));
    if let Some(refusal) = limits::enter(tx, tenant, &subject, kind, released, now)? {
        return Ok(Err(refusal));
    }
    if !is_right(tx)? {
        limits::count(tx, tenant, &subject, kind, now)?;
        return Ok(Err(wrong.into()));
    }
    limits::clear(tx, tenant, &subject, kind)?;
    Ok(Ok(()))
}

/// Tells the back end whether an account has just proved itself by means of this kind, and uses the token up. 1193 when
/// the token is unknown, used, too old, another account's, or of another kind, and when its session has ended; 1191 where
/// the tenant has no step-up.
pub async fn validate_second_factor_token(
    app: &App,
    admin: &Admin,
    uid: &Uid,
    kind: Kind,
    token: &Secret,
) -> Result<()> {
    let caller = &admin.caller;
    require_enabled(caller.settings())?;
    let digests = digests(app, caller.tenant_id(), token);
    let (tenant, uid, now) = (caller.tenant.clone(), uid.clone(), app.now());
    app.write(move |tx| {
        for digest in &digests {
            if step_up_tokens::consume(tx, &tenant.id, digest, kind.as_str(), &uid, now)? {
                return Ok(());
            }
        }
        Err(Reason::ReauthTokenInvalid.into())
    })
    .await
}

/// The token under every master key it may have been handed out under.
fn digests(app: &App, tenant: &TenantId, token: &Secret) -> Vec<Digest> {
    app.keys.digests(Purpose::StepUp, tenant, token.expose().trim()).collect()
}
