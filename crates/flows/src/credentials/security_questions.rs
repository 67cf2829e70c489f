//! The questions that somebody is asked.

use crate::access::{Caller, SignedIn};
use crate::factors::security_answers::{Asked, name, require};
use crate::profile::identifiers::Typed;
use crate::{App, Result, challenge};
use doorward_model::security_question::SecurityQuestion;
use doorward_store::identifiers;

/// The questions that whoever is named will be asked: those the account has answered, and, so that nobody learns whether
/// there is such an account and what it has answered, others in the place of those that are missing. They are the same
/// each time. 1095 while the tenant has no security questions, 1074, 1077, 1184 or 1220 when it has no sign-in by this
/// kind of identifier.
pub async fn get_security_questions(app: &App, caller: &Caller, typed: &Typed) -> Result<Vec<SecurityQuestion>> {
    let named = name(caller.settings(), typed)?;
    let digest = challenge::subject(&app.keys, &caller.tenant.id, named.kind, &named.value);
    app.velocity.count_identifier(&digest)?;
    let (keys, tenant) = (app.keys.clone(), caller.tenant.clone());
    let asked = app
        .read(move |tx| {
            let owner = identifiers::owner(tx, &tenant.id, named.kind, &named.value)?.map(|owner| owner.uid);
            Asked::load(&keys, tx, &tenant, owner.as_ref(), &digest)
        })
        .await?;
    Ok(asked.questions(&caller.settings().security_questions))
}

/// The questions that the signed-in person has answered and will be asked; none when there are none. 1095 while the
/// tenant has no security questions.
pub async fn get_security_questions_by_access_token(app: &App, signed_in: &SignedIn) -> Result<Vec<SecurityQuestion>> {
    let caller = &signed_in.caller;
    require(caller.settings())?;
    let (tenant, uid) = (caller.tenant.clone(), signed_in.session.uid.clone());
    let asked = app.read(move |tx| Asked::own(tx, &tenant, &uid)).await?;
    Ok(asked.questions(&caller.settings().security_questions))
}
