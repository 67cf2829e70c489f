//! Signing in with a password.

use crate::access::{Caller, Tenant};
use crate::identifiers::Named;
pub use crate::identifiers::Typed;
use crate::limits::{self, Kind as Counted, Subject};
use crate::session::{self, Begun, Fresh, Login};
use crate::unlock::{self, Release, Released};
use crate::{App, Result, email, notify};
use doorward_model::id::Uid;
use doorward_model::password::{self, Password, Policy};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::settings::{EmailVerification, Settings};
use doorward_model::time::Timestamp;
use doorward_store::identifiers::{Kind, Owner};
use doorward_store::{Tx, accounts, identifiers, passwords};
use serde_json::json;

/// What the database knows of the one who knocks, before the password is looked at.
struct Known {
    owner: Option<Owner>,
    password: Option<passwords::Current>,
    locked: Option<Refusal>,
}

/// What the hash pool found out.
#[derive(Clone)]
struct Verdict {
    right: bool,
    /// What to note of the stored password: hash with today's parameters, and whether it meets today's rules.
    refreshed: Option<(String, String, bool)>,
}

/// Whether the person asks for the session to last; heard where the tenant has switched that on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remember {
    /// As long as any other.
    No,
    /// As long as the tenant lets remembered ones last.
    Yes,
}

/// Signs in with an identifier and a password.
///
/// Refused with 966 whether the identifier is unknown or the password wrong, after the same work; with 1198, 1132 or 1148
/// while too many failures lock either of them, unless the release lifts that lock; and only with the right password
/// with what else is in the way (991, 1130, 970, 1066). An address that still has to be proved (970) gets the message
/// with its link or code again; 1249 when the page for the link is not the tenant's.
pub async fn login(
    app: &App,
    caller: &Caller,
    typed: &Typed,
    password: &Secret,
    remember: Remember,
    verification_url: Option<&str>,
    release: &Release,
) -> Result<Login> {
    let named = typed.name(caller.settings())?;
    let form = email::form(app, caller, verification_url)?;
    let now = app.now();
    let digest = app.subject(&caller.tenant, named.kind, &named.value);

    app.velocity.count_identifier(&digest)?;
    let released = unlock::release(app, caller, &named, release).await?;
    let known = look_up(app, caller, &named, &digest, released, now).await?;
    if let Some(refusal) = known.locked {
        return Err(refusal.into());
    }
    let subject = Subject::of(known.owner.as_ref().map(|owner| &owner.uid), &digest);
    let verdict = judge(app, caller.settings(), Password::new(password), known.password).await?;

    let fresh = Fresh::draw(app, caller, now);
    let fresh = if remember == Remember::Yes { fresh.remembered(caller.settings(), now) } else { fresh };
    let (within, owner, typed) = (caller.clone(), known.owner, named.clone());
    let begun = app
        .write(move |tx| {
            let tenant = &within.tenant;
            // Asked again: a guess that was under way while the lock tripped is not let through by luck.
            if let Some(refusal) = limits::barred(tx, tenant, &subject, Counted::Login, released, now)? {
                return Ok(Err(refusal));
            }
            match &owner {
                Some(owner) if verdict.right => admit(tx, &within, &typed, owner, &verdict, &fresh, now),
                _ => {
                    let left = limits::count(tx, tenant, &subject, Counted::Login, now)?;
                    Ok(Err(wrong(tenant, left)))
                }
            }
        })
        .await?;
    match begun {
        Ok(begun) => {
            notify::event(caller, "Login", Some(begun.uid()));
            begun.finish()
        }
        Err(refusal) => {
            if refusal.reason == Reason::CredentialsInvalid {
                app.velocity.count_failure(caller.visit.ip)?;
            }
            if refusal.reason == Reason::EmailNotVerified {
                email::send_again(app, caller, &named, &form).await?;
            }
            Err(refusal.into())
        }
    }
}

async fn look_up(
    app: &App,
    caller: &Caller,
    named: &Named,
    digest: &doorward_model::keys::Digest,
    released: Released,
    now: Timestamp,
) -> Result<Known> {
    let (tenant, named, digest) = (caller.tenant.clone(), named.clone(), digest.clone());
    app.read(move |tx| {
        let owner = identifiers::owner(tx, &tenant.id, named.kind, &named.value)?;
        // An identifier that nobody has asks the same questions, of nobody.
        let uid = owner.as_ref().map_or_else(|| Uid::new(""), |owner| owner.uid.clone());
        let password = passwords::current(tx, &tenant.id, &uid)?;
        let subject = Subject::of(owner.as_ref().map(|owner| &owner.uid), &digest);
        let locked = limits::barred(tx, &tenant, &subject, Counted::Login, released, now)?;
        Ok(Known { owner, password, locked })
    })
    .await
}

/// Verifies on the pool, with what else needs the password's text.
async fn judge(
    app: &App,
    settings: &Settings,
    password: Password,
    current: Option<passwords::Current>,
) -> Result<Verdict> {
    let policy: Policy = settings.password.clone();
    let salt = app.random();
    app.hashing
        .run(move || {
            let stored = current.as_ref().map_or(password::NOBODYS, |current| &current.hash);
            let right = password::verify(&password, stored);
            let Some(current) = current.filter(|_| right) else { return Verdict { right: false, refreshed: None } };
            let is_secure = password.check_form(&policy).is_ok();
            let outdated = password::is_outdated(&current.hash);
            let refreshed = (outdated || is_secure != current.is_secure).then(|| {
                let new = if outdated { password::hash(&password, salt) } else { current.hash.clone() };
                (current.hash.clone(), new, is_secure)
            });
            Verdict { right: true, refreshed }
        })
        .await
}

/// The password was right: whatever else is in the way is told now, or the session begins.
fn admit(
    tx: &mut Tx,
    caller: &Caller,
    named: &Named,
    owner: &Owner,
    verdict: &Verdict,
    fresh: &Fresh,
    now: Timestamp,
) -> Result<Result<Begun, Refusal>> {
    let tenant = &caller.tenant;
    let state = accounts::state(tx, &tenant.id, &owner.uid)?;
    if !state.is_some_and(|state| state.is_active && !state.login_disabled) {
        return Ok(Err(session::refuse_state(state)));
    }
    if let Some(reason) = unproved(tx, tenant, named.kind, owner)? {
        return Ok(Err(reason.into()));
    }
    limits::clear(tx, tenant, &Subject::Account(owner.uid.clone()), Counted::Login)?;
    if let Some((old, new, is_secure)) = &verdict.refreshed {
        passwords::refresh(tx, &tenant.id, &owner.uid, old, new, *is_secure)?;
    }
    session::begin(tx, caller, fresh, &owner.uid, now)
}

/// Why an account with an identifier that was never proved does not sign in.
pub(crate) fn unproved(tx: &mut Tx, tenant: &Tenant, kind: Kind, owner: &Owner) -> Result<Option<Reason>> {
    let needs_email = tenant.settings.email_verification == EmailVerification::Required;
    Ok(match kind {
        Kind::Phone if owner.verified_at.is_none() => Some(Reason::PhoneNotVerified),
        Kind::Email if owner.verified_at.is_none() && needs_email => Some(Reason::EmailNotVerified),
        // A user name proves nothing: whoever registered it with an address has to prove that first.
        Kind::Username if needs_email => {
            let held = identifiers::list(tx, &tenant.id, &owner.uid)?;
            let mut emails = held.iter().filter(|one| one.kind == Kind::Email.as_str()).peekable();
            let waits = emails.peek().is_some() && emails.all(|email| email.verified_at.is_none());
            waits.then_some(Reason::EmailNotVerified)
        }
        Kind::Phone | Kind::Email | Kind::Username => None,
    })
}

fn wrong(tenant: &Tenant, left: i64) -> Refusal {
    let refusal = Refusal::from(Reason::CredentialsInvalid);
    if tenant.settings.remaining_attempts {
        return refusal.with_data(json!({ "RemainingAttempts": left }));
    }
    refusal
}
