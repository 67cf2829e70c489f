//! Security questions: what people answer is kept as sealed hashes, and asked again.

use super::mfa::Factor;
use crate::access::Caller;
use crate::app::Tenant;
use crate::limits::{self, Kind as Counted, Released, Subject};
use crate::profile::identifiers::{Named, Typed};
use crate::{App, Result};
use anyhow::Context;
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::{Digest, Keys, Purpose};
use doorward_model::password::Password;
use doorward_model::profile::Nulls;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::security_question::{Answers, SecurityQuestion, SecurityQuestions};
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::security_answers::{self, Stored};
use doorward_store::{Tx, second_factors};
use serde_json::{Map, Value};

/// The key under which a profile carries new answers.
const FIELD: &str = "SecurityQuestionAnswer";

/// 1095 while the tenant has no security questions.
pub(crate) fn require(settings: &Settings) -> Result<(), Reason> {
    settings.is_security_question.then_some(()).ok_or(Reason::SecurityQuestionsDisabled)
}

/// Whom somebody names who wants to be asked: 1095, and as at sign-in but for 1184.
pub(crate) fn name(settings: &Settings, typed: &Typed) -> Result<Named, Refusal> {
    require(settings)?;
    typed.name(settings).map_err(|refusal| match refusal.reason {
        Reason::UsernameLoginEnforced => Reason::UsernameEnforcedForQuestions.into(),
        _ => refusal,
    })
}

/// The questions that somebody is asked, with what is kept of the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked(Vec<Posed>);

/// One of them; nothing is kept where it stands in the place of one that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Posed {
    id: String,
    sealed: Option<Vec<u8>>,
}

/// What came of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every question that is asked was answered right.
    Right,
    /// They were not: 1094 when one that is asked was left out, else 1093.
    Wrong(Reason),
}

impl Asked {
    /// What is asked of the one who has an identifier, or of nobody. The digest of the identifier chooses the questions
    /// in the place of those that are missing: nobody can tell such a choice from an account's own.
    pub(crate) fn load(
        keys: &Keys,
        tx: &mut Tx,
        tenant: &Tenant,
        uid: Option<&Uid>,
        identifier: &Digest,
    ) -> Result<Asked> {
        let questions = &tenant.settings.security_questions;
        let nobody = Uid::new("");
        let Asked(mut posed) = Asked::own(tx, tenant, uid.unwrap_or(&nobody))?;
        let named = identifier.oldest();
        let rank = |question: &SecurityQuestion| {
            // A question that is added to the list changes few choices.
            keys.digest(Purpose::Identifier, &tenant.id, &format!("question:{}:{}", named.hex(), question.id))
                .oldest()
                .hex()
        };
        let mut others: Vec<_> =
            questions.list.iter().filter(|question| posed.iter().all(|known| known.id != question.id)).collect();
        others.sort_by_cached_key(|question| rank(question));
        let missing = questions.asked().saturating_sub(posed.len());
        posed.extend(others.into_iter().take(missing).map(|other| Posed { id: other.id.clone(), sealed: None }));
        let position = |posed: &Posed| questions.list.iter().position(|question| question.id == posed.id);
        posed.sort_by_key(position);
        Ok(Asked(posed))
    }

    /// What is asked of an account, and it alone: the first that it has answered of those the tenant still asks.
    pub(crate) fn own(tx: &mut Tx, tenant: &Tenant, uid: &Uid) -> Result<Asked> {
        Asked::first(tx, tenant, uid, tenant.settings.security_questions.asked())
    }

    /// What is asked of an account as its second factor.
    pub(crate) fn as_factor(tx: &mut Tx, tenant: &Tenant, uid: &Uid) -> Result<Asked> {
        Asked::first(tx, tenant, uid, tenant.settings.questions_as_factor())
    }

    fn first(tx: &mut Tx, tenant: &Tenant, uid: &Uid, most: usize) -> Result<Asked> {
        let questions = &tenant.settings.security_questions;
        let stored = security_answers::of(tx, &tenant.id, uid)?;
        let posed = questions.list.iter().filter_map(|question| {
            let answer = stored.iter().find(|answer| answer.question == question.id)?;
            Some(Posed { id: question.id.clone(), sealed: Some(answer.sealed.clone()) })
        });
        Ok(Asked(posed.take(most).collect()))
    }

    /// The part of it that an account has answered.
    pub(crate) fn kept(&self) -> Asked {
        Asked(self.0.iter().filter(|posed| posed.sealed.is_some()).cloned().collect())
    }

    /// True when nothing is asked.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many questions those are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The questions as people read them.
    pub(crate) fn questions(&self, questions: &SecurityQuestions) -> Vec<SecurityQuestion> {
        self.0.iter().filter_map(|posed| questions.find(&posed.id).cloned()).collect()
    }
}

/// Judges answers, and counts nothing: that is the caller's, by [`settle`] or in its own way. Costs as many hashes as
/// the tenant asks questions, whoever is asked and whatever was answered; 1091 for an answer to no question of the
/// tenant's.
pub(crate) async fn judge(app: &App, tenant: &Tenant, asked: &Asked, answers: &Answers) -> Result<Verdict> {
    let questions = &tenant.settings.security_questions;
    answers.check_questions(questions)?;
    let (mut any, mut all) = (false, true);
    for number in 0..questions.asked().max(asked.count()) {
        let posed = asked.0.get(number);
        let answer = posed.and_then(|posed| answers.to(&posed.id)).unwrap_or_else(|| Secret::new(""));
        let hash = match posed.and_then(|posed| Some((&posed.id, posed.sealed.as_deref()?))) {
            Some((id, sealed)) => Some(app.keys.open(&place(&tenant.id, id), sealed).context("opening an answer")?),
            None => None,
        };
        let is_kept = hash.is_some();
        let right = app.verify_password(Password::new(&answer), hash).await?;
        any |= is_kept;
        all &= right || !is_kept;
    }
    if any && all {
        return Ok(Verdict::Right);
    }
    let left_out = asked.0.iter().any(|posed| answers.to(&posed.id).is_none());
    let wrong = if left_out { Reason::SecurityQuestionOrAnswerWrong } else { Reason::SecurityAnswerWrong };
    Ok(Verdict::Wrong(wrong))
}

/// Decides on a verdict where it is counted: after too many wrong answers (1198) a right one is refused too, however many
/// were judged at the same time.
pub(crate) fn settle(
    tx: &mut Tx,
    tenant: &Tenant,
    subject: &Subject,
    verdict: Verdict,
    now: Timestamp,
) -> Result<Result<(), Refusal>> {
    if let Some(refusal) = limits::enter(tx, tenant, subject, Counted::SecurityAnswer, Released::default(), now)? {
        return Ok(Err(refusal));
    }
    match verdict {
        Verdict::Right => Ok(Ok(())),
        Verdict::Wrong(reason) => {
            limits::count(tx, tenant, subject, Counted::SecurityAnswer, now)?;
            Ok(Err(reason.into()))
        }
    }
}

/// Refuses answers that are not right (1093, 1094), which is counted, and any after too many of those (1198).
pub(crate) async fn prove(
    app: &App,
    caller: &Caller,
    subject: &Subject,
    asked: &Asked,
    answers: &Answers,
) -> Result<()> {
    refuse_closed(app, caller, subject).await?;
    let verdict = judge(app, &caller.tenant, asked, answers).await?;
    let (tenant, subject, now) = (caller.tenant.clone(), subject.clone(), app.now());
    let settled = app.write(move |tx| settle(tx, &tenant, &subject, verdict, now)).await?;
    if let Err(refusal) = settled {
        return Err(limits::refused(app, caller, refusal));
    }
    Ok(())
}

/// 1198 after too many wrong answers: nothing is hashed for those who come then.
pub(crate) async fn refuse_closed(app: &App, caller: &Caller, subject: &Subject) -> Result<()> {
    let (tenant, subject, now) = (caller.tenant.clone(), subject.clone(), app.now());
    let closed = app.read(move |tx| limits::locked(tx, &tenant, &subject, Counted::SecurityAnswer, now)).await?;
    closed.map_or(Ok(()), |refusal| Err(refusal.into()))
}

/// What a body says of an account's answers.
#[derive(Debug, Clone)]
pub(crate) enum Given {
    /// Nothing: they stay.
    Nothing,
    /// That there shall be none.
    Erase,
    /// These shall take the place of all before them.
    Answers(Answers),
}

impl Given {
    /// Reads them out of a profile; 1095 while the tenant has no security questions, 1091 for one it does not ask, 1134
    /// when they are too few, empty or too long.
    pub(crate) fn read(body: &Map<String, Value>, settings: &Settings, nulls: Nulls) -> Result<Given, Refusal> {
        let value = body.iter().find(|(name, _)| name.eq_ignore_ascii_case(FIELD)).map(|(_, value)| value);
        match value {
            Some(Value::Null) if nulls == Nulls::Erase => return Ok(Given::Erase),
            None | Some(Value::Null) => return Ok(Given::Nothing),
            Some(_) => {}
        }
        let Some(answers) = value.map(Answers::read).transpose()?.flatten() else { return Ok(Given::Nothing) };
        require(settings)?;
        answers.check_new(&settings.security_questions)?;
        Ok(Given::Answers(answers))
    }

    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self, Given::Nothing)
    }

    /// Hashes and seals them.
    pub(crate) async fn seal(self, app: &App, tenant: &Tenant) -> Result<Sealed> {
        let answers = match self {
            Given::Nothing => return Ok(Sealed(None)),
            Given::Erase => return Ok(Sealed(Some(Vec::new()))),
            Given::Answers(answers) => answers,
        };
        let mut sealed = Vec::new();
        for (id, answer) in answers.iter() {
            let id = &tenant.settings.security_questions.find(id).ok_or(Reason::SecurityQuestionInvalid)?.id;
            let hash = app.hash_password(Password::new(&answer)).await?;
            let stored = app.keys.seal(&place(&tenant.id, id), &hash, app.random());
            sealed.push(Stored { question: id.clone(), sealed: stored });
        }
        Ok(Sealed(Some(sealed)))
    }
}

/// Answers ready to be kept in the place of all before them, or nothing that changes any.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sealed(Option<Vec<Stored>>);

impl Sealed {
    /// Whether no answers are left after it.
    pub(crate) fn erases(&self) -> bool {
        self.0.as_ref().is_some_and(Vec::is_empty)
    }

    /// Keeps them. Wrong answers to the ones before count no more.
    pub(crate) fn keep(&self, tx: &mut Tx, tenant: &Tenant, uid: &Uid, now: Timestamp) -> Result<()> {
        let Some(answers) = &self.0 else { return Ok(()) };
        security_answers::replace(tx, &tenant.id, uid, answers, now)?;
        if self.erases() {
            // What nobody can be asked for is no factor: it goes with them, if it was one.
            let _ = second_factors::remove(tx, &tenant.id, uid, Factor::SecurityQuestion.as_str())?;
        }
        limits::clear(tx, tenant, &Subject::Account(uid.clone()), Counted::SecurityAnswer)
    }
}

/// Forgets an account's answers: whoever gave them is not its owner.
pub(crate) fn forget(tx: &mut Tx, tenant: &Tenant, uid: &Uid, now: Timestamp) -> Result<()> {
    Sealed(Some(Vec::new())).keep(tx, tenant, uid, now)
}

/// What a sealed answer is bound to. Not to the account: that may get another uid.
pub(crate) fn place(tenant: &TenantId, question: &str) -> String {
    format!("security answer:{tenant}:{question}")
}
