//! A login that a code of an authenticator app completes.

use crate::access::Caller;
use crate::factors::mfa::authenticator::{Tested, require_offered};
use crate::factors::mfa::change::Change;
use crate::factors::mfa::held::{Held, Tried};
use crate::session::Login;
use crate::session::second_factor::prove;
use crate::{App, Result};
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::{Json, Tx};

/// Completes the login by a code of the account's app, or of the one whose key the login told, which is set up by it.
/// `templates` are the names of the messages that risk checks send.
///
/// Refused: 1097 and 1279 by the tenant's switches, 1103 and 1104 by the token, 1099 without an app, 1102 for a code that
/// is wrong or was used before, 1264 when the account is locked by it.
pub async fn verify_totp_by_mfa_token(
    app: &App,
    caller: &Caller,
    token: &Secret,
    code: &Secret,
    templates: &serde_json::Value,
) -> Result<Login> {
    require_offered(caller.settings())?;
    let (prover, within, code) = (app.clone(), caller.clone(), code.clone());
    prove(app, caller, token, Json::of(templates)?, move |tx, held, now| {
        attempt(&prover, tx, &within, held, &code, now)
    })
    .await
}

fn attempt(app: &App, tx: &mut Tx, caller: &Caller, held: &Held, code: &Secret, now: Timestamp) -> Result<Tried> {
    let uid = &held.transaction().uid;
    let tested = tested(held, caller.settings()).ok_or(Reason::MfaAuthenticatorNotConfigured)?;
    if !tested.accepts(app, tx, caller, uid, code, now)? {
        return Ok(Tried::Wrong(Reason::MfaAuthenticatorCodeWrong));
    }
    if tested.is_new() {
        // Who it is about is known only here; that a transaction which runs again draws another message id does no harm.
        let notices = Change::to_owner(app, caller, tx, uid)?;
        notices.tell(tx, caller)?;
    }
    Ok(Tried::Right)
}

/// The account's app; for an account without any factor the one that is being set up.
fn tested(held: &Held, settings: &Settings) -> Option<Tested> {
    if let Some(proved) = Tested::proved(held.standing()) {
        return Some(proved);
    }
    if !held.standing().usable(settings).is_empty() {
        return None;
    }
    let login = held.transaction();
    Some(Tested::wanted(login.id.clone(), login.authenticator.clone()?))
}
