//! Locks that need not wait for their end: the answer to a captcha or to security questions lifts them.

use super::security_answers::{self, Asked};
use crate::access::{Caller, SignedIn};
use crate::limits::{self, Kind as Counted, Released, Subject, captcha};
use crate::profile::identifiers::Named;
use crate::{App, Result, challenge};
use doorward_model::id::Uid;
use doorward_model::keys::Digest;
use doorward_model::security_question::Answers;
use doorward_model::settings::LockKind;
use doorward_store::identifiers;

/// What a request brings to lift a lock, beside the credential itself.
#[derive(Debug, Clone, Default)]
pub struct Release {
    /// The answer to a captcha.
    pub captcha: Option<captcha::Response>,
    /// Answers to the account's security questions.
    pub answers: Option<Answers>,
}

/// Judges what a request brings against the lock on the sign-in of whom it names, if there is one. A wrong captcha is
/// refused (982), and so are wrong answers (1091, 1093, 1094), which are counted, and after too many of them any (1198).
///
/// Without a lock, or with one that time alone lifts, nothing is judged. The same is told of an identifier that nobody
/// has, after the same work.
pub(crate) async fn release(app: &App, caller: &Caller, named: &Named, release: &Release) -> Result<Released> {
    if release.captcha.is_none() && release.answers.is_none() {
        return Ok(Released::default());
    }
    let digest = challenge::subject(&app.keys, &caller.tenant.id, named.kind, &named.value);
    let (keys, tenant, named, now) = (app.keys.clone(), caller.tenant.clone(), named.clone(), app.now());
    let (subject, asked, lock) = app
        .read(move |tx| {
            let owner = identifiers::owner(tx, &tenant.id, named.kind, &named.value)?.map(|owner| owner.uid);
            let subject = Subject::of(owner.as_ref(), &digest);
            let lock = limits::lock(tx, &tenant, &subject, Counted::Login, now)?;
            Ok((subject, Asked::load(&keys, tx, &tenant, owner.as_ref(), &digest)?, lock))
        })
        .await?;
    judge(app, caller, subject, asked, lock.map(|lock| lock.kind), release).await
}

/// The same of somebody who was named before, by the keyed hash of what they were named with.
pub(crate) async fn release_of(
    app: &App,
    caller: &Caller,
    uid: Option<&Uid>,
    digest: &Digest,
    release: &Release,
) -> Result<Released> {
    if release.captcha.is_none() && release.answers.is_none() {
        return Ok(Released::default());
    }
    let (keys, tenant, now) = (app.keys.clone(), caller.tenant.clone(), app.now());
    let (uid, digest) = (uid.cloned(), digest.clone());
    let subject = Subject::of(uid.as_ref(), &digest);
    let within = subject.clone();
    let (asked, lock) = app
        .read(move |tx| {
            let lock = limits::lock(tx, &tenant, &within, Counted::Login, now)?;
            Ok((Asked::load(&keys, tx, &tenant, uid.as_ref(), &digest)?, lock))
        })
        .await?;
    judge(app, caller, subject, asked, lock.map(|lock| lock.kind), release).await
}

/// The same of the signed-in person's own account.
pub(crate) async fn release_own(app: &App, signed_in: &SignedIn, release: &Release) -> Result<Released> {
    if release.captcha.is_none() && release.answers.is_none() {
        return Ok(Released::default());
    }
    let (tenant, uid, now) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone(), app.now());
    let subject = Subject::Account(uid.clone());
    let within = subject.clone();
    let (asked, lock) = app
        .read(move |tx| {
            let lock = limits::lock(tx, &tenant, &within, Counted::Login, now)?;
            Ok((Asked::own(tx, &tenant, &uid)?, lock))
        })
        .await?;
    judge(app, &signed_in.caller, subject, asked, lock.map(|lock| lock.kind), release).await
}

async fn judge(
    app: &App,
    caller: &Caller,
    subject: Subject,
    asked: Asked,
    lock: Option<LockKind>,
    release: &Release,
) -> Result<Released> {
    match (lock, &release.captcha, &release.answers) {
        (Some(kind @ LockKind::Captcha), Some(response), _) => {
            captcha::check(Some(response))?;
            Ok(Released::by(kind))
        }
        (Some(kind @ LockKind::SecurityQuestion), _, Some(answers)) => {
            security_answers::prove(app, caller, &subject, &asked, answers).await?;
            Ok(Released::by(kind))
        }
        _ => Ok(Released::default()),
    }
}
