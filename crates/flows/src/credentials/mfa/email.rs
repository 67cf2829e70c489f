//! Codes sent to an address of the account, for a login that waits: sent, sent again, and proved.
//!
//! The factor is every proved address of the account, so that it has no secret of its own.

use crate::access::Caller;
use crate::factors::mfa::change::Change;
use crate::factors::mfa::codes::{Way, try_code};
use crate::factors::mfa::email::{Mailbox, factor, require_offered};
use crate::factors::mfa::held::{Held, Tried, find, hold};
use crate::session::Login;
use crate::session::second_factor::prove;
use crate::{App, Result};
use doorward_model::identifier::Email;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::{Json, Tx, second_factors};

/// Sends a code to an address of the account; the one before it is void, and its wrong tries stay counted.
///
/// Refused: 1097 and 1256 by the tenant's switches, 1103 and 1104 by the token, 1340 for an address that the account did
/// not prove, 1101 for the one that was the first factor or when other factors are the account's, 1122 when the address
/// or the login had its codes.
pub async fn resend_email_otpmfa_token(app: &App, caller: &Caller, token: &Secret, email: &Email) -> Result<()> {
    require_offered(caller.settings())?;
    let now = app.now();
    let (reader, within, wanted, address) = (app.clone(), caller.clone(), token.clone(), email.clone());
    let (login, mailbox) = app
        .read(move |tx| {
            let held = find(&reader, tx, &within, &wanted, now)?;
            let mailbox = Mailbox::find(&reader.keys, tx, &within, &held, &address)?;
            Ok((held.transaction().clone(), mailbox))
        })
        .await?;
    let code = mailbox.draw(app, caller, (&login.uid, &login.token), now)?;
    let (keeper, within, token, email) = (app.clone(), caller.clone(), token.clone(), email.clone());
    app.write(move |tx| {
        let held = hold(&keeper, tx, &within, &token, now)?;
        Mailbox::find(&keeper.keys, tx, &within, &held, &email)?;
        code.issue_unless_fresh(tx, &within, &held.transaction().token, now)
    })
    .await?;
    app.wake.notify_one();
    Ok(())
}

/// Completes the login by the code that was sent to an address, which makes the account's addresses its second factor if
/// it had none. `templates` are the names of the messages that risk checks send.
///
/// Refused as [`resend_email_otpmfa_token`] is, and with 1105 while no code was sent, 1067 for a wrong code, 1069 for one
/// that is too old, 1264 when the account is locked by it.
pub async fn validate_mfa_otp_by_email(
    app: &App,
    caller: &Caller,
    token: &Secret,
    (email, otp): (&Email, &Secret),
    templates: &serde_json::Value,
) -> Result<Login> {
    require_offered(caller.settings())?;
    let attempt = Attempt { app: app.clone(), caller: caller.clone(), email: email.clone(), otp: otp.clone() };
    prove(app, caller, token, Json::of(templates)?, move |tx, held, now| attempt.run(tx, held, now)).await
}

/// One try of a code.
struct Attempt {
    app: App,
    caller: Caller,
    email: Email,
    otp: Secret,
}

impl Attempt {
    fn run(&self, tx: &mut Tx, held: &Held, now: Timestamp) -> Result<Tried> {
        let (app, caller) = (&self.app, &self.caller);
        let mailbox = Mailbox::find(&app.keys, tx, caller, held, &self.email)?;
        let tried = try_code(app, tx, caller, held, (Way::Email, mailbox.subject(), &self.otp), now)?;
        if matches!(tried, Tried::Right) && mailbox.is_new() {
            let (tenant, login) = (caller.tenant_id(), held.transaction());
            second_factors::put(tx, tenant, &login.uid, &factor(login.id.clone()), now)?;
            Change::to_owner(app, caller, tx, &login.uid)?.tell(tx, caller)?;
        }
        Ok(tried)
    }
}
