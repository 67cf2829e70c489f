//! Resetting a forgotten password by answers to security questions.

use super::reset::sign_in;
use crate::access::Caller;
use crate::factors::mfa::BY_ANSWERS;
use crate::factors::password::{Accepted, Former};
use crate::factors::security_answers::{self, Asked, Verdict};
use crate::limits::{self, Kind as Counted, Subject};
use crate::profile::account;
use crate::profile::identifiers::{Named, Typed};
use crate::session::{self, Begun, Fresh, Login};
use crate::{App, Result, challenge, notify};
use doorward_model::id::Uid;
use doorward_model::password::Password;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::security_question::Answers;
use doorward_model::time::Timestamp;
use doorward_store::identifiers::{self, Owner};
use doorward_store::{Tx, accounts, passwords};

/// Resets the password of whoever is named by the answers to their security questions, ends what the old password
/// opened, and signs the owner in if the tenant says so and nothing is left to prove.
///
/// Wrong answers are refused with 1093, or 1094 when one that is asked was left out, and are counted; after too many
/// any are (1198) until the owner comes by another way, the back end lifts it, or thirty days have passed. That is told
/// of an identifier that nobody has in the same way, after the same work. 1095 while the tenant has no security
/// questions, 1091 for an answer to none of them, 991 only with the right answers, 1134 and 1216 by the rules for passwords.
pub async fn reset_password_security_answer(
    app: &App,
    caller: &Caller,
    typed: &Typed,
    answers: &Answers,
    password: &Secret,
) -> Result<Option<Login>> {
    let named = security_answers::name(caller.settings(), typed)?;
    let password = Password::new(password);
    password.check_form(&caller.settings().password)?;

    let known = look_up(app, caller, &named).await?;
    security_answers::refuse_closed(app, caller, &known.subject).await?;
    let verdict = security_answers::judge(app, &caller.tenant, &known.asked, answers).await?;
    let (Verdict::Right, Some(owner)) = (verdict, known.owner.clone()) else {
        return Err(wrong(app, caller, known.subject, verdict).await?.into());
    };
    if !known.is_active {
        return Err(Reason::AccountBlocked.into());
    }
    let now = app.now();
    let hash = known.former.accept(app, caller, password).await?;
    let accepted = known.former.accepted(app, caller, hash, now)?;
    let begun = commit(app, caller, named, owner.clone(), known, accepted, now).await??;
    app.wake.notify_one();
    notify::event(caller, "ResetPassword", Some(&owner.uid));
    let Some(begun) = begun else { return Ok(None) };
    if begun.is_complete() {
        notify::event(caller, "Login", Some(&owner.uid));
    }
    Ok(Some(begun.finish(app, caller).await?))
}

/// What the database knows of the one who is named, before any answer is looked at.
struct Known {
    owner: Option<Owner>,
    is_active: bool,
    subject: Subject,
    asked: Asked,
    former: Former,
}

async fn look_up(app: &App, caller: &Caller, named: &Named) -> Result<Known> {
    let digest = challenge::subject(&app.keys, &caller.tenant.id, named.kind, &named.value);
    app.velocity.count_identifier(&digest)?;
    let (keys, caller, named) = (app.keys.clone(), caller.clone(), named.clone());
    app.read(move |tx| {
        let tenant = &caller.tenant;
        let owner = identifiers::owner(tx, &tenant.id, named.kind, &named.value)?;
        // An identifier that nobody has asks the same questions, of nobody.
        let uid = owner.as_ref().map_or_else(|| Uid::new(""), |owner| owner.uid.clone());
        Ok(Known {
            is_active: accounts::state(tx, &tenant.id, &uid)?.is_some_and(|state| state.is_active),
            subject: Subject::of(owner.as_ref().map(|owner| &owner.uid), &digest),
            asked: Asked::load(&keys, tx, tenant, Some(&uid), &digest)?,
            former: Former::load(tx, &caller, &uid)?,
            owner,
        })
    })
    .await
}

/// Counts the wrong answers, and says what they are told.
async fn wrong(app: &App, caller: &Caller, subject: Subject, verdict: Verdict) -> Result<Refusal> {
    let (tenant, now) = (caller.tenant.clone(), app.now());
    let settled = app.write(move |tx| security_answers::settle(tx, &tenant, &subject, verdict, now)).await?;
    app.velocity.count_failure(caller.visit.ip)?;
    Ok(settled.err().unwrap_or_else(|| Reason::SecurityAnswerWrong.into()))
}

/// Changes everything that follows from the right answers, in one transaction. Of many who come with them at once,
/// exactly one gets here: for the others it is not the password any more that they wanted to replace.
async fn commit(
    app: &App,
    caller: &Caller,
    named: Named,
    owner: Owner,
    known: Known,
    accepted: Accepted,
    now: Timestamp,
) -> Result<Result<Option<Begun>, Refusal>> {
    let fresh =
        caller.settings().login_on_password_reset.then(|| Fresh::draw(app, caller, now).after(BY_ANSWERS, None));
    let caller = caller.clone();
    app.write(move |tx| {
        let (tenant, uid) = (&caller.tenant, &owner.uid);
        accounts::lock(tx, &tenant.id, uid)?;
        if let Err(refusal) = security_answers::settle(tx, tenant, &known.subject, Verdict::Right, now)? {
            return Ok(Err(refusal));
        }
        if !known.still_holds(tx, &caller, uid)? {
            return Ok(Err(Reason::SecurityAnswerWrong.into()));
        }
        accepted.set(tx, &caller, uid, now)?;
        limits::clear(tx, tenant, &known.subject, Counted::SecurityAnswer)?;
        session::end_others(tx, caller.settings(), &tenant.id, uid, now)?;
        // Answers prove no address and no phone.
        let is_proved = account::unproved(tx, tenant, named.kind, &owner)?.is_none();
        sign_in(tx, &caller, fresh.as_ref().filter(|_| is_proved), uid, now).map(Ok)
    })
    .await
}

impl Known {
    /// True while the account is open, and its answers and password are those that were looked at.
    fn still_holds(&self, tx: &mut Tx, caller: &Caller, uid: &Uid) -> Result<bool> {
        let tenant = caller.tenant_id();
        let is_active = accounts::state(tx, tenant, uid)?.is_some_and(|state| state.is_active);
        let password = passwords::current(tx, tenant, uid)?.map(|current| current.hash);
        let is_same = password.as_ref() == self.former.present();
        Ok(is_active && is_same && Asked::own(tx, &caller.tenant, uid)? == self.asked.kept())
    }
}
