//! Which sessions an account has.

use crate::access::{self, Admin, SignedIn};
use crate::{App, Result, notify};
use doorward_model::agent::Agent;
use doorward_model::id::{SessionId, Uid};
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
    Ok(listed.into_iter().map(Active::of).collect())
}

/// The person's own sessions whose access tokens live, newest first.
pub async fn own_sessions(app: &App, signed_in: &SignedIn) -> Result<Vec<Active>> {
    let (tenant, uid, now) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone(), app.now());
    let listed = app.read(move |tx| Ok(sessions::live(tx, &tenant.id, &uid, MOST, now)?)).await?;
    Ok(listed.into_iter().map(Active::of).collect())
}

/// Ends one of the person's own sessions with all its tokens. A session that is not theirs, or is no more, is left as it
/// is.
pub async fn end_own(app: &App, signed_in: &SignedIn, session: &SessionId) -> Result<()> {
    let (tenant, uid, id) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone(), session.clone());
    let ended = app.write(move |tx| Ok(sessions::end_of(tx, &tenant.id, &uid, &id)?)).await?;
    if ended {
        notify::event(&signed_in.caller, "EndSession", Some(&signed_in.session.uid));
    }
    Ok(())
}

impl Active {
    fn of(session: sessions::Listed) -> Active {
        Active {
            id: session.id.to_string(),
            began_at: session.created_at,
            ip: session.ip,
            agent: Agent::of(&session.user_agent),
        }
    }
}
