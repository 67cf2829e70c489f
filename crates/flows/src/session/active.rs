//! Which sessions an account has.

use crate::access::{self, Admin};
use crate::{App, Result};
use doorward_model::agent::Agent;
use doorward_model::id::Uid;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::{accounts, sessions};

/// The most sessions that are listed, newest first.
const MOST: i64 = 100;

/// Whose sessions the back end asks for.
#[derive(Debug, Clone)]
pub enum Whose {
    /// Those of the person who holds this access token.
    Token(Secret),
    /// Those of this account.
    Account(Uid),
}

/// A session as the back end sees it.
#[derive(Debug, Clone)]
pub struct Active {
    /// Names the session; the access token itself is not kept.
    pub id: String,
    /// When it began.
    pub began_at: Timestamp,
    /// From which address.
    pub ip: String,
    /// With which program and machine, as far as that says.
    pub agent: Agent,
}

/// The sessions whose access tokens live, newest first; 905 for an unknown token, 906 for one that has ended, 984 for an
/// unknown account.
pub async fn active_sessions(app: &App, admin: &Admin, whose: Whose) -> Result<Vec<Active>> {
    let (tenant, keys, now) = (admin.caller.tenant.clone(), app.keys.clone(), app.now());
    let listed = app
        .read(move |tx| {
            let uid = match &whose {
                Whose::Token(token) => access::live_session(tx, &keys, &tenant.id, token, now)?.uid,
                Whose::Account(uid) => uid.clone(),
            };
            accounts::state(tx, &tenant.id, &uid)?.ok_or(Reason::AccountIdInvalid)?;
            Ok(sessions::live(tx, &tenant.id, &uid, MOST, now)?)
        })
        .await?;
    let active = listed.into_iter().map(|session| Active {
        id: session.id.to_string(),
        began_at: session.created_at,
        ip: session.ip,
        agent: Agent::of(&session.user_agent),
    });
    Ok(active.collect())
}
