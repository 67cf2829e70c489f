//! Answers to security questions as a second factor: set with the login's token or by who is signed in, and proved.
//!
//! They are the answers of the account, kept by [`crate::factors::security_answers`]; that they are a factor is said beside them.
//! Wrong ones are counted as those of other second factors are: the count of the doors that need no password would let
//! anybody keep the owner out.

use crate::access::{Caller, SignedIn};
use crate::factors::mfa::change::Change;
use crate::factors::mfa::held::{Held, Tried, find};
use crate::factors::mfa::questions::require_offered;
use crate::factors::mfa::{BY_ANSWERS, Factor};
use crate::factors::security_answers::{Asked, Given, Sealed, Verdict, judge, refuse_closed, settle};
use crate::limits::{self, Kind as Counted, Subject};
use crate::profile::account::{self, require_recent};
use crate::session::Login;
use crate::session::second_factor::prove;
use crate::{App, Result, notify};
use doorward_model::id::Uid;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::security_question::Answers;
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::{Json, Tx, second_factors};
use serde_json::{Value, json};

/// Makes answers the second factor of an account that has none, in place of those it has, and completes the login.
///
/// Refused: 1097 and 1257 by the tenant's switches, 1103 and 1104 by the token, 1258 when the account has a factor, 1101
/// when answers were the first one, 1260 for too few answers, 1091 and 1134 by the rules for them. The owner is told.
pub async fn update_mfa_security_question_by_mfa_token(
    app: &App,
    caller: &Caller,
    token: &Secret,
    answers: Answers,
) -> Result<Login> {
    require_offered(caller.settings())?;
    let now = app.now();
    let (reader, within, wanted) = (app.clone(), caller.clone(), token.clone());
    app.read(move |tx| {
        require_first(&find(&reader, tx, &within, &wanted, now)?, within.settings()).map_err(Into::into)
    })
    .await?;
    let sealed = seal(app, caller, answers).await?;
    let (prover, within) = (app.clone(), caller.clone());
    prove(app, caller, token, Json::of(&json!({}))?, move |tx, held, now| {
        require_first(held, within.settings())?;
        let login = held.transaction();
        keep(tx, &within, &login.uid, (&sealed, login.id.clone()), now)?;
        Change::to_owner(&prover, &within, tx, &login.uid)?.tell(tx, &within)?;
        Ok(Tried::Right)
    })
    .await
}

/// Completes the login by the answers to the questions that the account is asked. `templates` are the names of the
/// messages that risk checks send.
///
/// Refused: 1097 and 1257 by the tenant's switches, 1103 and 1104 by the token, 1259 when questions are no factor of the
/// account, 1101 when answers were the first one, 1260 for too few answers, 1091 for one to no question of the tenant's,
/// 1093 and 1094 for wrong ones, which are counted with those of every other
/// door that asks, and 1198 for any after too many of them. 1264 when the account is locked.
pub async fn verify_mfa_security_question_by_mfa_token(
    app: &App,
    caller: &Caller,
    token: &Secret,
    answers: &Answers,
    templates: &Value,
) -> Result<Login> {
    require_offered(caller.settings())?;
    let now = app.now();
    let (reader, within, wanted) = (app.clone(), caller.clone(), token.clone());
    let (asked, uid) = app
        .read(move |tx| {
            let held = find(&reader, tx, &within, &wanted, now)?;
            require_factor(&held)?;
            let uid = held.transaction().uid.clone();
            Ok((Asked::as_factor(tx, &within.tenant, &uid)?, uid))
        })
        .await?;
    if answers.count() < asked.count() {
        return Err(Reason::SecurityAnswersTooFew.into());
    }
    let subject = Subject::Account(uid);
    refuse_closed(app, caller, &subject).await?;
    let verdict = judge(app, &caller.tenant, &asked, answers).await?;
    let within = caller.clone();
    prove(app, caller, token, Json::of(templates)?, move |tx, held, now| {
        require_factor(held)?;
        let (tenant, subject) = (&within.tenant, Subject::Account(held.transaction().uid.clone()));
        // Answers that were changed meanwhile were not the ones that were looked at.
        let is_same = Asked::as_factor(tx, tenant, &held.transaction().uid)? == asked;
        let verdict = match verdict {
            Verdict::Right if !is_same => Verdict::Wrong(Reason::SecurityAnswerWrong),
            verdict => verdict,
        };
        if let Err(refusal) = settle(tx, tenant, &subject, verdict, now)? {
            return Ok(Tried::Counted(refusal));
        }
        limits::clear(tx, tenant, &subject, Counted::SecurityAnswer)?;
        Ok(Tried::Right)
    })
    .await
}

/// Makes answers a second factor of the signed-in person. Where there are answers already, they are replaced only if the
/// person says so (1258). Refused beside that: 1097 and 1257 by the tenant's switches, 90006 when the person signed in
/// long ago, 1260, 1091 and 1134 as with the login's token. The owner is told.
pub async fn set_mfa_security_question_by_access_token(
    app: &App,
    signed_in: &SignedIn,
    answers: Answers,
    replaces: bool,
) -> Result<()> {
    let (caller, now, uid) = (&signed_in.caller, app.now(), signed_in.session.uid.clone());
    require_offered(caller.settings())?;
    require_recent(app, signed_in)?;
    let sealed = seal(app, caller, answers).await?;
    let change = Change::prepare(app, caller, &uid).await?;
    let (within, id) = (caller.clone(), app.guid());
    app.write(move |tx| {
        account::lock(tx, within.tenant_id(), &uid)?;
        if !replaces && Asked::own(tx, &within.tenant, &uid)?.count() > 0 {
            return Err(Reason::MfaAlreadyEnabled.into());
        }
        keep(tx, &within, &uid, (&sealed, id.clone()), now)?;
        change.follow(tx, &within, &uid)
    })
    .await?;
    app.wake.notify_one();
    notify::event(caller, "AddSecondFactor", Some(&signed_in.session.uid));
    Ok(())
}

/// 1258 when the account has a factor, 1101 when answers were the first one.
fn require_first(held: &Held, settings: &Settings) -> Result<(), Reason> {
    if !held.standing().usable(settings).is_empty() {
        return Err(Reason::MfaAlreadyEnabled);
    }
    require_unspent(held)
}

/// 1259 when questions are no factor of the account, 1101 when answers were the first one.
fn require_factor(held: &Held) -> Result<(), Reason> {
    held.standing().verified(Factor::SecurityQuestion).ok_or(Reason::MfaSecurityQuestionUnverified)?;
    require_unspent(held)
}

fn require_unspent(held: &Held) -> Result<(), Reason> {
    let is_spent = held.transaction().first_factor == BY_ANSWERS;
    if is_spent { Err(Reason::MfaNotConfiguredOnProfile) } else { Ok(()) }
}

async fn seal(app: &App, caller: &Caller, answers: Answers) -> Result<Sealed> {
    let settings = caller.settings();
    if answers.count() < settings.questions_as_factor() {
        return Err(Reason::SecurityAnswersTooFew.into());
    }
    answers.check_new(&settings.security_questions)?;
    Given::Answers(answers).seal(app, &caller.tenant).await
}

fn keep(tx: &mut Tx, caller: &Caller, uid: &Uid, (sealed, id): (&Sealed, String), now: Timestamp) -> Result<()> {
    sealed.keep(tx, &caller.tenant, uid, now)?;
    let factor = second_factors::New { factor: Factor::SecurityQuestion.as_str(), id, sealed: None, subject: None };
    Ok(second_factors::put(tx, caller.tenant_id(), uid, &factor, now)?)
}
