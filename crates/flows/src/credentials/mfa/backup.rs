//! Backup codes: a set on paper for who lost the other factors. Each completes one login, or one step-up.

use crate::access::{Admin, Caller, SignedIn};
use crate::factors::mfa::backup::{place, spend};
use crate::factors::mfa::change::Change;
use crate::factors::mfa::held::{Held, Tried};
use crate::factors::mfa::{Standing, require_backup_codes};
use crate::profile::account::require_recent;
use crate::session::Login;
use crate::session::second_factor::prove;
use crate::{App, Result, notify};
use doorward_model::backup_code;
use doorward_model::id::Uid;
use doorward_model::keys::Purpose;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::{Json, Tx, accounts, backup_codes};

/// How many codes make a set.
const SET: usize = 10;

/// What becomes of the codes that an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// They stay, and there are no others (1127).
    Keep,
    /// They are void.
    Replace,
}

/// Gives the signed-in person a set of codes, told this once; the owner gets a notice.
///
/// Refused: 1097 and 1128 by the tenant's switches, 90006 when the person signed in long ago, 1101 for who has no second
/// factor, 1127 for who has codes that are to stay.
pub async fn mfa_backup_codes(app: &App, signed_in: &SignedIn, before: Before) -> Result<Vec<Secret>> {
    require_backup_codes(signed_in.caller.settings())?;
    require_recent(app, signed_in)?;
    issue(app, &signed_in.caller, &signed_in.session.uid, before).await
}

/// The same for the back end and any account; 984 for one that there is not.
pub async fn mfa_backup_codes_by_uid(app: &App, admin: &Admin, uid: &Uid, before: Before) -> Result<Vec<Secret>> {
    require_backup_codes(admin.caller.settings())?;
    issue(app, &admin.caller, uid, before).await
}

/// How many codes the signed-in person has left; none for who was never given any.
pub async fn backup_codes_left(app: &App, signed_in: &SignedIn) -> Result<Option<i64>> {
    let (tenant, uid) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone());
    app.read(move |tx| {
        let unused = backup_codes::unused(tx, &tenant.id, &uid)?;
        Ok(backup_codes::exist(tx, &tenant.id, &uid)?.then_some(unused))
    })
    .await
}

async fn issue(app: &App, caller: &Caller, uid: &Uid, before: Before) -> Result<Vec<Secret>> {
    let (tenant, now) = (caller.tenant_id(), app.now());
    let codes: Vec<Secret> = (0..SET).map(|_| backup_code::new(app.random())).collect();
    let kept = |code: &Secret| {
        let text = backup_code::compared(code);
        let sealed = app.keys.seal(&place(tenant), text.expose(), app.random());
        (app.keys.digest(Purpose::BackupCode, tenant, text.expose()), sealed)
    };
    let kept: Vec<_> = codes.iter().map(kept).collect();
    let change = Change::prepare(app, caller, uid).await?;
    let (within, id) = (caller.clone(), uid.clone());
    app.write(move |tx| {
        let tenant = within.tenant_id();
        accounts::lock(tx, tenant, &id)?.ok_or(Reason::AccountIdInvalid)?;
        if Standing::load(tx, tenant, &id)?.usable(within.settings()).is_empty() {
            return Err(Reason::MfaNotConfiguredOnProfile.into());
        }
        if before == Before::Keep && backup_codes::exist(tx, tenant, &id)? {
            return Err(Reason::BackupCodesExist.into());
        }
        backup_codes::replace(tx, tenant, &id, &kept, now)?;
        change.tell(tx, &within)
    })
    .await?;
    app.wake.notify_one();
    notify::event(caller, "IssueBackupCodes", Some(uid));
    Ok(codes)
}

/// Completes the login by a code of the account's set, which is used up. `templates` are the names of the messages that
/// risk checks send.
///
/// Refused: 1097 and 1128 by the tenant's switches, 1103 and 1104 by the token, 1128 without a set, 1129 for a code that
/// is wrong or was used before, 1264 when the account is locked by it.
pub async fn verify_backup_code_for_mfa_login(
    app: &App,
    caller: &Caller,
    token: &Secret,
    code: &Secret,
    templates: &serde_json::Value,
) -> Result<Login> {
    require_backup_codes(caller.settings())?;
    let (prover, within, code) = (app.clone(), caller.clone(), backup_code::compared(code));
    prove(app, caller, token, Json::of(templates)?, move |tx, held, now| {
        attempt(&prover, tx, &within, held, &code, now)
    })
    .await
}

fn attempt(app: &App, tx: &mut Tx, caller: &Caller, held: &Held, code: &Secret, now: Timestamp) -> Result<Tried> {
    let right = spend(app, tx, caller, &held.transaction().uid, code, now)?;
    Ok(if right { Tried::Right } else { Tried::Wrong(Reason::BackupCodeInvalid) })
}
