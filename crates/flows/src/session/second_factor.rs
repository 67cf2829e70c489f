//! A login that waits for its second factor, completed by it.

use super::{Fresh, Login, invitation};
use crate::access::Caller;
use crate::factors::mfa::held::{Held, Tried, hold, wrong};
use crate::limits::{self, Kind as Counted, Subject};
use crate::{App, Result, notify, session};
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::{Json, Tx, mfa_transactions};

/// One try of a factor: right, it completes the login; wrong, it is counted against the account, and too many of those
/// lock it and destroy the token (1264).
///
/// 8169 when the login was begun with an invitation that is no more, before anything is tried. What refuses the session
/// (1338) leaves factor and token as they were. `templates` are kept with the login.
pub(crate) async fn prove(
    app: &App,
    caller: &Caller,
    token: &Secret,
    templates: Json,
    attempt: impl Fn(&mut Tx, &Held, Timestamp) -> Result<Tried> + Send + 'static,
) -> Result<Login> {
    let now = app.now();
    let fresh = Fresh::draw(app, caller, now);
    let (prover, within, token) = (app.clone(), caller.clone(), token.clone());
    let completed = app
        .write(move |tx| {
            let held = hold(&prover, tx, &within, &token, now)?;
            let (tenant, login) = (within.tenant_id(), held.transaction());
            invitation::require_found(login.invitation.as_deref())?;
            match attempt(tx, &held, now)? {
                Tried::Right => {}
                Tried::Wrong(reason) => return Ok(Err(wrong(tx, &within, &login.uid, reason, now)?)),
                Tried::Counted(refusal) => return Ok(Err(refusal)),
            }
            let fresh = fresh.clone();
            let fresh = if login.remembered { fresh.remembered(within.settings(), now) } else { fresh };
            let completed = session::complete(tx, &within, &fresh, &login.uid, now)?;
            if !mfa_transactions::consume(tx, tenant, &login.token, &templates, now)? {
                return Err(Reason::MfaTokenInvalid.into());
            }
            limits::clear(tx, &within.tenant, &Subject::Account(login.uid.clone()), Counted::SecondFactor)?;
            Ok(completed)
        })
        .await?;
    match completed {
        Ok(completed) => {
            app.wake.notify_one();
            notify::event(caller, "Login", Some(completed.uid()));
            Ok(Login::Finished(completed.finish()?))
        }
        Err(refusal) => Err(limits::refused(app, caller, refusal)),
    }
}
