//! The first PIN of somebody whose login waits for it.

use crate::access::Caller;
use crate::factors::pin::{Former, lock, require_pin, settings};
use crate::session::{self, Fresh, Login};
use crate::{App, Result, limits, notify};
use doorward_model::keys::{Digest, Purpose};
use doorward_model::pin::Pin;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::pin_tokens::{self, Asked};
use doorward_store::{Tx, accounts};

/// Sets the PIN that a login waits for (1243), and finishes that login.
///
/// Refused: 1239 for a token that is unknown, used, another tenant's, or of an account that has a PIN by now; 1240 for
/// one that is too old; 1134 by the rules of PINs, and then the token stays as it was, as it does when the login is
/// refused (991, 1130, 1338).
pub async fn set_pin_by_pin_auth_token(app: &App, caller: &Caller, token: &Secret, pin: &Pin) -> Result<Login> {
    require_pin(caller)?;
    pin.check_form(&settings(&caller.tenant).configuration.rules)?;
    let now = app.now();
    let digests: Vec<Digest> = app.keys.digests(Purpose::PinAuth, caller.tenant_id(), token.expose().trim()).collect();
    let within = caller.clone();
    let held = app.read(move |tx| look(tx, &within, &digests, now)).await?;
    let held = match held {
        Ok(held) => held,
        Err(refusal) => return Err(limits::refused(app, caller, refusal)),
    };
    let accepted = held.former.accept(app, caller, pin, now).await?;

    let fresh = Fresh::draw(app, caller, now);
    let fresh = if held.asked.remembered { fresh.remembered(caller.settings(), now) } else { fresh };
    let (within, token, uid) = (caller.clone(), held.token, held.asked.uid);
    let completed = app
        .write(move |tx| {
            let tenant = within.tenant_id();
            let mut account = lock(tx, tenant, &uid)??;
            if !pin_tokens::consume(tx, tenant, &token, now)? || !accepted.set(tx, tenant, &mut account, now)? {
                return Err(Reason::PinAuthTokenInvalid.into());
            }
            account.modified_at = now;
            accounts::update(tx, tenant, &account)?;
            // Other logins that waited for this PIN have nothing to set any more.
            pin_tokens::end_all(tx, tenant, &uid)?;
            Ok(session::complete(tx, &within, &fresh, &uid, now)??)
        })
        .await?;
    app.wake.notify_one();
    notify::event(caller, "SetPIN", Some(completed.uid()));
    notify::event(caller, "Login", Some(completed.uid()));
    Ok(Login::Finished(completed.finish()?))
}

/// A live token, and what the PIN that it sets is held against.
struct Held {
    token: Digest,
    asked: Asked,
    former: Former,
}

fn look(tx: &mut Tx, caller: &Caller, digests: &[Digest], now: Timestamp) -> Result<Result<Held, Refusal>> {
    let tenant = caller.tenant_id();
    for token in digests {
        let Some(asked) = pin_tokens::asked(tx, tenant, token)? else { continue };
        if now >= asked.expires_at {
            return Ok(Err(Reason::PinAuthTokenExpired.into()));
        }
        let former = Former::load(tx, tenant, &asked.uid)?;
        if former.stored().is_some() {
            break;
        }
        return Ok(Ok(Held { token: token.clone(), asked, former }));
    }
    Ok(Err(Reason::PinAuthTokenInvalid.into()))
}
