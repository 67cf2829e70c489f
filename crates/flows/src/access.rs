//! The proofs: who is asking, and from where. They are made here and nowhere else, and flows take them as arguments.
//!
//! What belongs here: API keys, API secrets and signatures, access tokens and how use lengthens them, web origins, what
//! a request says of itself. What does not: what a caller may do next.

use crate::app::Tenant;
use crate::{App, Result};
use doorward_model::id::TenantId;
use doorward_model::keys::{Keys, Purpose};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::settings::PlanState;
use doorward_model::time::Timestamp;
use doorward_store::sessions::{self, Session};
use doorward_store::{Tx, tenants};
use secret::{find_by_secret, is_secret, refused_secret, sent};
use std::sync::Arc;
use tenant::{find_tenant, present};

pub mod client;
mod proof;
mod secret;
mod signed;
pub(crate) mod sliding;
mod tenant;
mod visit;

pub use proof::{Admin, Caller, SignedIn, is_own, is_recent};
pub(crate) use secret::{secret_digest, secret_place};
pub use signed::Signed;
pub use visit::{Visit, Webhooks, Wished};

/// Checks the API key and what depends on it alone: 908 missing, 901 unknown, suspended or no key at all, 6003 past
/// its trial, 1206 from a network that is not let in, 90007 from a foreign web page, 429 too fast.
pub async fn caller(app: &App, visit: Visit, api_key: Option<&str>) -> Result<Caller> {
    let api_key = present(api_key)?;
    let (cache, key) = (app.tenants.clone(), api_key.clone());
    let tenant = app.read(move |tx| find_tenant(tx, &cache, &key)).await?;
    admit(app, tenant, visit, Plan::MustRun)
}

/// The same for the tenant's hosted pages, which name it in their address; 901 also where it has none.
pub async fn caller_of_pages(app: &App, visit: Visit, name: &str) -> Result<Caller> {
    let (cache, name) = (app.tenants.clone(), name.to_owned());
    let tenant = app
        .read(move |tx| match tenants::by_name(tx, &name)? {
            Some(listed) => find_tenant(tx, &cache, &listed.api_key),
            None => Ok(None),
        })
        .await?;
    admit(app, tenant.filter(|tenant| tenant.settings.hosted_pages.enabled), visit, Plan::MustRun)
}

/// Checks the API key and the secret, or the signature that stands in its place: beside what [`caller`] asks, 923
/// missing, 921 or 902 wrong, and what is wrong with a signature (1207 to 1212). A trial that is over does not keep the
/// back end from its data.
pub async fn admin(
    app: &App,
    visit: Visit,
    api_key: Option<&str>,
    secret: Option<&Secret>,
    signed: &Signed,
) -> Result<Admin> {
    let api_key = present(api_key)?;
    let secret = secret.filter(|secret| !secret.is_blank()).cloned();
    let refused = secret.as_ref().map(refused_secret);
    let (cache, keys, now) = (app.tenants.clone(), app.keys.clone(), app.now());
    let (tenant, right) = app
        .read(move |tx| {
            let tenant = find_tenant(tx, &cache, &api_key)?;
            let right = match (&tenant, &secret) {
                (Some(tenant), Some(secret)) => Some(is_secret(tx, &keys, &tenant.id, secret, now)?),
                (_, secret) => secret.as_ref().map(|_| false),
            };
            Ok((tenant, right))
        })
        .await?;
    let caller = admit(app, tenant, visit, Plan::MayBeOver)?;
    if signed.is_wanted(caller.settings(), right.is_some())? {
        signed::check(app, &caller, signed).await?;
        return Ok(Admin { caller });
    }
    if right == Some(true) {
        return Ok(Admin { caller });
    }
    let Some(reason) = refused else { return Err(Reason::ApiSecretMissing.into()) };
    app.velocity.count_failure(caller.visit.ip)?;
    Err(reason.into())
}

/// Checks the API key and the access token: beside what [`caller`] asks, 908 missing, 905 unknown, ended or of
/// another tenant, 906 too old.
pub async fn signed_in(app: &App, visit: Visit, api_key: Option<&str>, token: Option<&Secret>) -> Result<SignedIn> {
    let api_key = present(api_key)?;
    let token = token.filter(|token| !token.is_blank()).cloned();
    let (cache, keys, wanted) = (app.tenants.clone(), app.keys.clone(), token.clone());
    let (tenant, session) = app
        .read(move |tx| {
            let tenant = find_tenant(tx, &cache, &api_key)?;
            let session = match (&tenant, &wanted) {
                (Some(tenant), Some(token)) => find_session(tx, &keys, &tenant.id, token)?,
                _ => None,
            };
            Ok((tenant, session))
        })
        .await?;
    let caller = admit(app, tenant, visit, Plan::MustRun)?;
    live(app, caller, session, token).await
}

/// Checks the access token under the secret alone, which names the tenant: 923, 921 and 902 by the secret, then what
/// [`signed_in`] asks of the token.
pub async fn signed_in_by_secret(
    app: &App,
    visit: Visit,
    secret: Option<&Secret>,
    token: Option<&Secret>,
) -> Result<SignedIn> {
    let secret = sent(secret)?;
    let refused = refused_secret(&secret);
    let token = token.filter(|token| !token.is_blank()).cloned();
    let (cache, keys, now, wanted) = (app.tenants.clone(), app.keys.clone(), app.now(), token.clone());
    let found = app
        .read(move |tx| {
            let Some(tenant) = find_by_secret(tx, &cache, &keys, &secret, now)? else { return Ok(None) };
            let session = match &wanted {
                Some(token) => find_session(tx, &keys, &tenant.id, token)?,
                None => None,
            };
            Ok(Some((tenant, session)))
        })
        .await?;
    let (tenant, session) = found.map_or((None, None), |(tenant, session)| (Some(tenant), session));
    let caller = admit_by_secret(app, tenant, visit, refused)?;
    live(app, caller, session, token).await
}

/// The back end by the secret alone, which names the tenant: 923 missing, 921 or 902 wrong, and what [`caller`] asks of
/// the tenant.
pub async fn admin_by_secret(app: &App, visit: Visit, secret: Option<&Secret>) -> Result<Admin> {
    let secret = sent(secret)?;
    let refused = refused_secret(&secret);
    let (cache, keys, now) = (app.tenants.clone(), app.keys.clone(), app.now());
    let tenant = app.read(move |tx| find_by_secret(tx, &cache, &keys, &secret, now)).await?;
    Ok(Admin { caller: admit_by_secret(app, tenant, visit, refused)? })
}

fn admit_by_secret(app: &App, tenant: Option<Arc<Tenant>>, visit: Visit, refused: Reason) -> Result<Caller> {
    if tenant.is_none() {
        app.velocity.count_failure(visit.ip)?;
        return Err(refused.into());
    }
    admit(app, tenant, visit, Plan::MustRun)
}

async fn live(app: &App, caller: Caller, session: Option<Session>, token: Option<Secret>) -> Result<SignedIn> {
    let token = token.ok_or_else(|| Refusal::missing("access_token"))?;
    let session = session.ok_or(Reason::AccessTokenInvalid)?;
    if app.now() >= session.access_expires_at {
        return Err(Reason::AccessTokenExpired.into());
    }
    let session = sliding::slide_by_use(app, &caller, session).await?;
    Ok(SignedIn { caller, session, token })
}

/// The session of an access token that a back end names: 905 for an unknown one, 906 for one that has ended.
pub(crate) fn live_session(
    tx: &mut Tx,
    keys: &Keys,
    tenant: &TenantId,
    token: &Secret,
    now: Timestamp,
) -> Result<Session> {
    let session = find_session(tx, keys, tenant, token)?.ok_or(Reason::AccessTokenInvalid)?;
    if now >= session.access_expires_at {
        return Err(Reason::AccessTokenExpired.into());
    }
    Ok(session)
}

/// True when the tenant that the key stands for wants the two legacy members in refusals. Its settings are those that were
/// read last, which is what the refused request itself did.
pub fn tells_legacy_fields(app: &App, api_key: Option<&str>) -> bool {
    let tenant = present(api_key).ok().and_then(|api_key| app.tenants.last(&api_key));
    tenant.is_some_and(|tenant| tenant.settings.legacy_error_fields)
}

/// True when a browser on this origin may read the answers of the tenant that the key stands for.
pub async fn cors(app: &App, api_key: Option<&str>, origin: &str) -> bool {
    let Ok(api_key) = present(api_key) else { return false };
    let cache = app.tenants.clone();
    let tenant = app.read(move |tx| find_tenant(tx, &cache, &api_key)).await;
    matches!(tenant, Ok(Some(tenant)) if is_own(app, &tenant.settings, origin))
}

fn find_session(tx: &mut Tx, keys: &Keys, tenant: &TenantId, token: &Secret) -> Result<Option<Session>> {
    for digest in keys.digests(Purpose::AccessToken, tenant, token.expose()) {
        if let Some(session) = sessions::by_access(tx, tenant, &digest)? {
            return Ok(Some(session));
        }
    }
    Ok(None)
}

#[derive(Clone, Copy, PartialEq)]
enum Plan {
    MustRun,
    MayBeOver,
}

fn admit(app: &App, tenant: Option<Arc<Tenant>>, visit: Visit, plan: Plan) -> Result<Caller> {
    let Some(tenant) = tenant.filter(|tenant| tenant.settings.plan.state != PlanState::Suspended) else {
        app.velocity.count_failure(visit.ip)?;
        return Err(Reason::ApiKeyUnauthorized.into());
    };
    let settings = &tenant.settings;
    if plan == Plan::MustRun && settings.plan.is_over(app.now()) {
        return Err(Reason::TrialPlanExpired.into());
    }
    if !settings.ip_access.admits(visit.ip) {
        return Err(Reason::IpDenied.into());
    }
    if let Some(origin) = &visit.origin
        && settings.check_origin
        && !is_own(app, settings, origin)
    {
        return Err(Reason::OriginDenied.into());
    }
    if plan == Plan::MustRun {
        app.velocity.count_request(&tenant, visit.ip)?;
    }
    Ok(Caller { tenant, visit })
}
