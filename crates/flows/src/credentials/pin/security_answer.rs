//! Resetting a forgotten PIN by answers to security questions.

use crate::access::Caller;
use crate::factors::pin::{Accepted, Former, Stored, lock, require_pin, settings};
use crate::factors::security_answers::{self, Asked, Verdict};
use crate::limits::{self, Kind as Counted, Subject};
use crate::profile::identifiers::{Named, Typed};
use crate::{App, Error, Result, challenge, notify};
use doorward_model::id::Uid;
use doorward_model::pin::Pin;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::security_question::Answers;
use doorward_model::time::Timestamp;
use doorward_store::{Tx, identifiers, sessions};

/// Resets the PIN of whoever is named by the answers to their security questions, and ends every session token, and under
/// force logout every session; nobody is signed in by it.
///
/// Wrong answers are refused with 1093, or 1094 when one that is asked was left out, and are counted; after too many any
/// are (1198), as with a forgotten password. That is told of an identifier that nobody has in the same way, after the same
/// work. 1233 and 1095 by the tenant's settings, 1091 for an answer to none of its questions, 1134 by the rules for PINs;
/// 991 or 1130, and 1235 when there is no PIN, only with the right answers.
pub async fn reset_pin_by_security_answer(
    app: &App,
    caller: &Caller,
    typed: &Typed,
    answers: &Answers,
    pin: &Pin,
) -> Result<()> {
    require_pin(caller)?;
    let named = security_answers::name(caller.settings(), typed)?;
    pin.check_form(&settings(&caller.tenant).configuration.rules)?;

    let known = look_up(app, caller, named).await?;
    security_answers::refuse_closed(app, caller, &known.subject).await?;
    let verdict = security_answers::judge(app, &caller.tenant, &known.asked, answers).await?;
    let (Verdict::Right, Subject::Account(uid)) = (verdict, known.subject.clone()) else {
        return Err(wrong(app, caller, known.subject, verdict).await?);
    };
    let now = app.now();
    let accepted = known.former.accept(app, caller, pin, now).await?;
    commit(app, caller, known, accepted, now).await??;
    app.wake.notify_one();
    notify::event(caller, "ResetPIN", Some(&uid));
    Ok(())
}

/// What the database knows of the one who is named, before any answer is looked at.
struct Known {
    subject: Subject,
    asked: Asked,
    former: Former,
}

async fn look_up(app: &App, caller: &Caller, named: Named) -> Result<Known> {
    let digest = challenge::subject(&app.keys, &caller.tenant.id, named.kind, &named.value);
    app.velocity.count_identifier(&digest)?;
    let (keys, tenant) = (app.keys.clone(), caller.tenant.clone());
    app.read(move |tx| {
        let owner = identifiers::owner(tx, &tenant.id, named.kind, &named.value)?.map(|owner| owner.uid);
        let subject = Subject::of(owner.as_ref(), &digest);
        // An identifier that nobody has asks the same questions, of nobody.
        let uid = owner.unwrap_or_else(|| Uid::new(""));
        Ok(Known {
            subject,
            asked: Asked::load(&keys, tx, &tenant, Some(&uid), &digest)?,
            former: Former::load(tx, &tenant.id, &uid)?,
        })
    })
    .await
}

/// Counts the wrong answers, and says what they are told.
async fn wrong(app: &App, caller: &Caller, subject: Subject, verdict: Verdict) -> Result<Error> {
    let (tenant, now) = (caller.tenant.clone(), app.now());
    let settled = app.write(move |tx| security_answers::settle(tx, &tenant, &subject, verdict, now)).await?;
    let refusal = settled.err().unwrap_or_else(|| Reason::SecurityAnswerWrong.into());
    Ok(limits::refused(app, caller, refusal))
}

/// Changes everything that follows from the right answers, in one transaction. Of many who come with them at once,
/// exactly one gets here: for the others it is not the PIN any more that they wanted to replace.
async fn commit(
    app: &App,
    caller: &Caller,
    known: Known,
    accepted: Accepted,
    now: Timestamp,
) -> Result<Result<(), Refusal>> {
    let caller = caller.clone();
    app.write(move |tx| {
        let tenant = &caller.tenant;
        let Subject::Account(uid) = &known.subject else { return Ok(Err(Reason::SecurityAnswerWrong.into())) };
        let account = lock(tx, &tenant.id, uid)?;
        if let Err(refusal) = security_answers::settle(tx, tenant, &known.subject, Verdict::Right, now)? {
            return Ok(Err(refusal));
        }
        let account = account?;
        if known.former.stored().is_none() {
            return Ok(Err(Reason::PinNotSet.into()));
        }
        if !known.still_holds(tx, &caller, uid)? || !accepted.replace(tx, &tenant.id, account, now)? {
            return Ok(Err(Reason::SecurityAnswerWrong.into()));
        }
        limits::clear(tx, tenant, &known.subject, Counted::SecurityAnswer)?;
        if caller.settings().force_logout {
            sessions::end_all(tx, &tenant.id, uid)?;
        }
        Ok(Ok(()))
    })
    .await
}

impl Known {
    /// True while the account's answers and PIN are those that were looked at.
    fn still_holds(&self, tx: &mut Tx, caller: &Caller, uid: &Uid) -> Result<bool> {
        let is_same = Stored::find(tx, caller.tenant_id(), uid)?.as_ref() == self.former.stored();
        Ok(is_same && Asked::own(tx, &caller.tenant, uid)? == self.asked.kept())
    }
}
