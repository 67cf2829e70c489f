//! The proofs: who is asking. They are made here and nowhere else, and flows take them as arguments.

use crate::notify::Wished;
use crate::{App, Result, session};
use doorward_model::id::TenantId;
use doorward_model::keys::{Digest, Keys, Purpose};
use doorward_model::origin::Pattern;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::settings::{PlanState, Settings};
use doorward_model::time::Timestamp;
use doorward_store::sessions::Session;
use doorward_store::{Tx, sessions, tenants};
pub use signed::Signed;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, RwLock};
use url::form_urlencoded::Serializer;
use uuid::Uuid;

pub mod client;
mod signed;

/// What is known of a request before anybody is known: where it came from and what it asked of our own doings.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The client's address: the transport's peer, or what a trusted proxy says.
    pub ip: IpAddr,
    /// The client program as it names itself; empty when it does not.
    pub user_agent: String,
    /// The web origin that a browser names.
    pub origin: Option<String>,
    /// The page or program that sent the request, as `Referer` says.
    pub referer: Option<String>,
    /// Names this request in the log and in the answer.
    pub request_id: String,
    /// Whether webhooks follow from this request.
    pub webhooks: Webhooks,
    /// The versions of messages that the request asks for by name.
    pub templates: Wished,
}

/// Whether webhooks follow from a request (`X-PreventWebhook`, else `prevent_webhook`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Webhooks {
    /// They do.
    Fire,
    /// The caller asked for none.
    Prevent,
}

/// A tenant as requests see it.
#[derive(Debug)]
pub struct Tenant {
    /// Its id, first in every key.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// Its public API key.
    pub api_key: String,
    /// Its settings as of this request.
    pub settings: Settings,
}

impl Tenant {
    /// The path below which its hosted pages stand.
    pub fn pages(&self) -> String {
        let name: String = Serializer::new(String::new()).append_key_only(&self.name).finish();
        format!("/hosted/{}", name.replace('+', "%20"))
    }
}

/// Proof of a known API key, on a plan that runs, from a network and origin that are let in.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The tenant that the key stands for.
    pub tenant: Arc<Tenant>,
    /// The request.
    pub visit: Visit,
}

/// Proof of an API key and its secret: the application's back end.
#[derive(Debug, Clone)]
pub struct Admin {
    /// The key's proof.
    pub caller: Caller,
}

/// Proof of a live access token.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The key's proof.
    pub caller: Caller,
    /// The session of the token.
    pub session: Session,
    /// The token itself: some answers repeat it.
    pub token: Secret,
}

impl Caller {
    /// The tenant's id.
    pub fn tenant_id(&self) -> &TenantId {
        &self.tenant.id
    }

    /// The tenant's settings.
    pub fn settings(&self) -> &Settings {
        &self.tenant.settings
    }
}

/// Settings as last read, by API key; a changed version number replaces an entry.
#[derive(Default)]
pub struct TenantCache {
    known: RwLock<HashMap<String, (i64, Arc<Tenant>)>>,
}

impl TenantCache {
    fn get(&self, api_key: &str, version: i64) -> Option<Arc<Tenant>> {
        let known = self.known.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.get(api_key).filter(|(at, _)| *at == version).map(|(_, tenant)| tenant.clone())
    }

    /// As it was read last.
    fn last(&self, api_key: &str) -> Option<Arc<Tenant>> {
        let known = self.known.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.get(api_key).map(|(_, tenant)| tenant.clone())
    }

    fn put(&self, version: i64, tenant: Arc<Tenant>) {
        let mut known = self.known.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.insert(tenant.api_key.clone(), (version, tenant));
    }
}

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

fn sent(secret: Option<&Secret>) -> Result<Secret, Reason> {
    secret.filter(|secret| !secret.is_blank()).cloned().ok_or(Reason::ApiSecretMissing)
}

/// What a secret is told that is none: 921 when it has not even the form of one, which is a GUID. Asked only of one that
/// was not found, so that whatever is kept works.
fn refused_secret(secret: &Secret) -> Reason {
    let is_guid = Uuid::try_parse(secret.expose().trim()).is_ok();
    if is_guid { Reason::ApiSecretUnauthorized } else { Reason::ApiSecretMalformed }
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
    let session = session::slide_by_use(app, &caller, session).await?;
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

fn present(api_key: Option<&str>) -> Result<String> {
    let api_key = api_key.map(str::trim).filter(|key| !key.is_empty());
    Ok(api_key.ok_or_else(|| Refusal::missing("apikey"))?.to_ascii_lowercase())
}

fn find_tenant(tx: &mut Tx, cache: &TenantCache, api_key: &str) -> Result<Option<Arc<Tenant>>> {
    let Some(found) = tenants::by_api_key(tx, api_key)? else { return Ok(None) };
    if let Some(tenant) = cache.get(api_key, found.version) {
        return Ok(Some(tenant));
    }
    let settings = crate::tenants::followed(&found.name, &tenants::settings(tx, &found.id)?)?;
    let tenant = Arc::new(Tenant { id: found.id, name: found.name, api_key: api_key.to_owned(), settings });
    cache.put(found.version, tenant.clone());
    Ok(Some(tenant))
}

/// The keyed hash of an API secret, bound to no tenant: a call may name the secret alone.
pub(crate) fn secret_digest(keys: &Keys, secret: &Secret) -> Digest {
    keys.digest(Purpose::ApiSecret, &TenantId::new(""), secret.expose())
}

fn is_secret(tx: &mut Tx, keys: &Keys, tenant: &TenantId, secret: &Secret, now: Timestamp) -> Result<bool> {
    for bound_to in [&TenantId::new(""), tenant] {
        for digest in keys.digests(Purpose::ApiSecret, bound_to, secret.expose()) {
            let stored = tenants::secret(tx, tenant, &digest)?;
            if stored.is_some_and(|stored| stored.is_live(now)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn find_by_secret(
    tx: &mut Tx,
    cache: &TenantCache,
    keys: &Keys,
    secret: &Secret,
    now: Timestamp,
) -> Result<Option<Arc<Tenant>>> {
    for digest in keys.digests(Purpose::ApiSecret, &TenantId::new(""), secret.expose()) {
        let stored = tenants::secret_of_any(tx, &digest)?.filter(|stored| stored.is_live(now));
        let Some(stored) = stored else { continue };
        if let Some(api_key) = tenants::api_key(tx, &stored.tenant)? {
            return find_tenant(tx, cache, &api_key);
        }
    }
    Ok(None)
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

/// True for an origin on the tenant's list, and for the pages of this server.
pub fn is_own(app: &App, settings: &Settings, origin: &str) -> bool {
    let listed = |text: &String| Pattern::parse(text).is_some_and(|pattern| pattern.matches(origin));
    settings.domains.iter().any(listed) || origin.eq_ignore_ascii_case(&app.public_url)
}

/// True when the session was opened or renewed by a proof of the person within the last ten minutes.
pub fn is_recent(session: &Session, now: Timestamp) -> bool {
    now.since(session.authenticated_at) <= doorward_model::time::Span::minutes(10)
}
