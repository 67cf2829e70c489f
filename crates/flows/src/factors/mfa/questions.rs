//! Questions as a second factor: the ones that an account is asked.

use super::{Factor, require_enabled};
use crate::access::Caller;
use crate::factors::security_answers::Asked;
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::reason::Reason;
use doorward_model::security_question::SecurityQuestion;
use doorward_model::settings::Settings;

/// The first factor that is made of answers: they are no second one after it.
pub(crate) const BY_ANSWERS: &str = "security-answer";

/// 1097 or 1257 where the tenant has no security questions as second factor.
pub fn require_offered(settings: &Settings) -> Result<(), Reason> {
    require_enabled(settings)?;
    Factor::SecurityQuestion.is_offered(settings).then_some(()).ok_or(Reason::MfaSecurityQuestionDisabled)
}

/// The questions that an account is asked as its second factor.
pub(crate) async fn asked_of(app: &App, caller: &Caller, uid: &Uid) -> Result<Vec<SecurityQuestion>> {
    let (within, uid) = (caller.clone(), uid.clone());
    let asked = app.read(move |tx| Asked::as_factor(tx, &within.tenant, &uid)).await?;
    Ok(asked.questions(&caller.settings().security_questions))
}
