//! What a login has to do with PINs: it is held up until one is set, or hands out the token that a PIN signs in with.

use crate::access::Caller;
use crate::factors::pin::settings;
use crate::{App, Result};
use doorward_model::agent::Agent;
use doorward_model::id::Uid;
use doorward_model::keys::{Digest, Purpose};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::pin_tokens::{self, Asked};
use doorward_store::{Tx, accounts, pins};
use serde_json::json;

/// What a PIN signs in with.
#[derive(Debug, Clone)]
pub struct SessionToken {
    /// The token.
    pub token: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// The tokens of a login, drawn before the transaction that may hand one of them out.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    session: Option<(SessionToken, Digest)>,
    ask: Option<(Secret, Digest, Timestamp)>,
}

impl Drawn {
    /// No tokens: for a login that hands out none.
    pub(crate) const NONE: Drawn = Drawn { session: None, ask: None };

    /// Draws as many as the tenant's settings ask for.
    pub(crate) fn draw(app: &App, caller: &Caller, now: Timestamp) -> Drawn {
        let (tenant, settings) = (caller.tenant_id(), settings(&caller.tenant));
        let draw = |purpose| {
            let token = Secret::new(app.guid());
            let digest = app.keys.digest(purpose, tenant, token.expose());
            (token, digest)
        };
        let session = settings.signs_in().then(|| {
            let (token, digest) = draw(Purpose::PinSession);
            (SessionToken { token, expires_at: now.plus(settings.session_token_life()) }, digest)
        });
        let ask = settings.is_owed(true).then(|| {
            let (token, digest) = draw(Purpose::PinAuth);
            (token, digest, now.plus(settings.auth_token_life()))
        });
        Drawn { session, ask }
    }
}

/// 1243 with the token that sets a PIN, when the account may sign in but has to set one first.
pub(crate) fn owed(
    tx: &mut Tx,
    caller: &Caller,
    drawn: &Drawn,
    uid: &Uid,
    remembered: bool,
) -> Result<Option<Refusal>> {
    let (tenant, settings) = (caller.tenant_id(), settings(&caller.tenant));
    let Some((token, digest, expires_at)) = &drawn.ask else { return Ok(None) };
    let Some(account) = accounts::lock(tx, tenant, uid)? else { return Ok(None) };
    let may_sign_in = account.is_active && !account.login_disabled;
    if !may_sign_in || !settings.is_owed(account.logins == 0) || pins::find(tx, tenant, uid)?.is_some() {
        return Ok(None);
    }
    pin_tokens::ask(tx, tenant, digest, &Asked { uid: uid.clone(), remembered, expires_at: *expires_at })?;
    Ok(Some(Refusal::from(Reason::PinSetupRequired).with_data(json!({ "PINAuthToken": token.expose() }))))
}

/// Keeps the session token of a full login, which also forgets the wrong PINs before it.
pub(crate) fn hand_out(tx: &mut Tx, caller: &Caller, drawn: &Drawn, uid: &Uid) -> Result<Option<SessionToken>> {
    let Some((session, digest)) = &drawn.session else { return Ok(None) };
    let tenant = caller.tenant_id();
    pins::forget_wrong(tx, tenant, uid)?;
    pin_tokens::begin(tx, tenant, uid, digest, browser(caller), session.expires_at)?;
    Ok(Some(session.clone()))
}

/// The kind of browser that a visitor uses; empty for any other program.
pub(crate) fn browser(caller: &Caller) -> &'static str {
    Agent::of(&caller.visit.user_agent).browser.unwrap_or_default()
}
