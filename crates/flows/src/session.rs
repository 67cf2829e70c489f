//! Sessions: begun by a proved credential, renewed by the refresh token, ended by whoever may.

use crate::access::{Admin, Caller, SignedIn, Visit};
use crate::profile::{self, Loaded};
use crate::{App, Result};
use doorward_model::id::{SessionId, Uid};
use doorward_model::keys::Purpose;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_model::time::{Span, Timestamp};
use doorward_store::{Tx, accounts, sessions};
use serde_json::value::RawValue;

/// The provider of an account that signs in with Doorward's own credentials.
pub const NATIVE: &str = "Email";

/// A client that lost our answer may ask again with the token it just used; for so long that is no theft.
const GRACE: Span = Span::seconds(10);

/// The longest user agent that is kept.
const USER_AGENT_LENGTH: usize = 512;

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

/// A finished login: who it is, and the tokens.
#[derive(Debug)]
pub struct Login {
    /// The profile as the wire shows it.
    pub profile: Box<RawValue>,
    /// The tokens.
    pub tokens: Tokens,
}

/// A session drawn before the transaction that may begin it.
#[derive(Debug, Clone)]
pub(crate) struct Fresh {
    new: sessions::New,
    tokens: Tokens,
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
            refresh: app.keys.digest(Purpose::RefreshToken, tenant, tokens.refresh.expose()),
            access_expires_at: tokens.expires_at,
            refresh_expires_at: now.plus(settings.refresh_token_life()),
            provider: NATIVE.to_owned(),
            ip: caller.visit.ip.to_string(),
            user_agent: clip(&caller.visit),
        };
        Fresh { new, tokens }
    }
}

fn clip(visit: &Visit) -> String {
    visit.user_agent.chars().take(USER_AGENT_LENGTH).collect()
}

/// A login that is written, but whose profile is not yet rendered: that happens outside the transaction.
pub(crate) struct Begun {
    loaded: Loaded,
    tokens: Tokens,
}

impl Begun {
    /// Who signed in.
    pub(crate) fn uid(&self) -> &Uid {
        self.loaded.uid()
    }

    /// Renders the profile.
    pub(crate) fn finish(self) -> Result<Login> {
        Ok(Login { profile: profile::render(&self.loaded)?, tokens: self.tokens })
    }
}

/// Begins the drawn session, counts the login, and loads the profile as it now is; refused (991, 1130) when the
/// account may not sign in.
pub(crate) fn begin(
    tx: &mut Tx,
    caller: &Caller,
    fresh: &Fresh,
    uid: &Uid,
    now: Timestamp,
) -> Result<Result<Begun, Refusal>> {
    let tenant = caller.tenant_id();
    let Some(account) = accounts::count_login(tx, tenant, uid, now)? else {
        return Ok(Err(refuse_state(accounts::state(tx, tenant, uid)?)));
    };
    sessions::start(tx, tenant, uid, &fresh.new, now)?;
    let loaded = profile::load_around(tx, &caller.tenant, account, now)?;
    Ok(Ok(Begun { loaded, tokens: fresh.tokens.clone() }))
}

/// The refusal of an account that may not be used, told only to somebody who proved the right credential.
pub(crate) fn refuse_state(state: Option<accounts::State>) -> Refusal {
    match state {
        Some(state) if !state.is_active => Reason::AccountBlocked.into(),
        Some(_) => Reason::LoginDisabledForAccount.into(),
        None => Reason::CredentialsInvalid.into(),
    }
}

/// Exchanges a refresh token for the next access and refresh token. Exactly one of many racing callers gets them; a
/// used token is refused (1217), and used again later than the grace it ends the whole session, since then somebody
/// else holds a copy.
pub async fn refresh(app: &App, admin: &Admin, refresh_token: &Secret) -> Result<Tokens> {
    let (caller, now) = (&admin.caller, app.now());
    let fresh = Fresh::draw(app, caller, now);
    let tenant = caller.tenant.clone();
    let digests: Vec<_> = app.keys.digests(Purpose::RefreshToken, &tenant.id, refresh_token.expose()).collect();
    let tokens = fresh.tokens.clone();
    app.write(move |tx| {
        for digest in &digests {
            let Some(found) = sessions::refresh(tx, &tenant.id, digest)? else { continue };
            if let Some(rotated_at) = found.rotated_at {
                let stolen = tenant.settings.refresh_reuse_detection && now.since(rotated_at) > GRACE;
                if stolen {
                    sessions::end(tx, &tenant.id, &found.session)?;
                }
                return Ok(Err(Reason::RefreshTokenInvalid));
            }
            if now >= found.refresh_expires_at || !may_refresh(tx, &tenant.id, &found.uid)? {
                return Ok(Err(Reason::RefreshTokenInvalid));
            }
            if !sessions::rotate(tx, &tenant.id, digest, now)? {
                return Ok(Err(Reason::RefreshTokenInvalid));
            }
            sessions::renew(tx, &tenant.id, &found.session, &fresh.new)?;
            return Ok(Ok(()));
        }
        Ok(Err(Reason::RefreshTokenInvalid))
    })
    .await??;
    Ok(tokens)
}

fn may_refresh(tx: &mut Tx, tenant: &doorward_model::id::TenantId, uid: &Uid) -> Result<bool> {
    let state = accounts::state(tx, tenant, uid)?;
    Ok(state.is_some_and(|state| state.is_active && !state.login_disabled))
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

/// Ends what a new password ends: every session under force logout, and every pending code always.
pub(crate) fn end_others(
    tx: &mut Tx,
    settings: &Settings,
    tenant: &doorward_model::id::TenantId,
    uid: &Uid,
    now: Timestamp,
) -> Result<()> {
    doorward_store::challenges::void_all(tx, tenant, uid, now)?;
    if settings.force_logout {
        sessions::end_all(tx, tenant, uid)?;
    }
    Ok(())
}

/// What the session of an access token says of itself.
#[derive(Debug, Clone)]
pub struct Info {
    /// The token.
    pub access_token: Secret,
    /// Through which provider the person signed in.
    pub provider: String,
    /// When the token ends.
    pub expires_at: Timestamp,
}

/// Describes a live access token; refused (991) when its account has been closed meanwhile.
pub fn describe(signed_in: &SignedIn) -> Info {
    Info {
        access_token: signed_in.token.clone(),
        provider: signed_in.session.provider.clone(),
        expires_at: signed_in.session.access_expires_at,
    }
}
