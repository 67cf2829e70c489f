//! Step-up by answers to security questions.

use crate::access::SignedIn;
use crate::factors::mfa::standing::Means;
use crate::factors::mfa::{self, Factor};
use crate::factors::security_answers::{self, Asked};
use crate::limits::{self, Kind as Counted, Subject};
use crate::session::step_up::{Proof, prove, require_enabled};
use crate::{App, Result};
use doorward_model::reason::Reason;
use doorward_model::security_question::Answers;

/// Proves who the signed-in person is by their answers to all the questions that they are asked.
///
/// 1093, or 1094 when one was left out, when they are wrong; those are counted, and after too many any are refused (1198).
/// 1259 when the person has answered none, 1091 for an answer to no question of the tenant's; 1191, 1097, 1257 and 1095 by
/// the tenant's switches.
pub async fn validate_security_question_reauth_mfa(
    app: &App,
    signed_in: &SignedIn,
    answers: &Answers,
) -> Result<Proof> {
    let caller = &signed_in.caller;
    let settings = caller.settings();
    require_enabled(settings)?;
    mfa::require_enabled(settings)?;
    settings.second_factor.security_question.then_some(()).ok_or(Reason::MfaSecurityQuestionDisabled)?;
    security_answers::require(settings)?;

    let (tenant, uid) = (caller.tenant.clone(), signed_in.session.uid.clone());
    let asked = app.read(move |tx| Asked::own(tx, &tenant, &uid)).await?;
    if asked.is_empty() {
        return Err(Reason::MfaSecurityQuestionUnverified.into());
    }
    let subject = Subject::Account(signed_in.session.uid.clone());
    security_answers::refuse_closed(app, caller, &subject).await?;
    let verdict = security_answers::judge(app, &caller.tenant, &asked, answers).await?;

    prove(app, signed_in, Means::Factor(Factor::SecurityQuestion), move |tx, owner, now| {
        let tenant = &owner.caller.tenant;
        if let Err(refusal) = security_answers::settle(tx, tenant, &subject, verdict, now)? {
            return Ok(Err(refusal));
        }
        // Somebody may have put others in their place while these were hashed.
        if Asked::own(tx, tenant, &owner.session.uid)? != asked {
            return Ok(Err(Reason::SecurityAnswerWrong.into()));
        }
        limits::clear(tx, tenant, &subject, Counted::SecurityAnswer)?;
        Ok(Ok(()))
    })
    .await
}
