//! Signing in with a password.

use super::takeover;
use crate::access::Caller;
use crate::app::Tenant;
use crate::factors::release::{self, Release};
use crate::factors::renewal;
use crate::limits::{self, Kind as Counted, Released, Subject, captcha};
use crate::notify::{self, Template, Voice};
use crate::profile::account::{self, unproved};
use crate::profile::identifiers::{Named, Typed};
use crate::registration::verification;
use crate::session::{self, Begun, Fresh, Login, Remember};
use crate::{App, Result, challenge};
use doorward_model::id::Uid;
use doorward_model::keys::Digest;
use doorward_model::password::{self, Password};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::settings::ProtectedApis;
use doorward_model::time::Timestamp;
use doorward_store::identifiers::{self, Kind, Owner};
use doorward_store::{Tx, accounts, passwords};
use fitness::Fitness;
use serde_json::json;

mod fitness;

/// What the database knows of the one who knocks, before the password is looked at.
struct Known {
    owner: Option<Owner>,
    password: Option<passwords::Current>,
    locked: Option<Refusal>,
}

/// What the hash pool found out.
#[derive(Clone, Default)]
struct Verdict {
    right: bool,
    /// When the password that was looked at was set.
    set_at: Option<Timestamp>,
    /// What to note of the stored password: hash with today's parameters, and whether it meets today's rules.
    refreshed: Option<(String, String, bool)>,
    /// Whether it is on the shipped list of stolen passwords.
    leaked: bool,
}

/// Which path a client signs in by.
#[derive(Clone, Copy, PartialEq)]
enum Door {
    Plain,
    Mfa,
}

/// A login as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Who it is.
    pub typed: &'a Typed,
    /// The password.
    pub password: &'a Secret,
    /// Whether the session shall last.
    pub remember: Remember,
    /// Where the link leads that proves an address which is not proved yet.
    pub verification_url: Option<&'a str>,
    /// What may lift a lock.
    pub release: &'a Release,
    /// How the code of a second phone is told that goes out by itself.
    pub voice: Voice,
}

/// Signs in with an identifier and a password. Where a second factor is due, the login waits for it, unless the tenant
/// sends such clients to [`mfa_login`] (1176).
///
/// Somebody whom nobody here knows is looked for where the tenant's people move from, and taken over if that is right.
///
/// Refused with 966 whether the identifier is unknown or the password wrong, after the same work; with 1198, 1132 or 1148
/// while too many failures lock either of them, unless the release lifts that lock; and only with the right password with
/// what else is in the way (991, 1130, 970, 1066, 90001, 1316, 1317). An address that still has to be proved (970) gets
/// the message with its link or code again; 1249 when the page for the link is not the tenant's.
pub async fn login(app: &App, caller: &Caller, attempt: Attempt<'_>) -> Result<Login> {
    sign_in(app, caller, attempt, Door::Plain).await
}

/// Signs in as [`login`] does, by the path of clients that know of second factors; 1281 for a call where there are none.
pub async fn mfa_login(app: &App, caller: &Caller, attempt: Attempt<'_>) -> Result<Login> {
    if attempt.voice == Voice::Yes {
        attempt.voice.require_carried(app, caller)?;
    }
    sign_in(app, caller, attempt, Door::Mfa).await
}

async fn sign_in(app: &App, caller: &Caller, attempt: Attempt<'_>, door: Door) -> Result<Login> {
    let Attempt { typed, password, remember, verification_url, release, voice } = attempt;
    let named = typed.name(caller.settings())?;
    let form = verification::form(app, caller, verification_url)?;
    let is_protected = |apis: &ProtectedApis| match named.kind {
        Kind::Email => apis.post_login_by_email_and_password,
        Kind::Phone => apis.post_login_by_phone_and_password,
        Kind::Username => apis.post_login_by_user_name_and_password,
    };
    captcha::require(caller, is_protected, release.captcha.as_ref())?;
    let now = app.now();
    let digest = challenge::subject(&app.keys, &caller.tenant.id, named.kind, &named.value);

    app.velocity.count_identifier(&digest)?;
    let released = release::release(app, caller, &named, release).await?;
    let (known, is_new) = knock(app, caller, &named, password, &digest, released, now).await?;
    let subject = Subject::of(known.owner.as_ref().map(|owner| &owner.uid), &digest);
    let password = Password::new(password);
    let verdict = judge(app, caller, password.clone(), known.password).await?;
    let uid = known.owner.as_ref().filter(|_| verdict.right).map(|owner| owner.uid.clone());
    let fitness = match &uid {
        Some(uid) => Fitness::find(app, caller, uid, &password, verdict.leaked, now).await?,
        None => Fitness::default(),
    };
    let tells = fitness.tells();

    let fresh = Fresh::draw(app, caller, now);
    let fresh = if remember == Remember::Yes { fresh.remembered(caller.settings(), now) } else { fresh };
    let is_refused = door == Door::Plain && caller.settings().second_factor.refuse_plain_login;
    let fresh = if is_refused { fresh.in_one_step() } else { fresh };
    let (within, owner, typed) = (caller.clone(), known.owner, named.clone());
    let begun = app
        .write(move |tx| {
            let tenant = &within.tenant;
            // Asked again: a guess that was under way while the lock tripped is not let through by luck.
            if let Some(refusal) = limits::enter(tx, tenant, &subject, Counted::Login, released, now)? {
                return Ok(Err(refusal));
            }
            match &owner {
                Some(owner) if verdict.right => {
                    admit(tx, &within, &typed, owner, &verdict, &fitness, &fresh, released, now)
                }
                _ => {
                    let left = limits::count(tx, tenant, &subject, Counted::Login, now)?;
                    Ok(Err(wrong(tenant, left)))
                }
            }
        })
        .await?;
    match begun {
        Ok(begun) => {
            if tells {
                app.wake.notify_one();
            }
            if begun.is_complete() {
                notify::event(caller, "Login", Some(begun.uid()));
            }
            begun.told(voice).finish(app, caller).await
        }
        Err(refusal) => {
            if refusal.reason == Reason::CredentialsInvalid && !is_new {
                app.velocity.count_failure(caller.visit.ip)?;
                if takeover::is_on(app, caller) {
                    takeover::wait_as_long(app).await;
                }
            }
            if refusal.reason == Reason::EmailNotVerified {
                verification::send_again(app, caller, &named, &form).await?;
            }
            Err(send_renewal(app, caller, uid.as_ref(), refusal, now).await?.into())
        }
    }
}

/// Whom the identifier belongs to, if nothing locks it; and whether nobody here had it before this login.
async fn knock(
    app: &App,
    caller: &Caller,
    named: &Named,
    password: &Secret,
    digest: &Digest,
    released: Released,
    now: Timestamp,
) -> Result<(Known, bool)> {
    let known = look_up(app, caller, named, digest, released, now).await?;
    if let Some(refusal) = known.locked {
        return Err(refusal.into());
    }
    if known.owner.is_some() || !takeover::is_on(app, caller) {
        return Ok((known, false));
    }
    // Counted beforehand, so that whoever guesses too fast here does not guess there.
    app.velocity.count_failure(caller.visit.ip)?;
    takeover::try_there(app, caller, named, password, digest, now).await?;
    Ok((look_up(app, caller, named, digest, released, now).await?, true))
}

/// What the owner of a password that may not be used any more is told, once the code for a new one is on its way.
async fn send_renewal(
    app: &App,
    caller: &Caller,
    uid: Option<&Uid>,
    refusal: Refusal,
    now: Timestamp,
) -> Result<Refusal> {
    let template = match refusal.reason {
        Reason::PasswordExpired => Template::PasswordExpired,
        Reason::PasswordBreachedMailSent => Template::PasswordBreached,
        _ => return Ok(refusal),
    };
    let Some(uid) = uid else { return Ok(refusal) };
    let sent = renewal::send_code(app, caller, uid, template, now).await?;
    let waits = refusal.reason == Reason::PasswordBreachedMailSent && !sent;
    Ok(if waits { Reason::PasswordResetPending.into() } else { refusal })
}

async fn look_up(
    app: &App,
    caller: &Caller,
    named: &Named,
    digest: &Digest,
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
async fn judge(app: &App, caller: &Caller, password: Password, current: Option<passwords::Current>) -> Result<Verdict> {
    let policy = caller.settings().password.clone();
    let salt = app.random();
    app.hashing
        .run(move || {
            let stored = current.as_ref().map_or(password::NOBODYS, |current| &current.hash);
            let right = password::verify(&password, stored);
            let Some(current) = current.filter(|_| right) else { return Verdict::default() };
            let is_secure = password.check_form(&policy).is_ok();
            let outdated = password::is_outdated(&current.hash);
            let refreshed = (outdated || is_secure != current.is_secure).then(|| {
                let new = if outdated { password::hash(&password, salt) } else { current.hash.clone() };
                (current.hash.clone(), new, is_secure)
            });
            let set_at = Some(current.changed_at);
            Verdict { right: true, set_at, refreshed, leaked: password.is_known_leaked() }
        })
        .await
}

/// The password was right: whatever else is in the way is told now, or the session begins.
#[expect(clippy::too_many_arguments, reason = "everything that was found out before the transaction meets here")]
fn admit(
    tx: &mut Tx,
    caller: &Caller,
    named: &Named,
    owner: &Owner,
    verdict: &Verdict,
    fitness: &Fitness,
    fresh: &Fresh,
    released: Released,
    now: Timestamp,
) -> Result<Result<Begun, Refusal>> {
    let tenant = &caller.tenant;
    let state = accounts::state(tx, &tenant.id, &owner.uid)?;
    if !state.is_some_and(|state| state.is_active && !state.login_disabled) {
        return Ok(Err(account::refuse_state(state)));
    }
    if let Some(reason) = unproved(tx, tenant, named.kind, owner)? {
        return Ok(Err(reason.into()));
    }
    if let Some(reason) = fitness.weigh(tx, caller, &owner.uid, now)? {
        return Ok(Err(reason.into()));
    }
    limits::clear_released(tx, tenant, &Subject::Account(owner.uid.clone()), released, now)?;
    if let Some((old, new, is_secure)) = &verdict.refreshed {
        passwords::refresh(tx, &tenant.id, &owner.uid, old, new, *is_secure)?;
    }
    let begun = session::begin(tx, caller, fresh, &owner.uid, now)?;
    // Asked last, with the account locked: a password that was replaced while this one was verified opens nothing, and
    // one that is replaced from here on ends what this login has begun.
    let set_at = passwords::current(tx, &tenant.id, &owner.uid)?.map(|current| current.changed_at);
    if set_at != verdict.set_at {
        return Err(Reason::CredentialsInvalid.into());
    }
    Ok(begun)
}

fn wrong(tenant: &Tenant, left: i64) -> Refusal {
    let refusal = Refusal::from(Reason::CredentialsInvalid);
    if tenant.settings.remaining_attempts {
        return refusal.with_data(json!({ "RemainingAttempts": left }));
    }
    refusal
}
