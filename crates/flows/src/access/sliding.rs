//! Access tokens that live on by being used.

use super::proof::Caller;
use crate::{App, Result};
use doorward_model::time::{Span, Timestamp};
use doorward_store::sessions::{self, Session};

/// However often its token is used, a session ends so long after it began.
const LONGEST: Span = Span::days(30);

/// A use moves the end only if that moves by at least one part of so many of the token's life: nearly every request
/// then writes nothing.
const PARTS: i64 = 10;

/// What every use of a token does: the session with its end moved, if that is worth it.
pub(crate) async fn slide_by_use(app: &App, caller: &Caller, session: Session) -> Result<Session> {
    let until = end(caller, &session, app.now());
    if until.since(session.access_expires_at) < Span(life(caller, &session).0 / PARTS) {
        return Ok(session);
    }
    move_to(app, caller, &session, until).await?;
    Ok(Session { access_expires_at: until, ..session })
}

pub(crate) async fn move_to(app: &App, caller: &Caller, session: &Session, until: Timestamp) -> Result<()> {
    if until <= session.access_expires_at {
        return Ok(());
    }
    let (tenant, id) = (caller.tenant.clone(), session.id.clone());
    app.write(move |tx| Ok(sessions::prolong(tx, &tenant.id, &id, until)?)).await
}

/// When the token ends if it is used now.
pub(crate) fn end(caller: &Caller, session: &Session, now: Timestamp) -> Timestamp {
    if !caller.settings().sliding_token || session.impersonated {
        return session.access_expires_at;
    }
    now.plus(life(caller, session)).min(session.created_at.plus(LONGEST)).max(session.access_expires_at)
}

fn life(caller: &Caller, session: &Session) -> Span {
    let settings = caller.settings();
    if session.remembered { settings.remembered_life() } else { settings.access_token_life() }
}
