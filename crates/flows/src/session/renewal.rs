//! Refresh tokens: exchanged for the next, and revoked.

use super::{Fresh, Tokens, limit};
use crate::access::{Admin, SignedIn};
use crate::{App, Result, notify};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::{Digest, Purpose};
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_model::time::{Span, Timestamp};
use doorward_store::sessions::{self, Exchanged};
use doorward_store::{Tx, accounts};

/// A client that lost our answer may ask again with the token it just used; for so long that is no theft.
const GRACE: Span = Span::seconds(10);

/// Exchanges a refresh token for the next access and refresh token. Exactly one of many racing callers gets them; a
/// used token is refused (1217), and used again later than the grace it ends the whole session, since then somebody
/// else holds a copy. 1338 when the account has as many sessions as it may; then the token stays as it was.
pub async fn refresh(app: &App, admin: &Admin, refresh_token: &Secret) -> Result<Tokens> {
    let (caller, now) = (&admin.caller, app.now());
    let fresh = Fresh::draw(app, caller, now);
    let tenant = caller.tenant.clone();
    let digests = digests(app, &tenant.id, refresh_token);
    let tokens = app
        .write(move |tx| {
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
                if let Some(reason) = limit::reached(tx, &tenant, &found.uid, &found.session, now)? {
                    return Ok(Err(reason));
                }
                if !sessions::rotate(tx, &tenant.id, digest, now)? {
                    return Ok(Err(Reason::RefreshTokenInvalid));
                }
                let fresh = fresh_for(&fresh, found.remembered, &tenant.settings, now);
                sessions::renew(tx, &tenant.id, &found.session, &fresh.new)?;
                return Ok(Ok(fresh.tokens));
            }
            Ok(Err(Reason::RefreshTokenInvalid))
        })
        .await??;
    Ok(tokens)
}

/// Exchanges a live access token for the next access and refresh token; exactly one of many racing callers gets them,
/// the others 905; 1217 once the session's refresh tokens were revoked. The new access token lives `minutes` if that is
/// less than the tenant's access tokens live. A session that the back end opened in somebody's name is not renewed (1217).
pub async fn exchange_access_token(app: &App, signed_in: &SignedIn, minutes: Option<i64>) -> Result<Tokens> {
    let (caller, session, now) = (&signed_in.caller, signed_in.session.clone(), app.now());
    if session.impersonated {
        return Err(Reason::RefreshTokenInvalid.into());
    }
    let mut fresh = fresh_for(&Fresh::draw(app, caller, now), session.remembered, caller.settings(), now);
    if let Some(minutes) = minutes.filter(|minutes| *minutes > 0) {
        fresh.tokens.expires_at = fresh.tokens.expires_at.min(now.plus(Span::minutes(minutes)));
        fresh.new.access_expires_at = fresh.tokens.expires_at;
    }
    let (tenant, tokens) = (caller.tenant.clone(), fresh.tokens.clone());
    let olds: Vec<Digest> = app.keys.digests(Purpose::AccessToken, &tenant.id, signed_in.token.expose()).collect();
    app.write(move |tx| {
        if !may_refresh(tx, &tenant.id, &session.uid)? {
            return Err(Reason::RefreshTokenInvalid.into());
        }
        for old in &olds {
            match sessions::exchange(tx, &tenant.id, &session.id, old, &fresh.new, now)? {
                Exchanged::Done => return Ok(()),
                Exchanged::Revoked => return Err(Reason::RefreshTokenInvalid.into()),
                Exchanged::OtherToken => {}
            }
        }
        Err(Reason::AccessTokenInvalid.into())
    })
    .await?;
    Ok(tokens)
}

/// Revokes one refresh token; its session's access token lives on. 1217 for a token that is unknown or was used.
pub async fn revoke_refresh_token(app: &App, admin: &Admin, refresh_token: &Secret) -> Result<()> {
    let tenant = admin.caller.tenant.clone();
    let digests = digests(app, &tenant.id, refresh_token);
    app.write(move |tx| {
        for digest in &digests {
            if sessions::revoke(tx, &tenant.id, digest)? {
                return Ok(());
            }
        }
        Err(Reason::RefreshTokenInvalid.into())
    })
    .await?;
    notify::event(&admin.caller, "RevokeRefreshToken", None);
    Ok(())
}

/// Revokes every refresh token of an account; access tokens live on. 984 for an unknown account.
pub async fn revoke_all_refresh_tokens(app: &App, admin: &Admin, uid: &Uid) -> Result<()> {
    let (tenant, id) = (admin.caller.tenant.clone(), uid.clone());
    app.write(move |tx| {
        accounts::state(tx, &tenant.id, &id)?.ok_or(Reason::AccountIdInvalid)?;
        Ok(sessions::revoke_all(tx, &tenant.id, &id)?)
    })
    .await?;
    notify::event(&admin.caller, "RevokeRefreshToken", Some(uid));
    Ok(())
}

/// The drawn tokens, with the life that those of the session have.
fn fresh_for(fresh: &Fresh, remembered: bool, settings: &Settings, now: Timestamp) -> Fresh {
    if remembered { fresh.clone().remembered(settings, now) } else { fresh.clone() }
}

fn digests(app: &App, tenant: &TenantId, refresh_token: &Secret) -> Vec<Digest> {
    app.keys.digests(Purpose::RefreshToken, tenant, refresh_token.expose()).collect()
}

fn may_refresh(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<bool> {
    let state = accounts::state(tx, tenant, uid)?;
    Ok(state.is_some_and(|state| state.is_active && !state.login_disabled))
}
