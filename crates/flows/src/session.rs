//! Sessions: begun by a proved credential, renewed by the refresh token, ended by whoever may.
//!
//! What belongs here: what a proof comes to, be it a session or what holds one up (a second factor, a PIN that is owed,
//! the limit of sessions), and step-up. What does not: how a factor is judged.

use crate::access::{Caller, SignedIn};
use crate::factors::mfa::{Next, Pending, Ticket, Waiting};
use crate::notify::Voice;
use crate::profile::account::refuse_state;
use crate::profile::{self, Loaded, NATIVE};
use crate::{App, Error, Result};
use doorward_model::id::{SessionId, Uid};
use doorward_model::keys::{Digest, Purpose};
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::{Tx, accounts, sessions};
use serde_json::value::RawValue;

mod active;
mod ending;
mod impersonation;
pub mod invitation;
pub(crate) mod limit;
pub(crate) mod pin_gate;
mod renewal;
pub(crate) mod second_factor;
mod sliding;
pub mod step_up;

pub use active::{Active, Whose, active_sessions, end_own, own_sessions};
pub(crate) use ending::{end_all_but, end_others};
pub use impersonation::{Impersonated, impersonate};
pub use pin_gate::SessionToken;
pub use renewal::{exchange_access_token, refresh, revoke_all_refresh_tokens, revoke_refresh_token};
pub use sliding::slide;

/// The tokens of a session.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The access token.
    pub access: Secret,
    /// The refresh token.
    pub refresh: Secret,
    /// When the access token ends.
    pub expires_at: Timestamp,
}

/// What a proved first factor came to.
#[derive(Debug)]
pub enum Login {
    /// The person is signed in.
    Finished(Finished),
    /// A second factor has to be proved.
    Pending(Pending),
}

/// A finished login: who it is, and the tokens.
#[derive(Debug)]
pub struct Finished {
    /// The profile as the wire shows it.
    pub profile: Box<RawValue>,
    /// The tokens.
    pub tokens: Tokens,
    /// What a PIN signs in with next time, where the tenant has sign-in by PIN.
    pub pin_session: Option<SessionToken>,
}

/// A session drawn before the transaction that may begin it.
#[derive(Debug, Clone)]
pub(crate) struct Fresh {
    pub(crate) new: sessions::New,
    pub(crate) tokens: Tokens,
    /// For the case that a second factor comes first.
    ticket: Option<Ticket>,
    pin: pin_gate::Drawn,
}

impl Fresh {
    /// Draws a session for this visitor.
    pub(crate) fn draw(app: &App, caller: &Caller, now: Timestamp) -> Fresh {
        let (settings, tenant) = (caller.settings(), caller.tenant_id());
        let tokens = Tokens {
            access: Secret::new(app.guid()),
            refresh: Secret::new(app.guid()),
            expires_at: now.plus(settings.access_token_life()),
        };
        let new = sessions::New {
            id: SessionId::new(app.guid()),
            access: app.keys.digest(Purpose::AccessToken, tenant, tokens.access.expose()),
            refresh: Some(app.keys.digest(Purpose::RefreshToken, tenant, tokens.refresh.expose())),
            access_expires_at: tokens.expires_at,
            refresh_expires_at: now.plus(settings.refresh_token_life()),
            provider: NATIVE.to_owned(),
            ip: caller.visit.ip.to_string(),
            user_agent: caller.visit.clipped_agent(),
            impersonated: false,
            remembered: false,
        };
        let (ticket, pin) = (Ticket::draw(app, caller, now), pin_gate::Drawn::draw(app, caller, now));
        Fresh { new, tokens, ticket, pin }
    }

    /// The same after another first factor than the password, by its name; what was sent to `spent` proved it, so that
    /// nothing sent there is a second factor.
    pub(crate) fn after(mut self, first_factor: &'static str, spent: Option<Digest>) -> Fresh {
        self.ticket = self.ticket.map(|ticket| ticket.after(first_factor, spent));
        self
    }

    /// The same after a first factor that is two at once.
    pub(crate) fn with_both_factors(mut self) -> Fresh {
        self.ticket = None;
        self
    }

    /// The same for a client that knows no second step: where one is due, it is refused (1176).
    pub(crate) fn in_one_step(mut self) -> Fresh {
        self.ticket = self.ticket.map(Ticket::refused);
        self
    }

    /// The same session of a person who asked to be remembered, where the tenant does that.
    pub(crate) fn remembered(mut self, settings: &Settings, now: Timestamp) -> Fresh {
        if settings.remember_me {
            self.new.remembered = true;
            self.new.access_expires_at = now.plus(settings.remembered_life());
            self.tokens.expires_at = self.new.access_expires_at;
        }
        self
    }

    /// The same session as a PIN opens it: the token that it was opened with lives on, and there is no other.
    pub(crate) fn by_pin(mut self) -> Fresh {
        self.pin = pin_gate::Drawn::NONE;
        self
    }

    /// The same session as the back end opens it in the person's name: there is no refresh token to it.
    fn impersonated(mut self) -> Fresh {
        self.new.impersonated = true;
        self.new.refresh = None;
        self.new.refresh_expires_at = self.new.access_expires_at;
        self
    }
}

/// What a proved first factor came to, written but not yet told.
pub(crate) enum Begun {
    /// The person is signed in.
    Completed(Box<Completed>),
    /// A second factor has to be proved.
    Waiting(Box<Waiting>),
}

impl Begun {
    /// Whose login it is.
    pub(crate) fn uid(&self) -> &Uid {
        match self {
            Begun::Completed(completed) => completed.uid(),
            Begun::Waiting(waiting) => waiting.uid(),
        }
    }

    /// Whether the person is signed in.
    pub(crate) fn is_complete(&self) -> bool {
        matches!(self, Begun::Completed(_))
    }

    /// The same, where a code that goes out by itself to a phone is told so.
    pub(crate) fn told(self, voice: Voice) -> Begun {
        match self {
            Begun::Completed(completed) => Begun::Completed(completed),
            Begun::Waiting(waiting) => Begun::Waiting(Box::new(waiting.told(voice))),
        }
    }

    /// The same of somebody who signed in with the passkey of another device.
    pub(crate) fn by_passkey_from_elsewhere(self) -> Begun {
        match self {
            Begun::Completed(completed) => {
                let loaded = completed.loaded.by_passkey_from_elsewhere();
                Begun::Completed(Box::new(Completed { loaded, ..*completed }))
            }
            Begun::Waiting(waiting) => Begun::Waiting(waiting),
        }
    }

    /// Does what follows the transaction: renders the profile, or sends the code of the second factor.
    pub(crate) async fn finish(self, app: &App, caller: &Caller) -> Result<Login> {
        Ok(match self {
            Begun::Completed(completed) => Login::Finished(completed.finish()?),
            Begun::Waiting(waiting) => Login::Pending(waiting.finish(app, caller).await?),
        })
    }
}

/// A login that is written, but whose profile is not yet rendered: that happens outside the transaction.
pub(crate) struct Completed {
    loaded: Loaded,
    tokens: Tokens,
    pin_session: Option<SessionToken>,
}

impl Completed {
    /// A login that hands out nothing for a PIN to sign in with.
    pub(crate) fn new(loaded: Loaded, tokens: Tokens) -> Completed {
        Completed { loaded, tokens, pin_session: None }
    }

    /// Who signed in.
    pub(crate) fn uid(&self) -> &Uid {
        self.loaded.uid()
    }

    /// The tokens alone.
    pub(crate) fn tokens(self) -> Tokens {
        self.tokens
    }

    /// Renders the profile.
    pub(crate) fn finish(self) -> Result<Finished> {
        Ok(Finished { profile: profile::render(&self.loaded)?, tokens: self.tokens, pin_session: self.pin_session })
    }
}

/// What follows a proved first factor: the session, or the second factor where the account needs one. Refused as
/// [`complete`] is, and with 1098 or 1101 when a second factor is due and there is none to ask for, 1176 when the client
/// knows none.
pub(crate) fn begin(
    tx: &mut Tx,
    caller: &Caller,
    fresh: &Fresh,
    uid: &Uid,
    now: Timestamp,
) -> Result<Result<Begun, Refusal>> {
    if let Some(ticket) = &fresh.ticket {
        match ticket.next(tx, caller, uid, fresh.new.remembered, now)? {
            Next::SignIn => {}
            Next::Wait(waiting) => return Ok(Ok(Begun::Waiting(Box::new(waiting)))),
            Next::Refuse(refusal) => return Err(refusal.into()),
        }
    }
    Ok(complete(tx, caller, fresh, uid, now)?.map(|completed| Begun::Completed(Box::new(completed))))
}

/// The same after something that stands without the login, such as a proved address or a new password: what refuses the
/// login is a value, and takes nothing back.
pub(crate) fn try_begin(
    tx: &mut Tx,
    caller: &Caller,
    fresh: &Fresh,
    uid: &Uid,
    now: Timestamp,
) -> Result<Result<Begun, Refusal>> {
    match begin(tx, caller, fresh, uid, now) {
        Err(Error::Refused(refusal)) => Ok(Err(*refusal)),
        begun => begun,
    }
}

/// Begins the drawn session, counts the login, and loads the profile as it now is.
///
/// What stands in the way is an error: 991 or 1130 when the account may not sign in, 1338 when it has as many sessions as it
/// may. It takes the transaction back, so that the code, link or token that was right is right again once the way is free.
/// Only 1243 is a value to commit: the proof has bought the token that sets a PIN.
pub(crate) fn complete(
    tx: &mut Tx,
    caller: &Caller,
    fresh: &Fresh,
    uid: &Uid,
    now: Timestamp,
) -> Result<Result<Completed, Refusal>> {
    let tenant = caller.tenant_id();
    if let Some(refusal) = pin_gate::owed(tx, caller, &fresh.pin, uid, fresh.new.remembered)? {
        return Ok(Err(refusal));
    }
    if let Some(reason) = limit::reached(tx, &caller.tenant, uid, &fresh.new.id, now)? {
        return Err(reason.into());
    }
    let Some(account) = accounts::count_login(tx, tenant, uid, now)? else {
        return Err(refuse_state(accounts::state(tx, tenant, uid)?).into());
    };
    sessions::start(tx, tenant, uid, &fresh.new, now)?;
    let pin_session = pin_gate::hand_out(tx, caller, &fresh.pin, uid)?;
    let loaded = profile::load_around(tx, &caller.tenant, account, now)?;
    Ok(Ok(Completed { loaded, tokens: fresh.tokens.clone(), pin_session }))
}

/// What an invalidated access token takes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Only itself; the refresh token lives on.
    AccessToken,
    /// The whole session.
    Session,
}

/// Ends the session's access token, or all of the session.
pub async fn invalidate(app: &App, signed_in: SignedIn, scope: Scope) -> Result<()> {
    let (tenant, session) = (signed_in.caller.tenant.clone(), signed_in.session.id.clone());
    app.write(move |tx| {
        match scope {
            Scope::AccessToken => sessions::end_access(tx, &tenant.id, &session)?,
            Scope::Session => sessions::end(tx, &tenant.id, &session)?,
        }
        Ok(())
    })
    .await
}

/// What the session of an access token says of itself.
#[derive(Debug, Clone)]
pub struct Info {
    /// The token.
    pub access_token: Secret,
    /// Through which provider the person signed in.
    pub provider: String,
    /// Whether the person asked for the session to last.
    pub remembered: bool,
    /// When the token ends.
    pub expires_at: Timestamp,
}

/// Describes a live access token; refused (991) when its account has been closed meanwhile.
pub fn describe(signed_in: &SignedIn) -> Info {
    Info {
        access_token: signed_in.token.clone(),
        provider: signed_in.session.provider.clone(),
        remembered: signed_in.session.remembered,
        expires_at: signed_in.session.access_expires_at,
    }
}

/// Whether the person asks for the session to last; heard where the tenant has switched that on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remember {
    /// As long as any other.
    No,
    /// As long as the tenant lets remembered ones last.
    Yes,
}
