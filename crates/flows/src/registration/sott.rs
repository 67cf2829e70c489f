//! Registration tokens (SOTT): made for the back end, checked at registration.

use crate::access::{Admin, Caller, secret_place};
use crate::app::Tenant;
use crate::{App, Result};
use anyhow::Context;
use doorward_model::keys::{Digest, Purpose};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::sott::{DerivedKey, Window, make, verify};
use doorward_model::time::{Span, Timestamp};
use doorward_store::{Tx, sotts, tenants};

/// How long a token lives when nobody says otherwise.
const DEFAULT_MINUTES: i64 = 10;

/// A token for the back end to hand to its registration form.
#[derive(Debug, Clone)]
pub struct Generated {
    /// The token.
    pub sott: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Makes a registration token that lives `minutes`, 10 if not said; 908 when that is no number the tenant allows.
pub async fn generate(app: &App, admin: &Admin, minutes: Option<&str>) -> Result<Generated> {
    let window = window(app.now(), minutes, &admin.caller.tenant)?;
    let key = key(app, &admin.caller.tenant).await?;
    Ok(Generated { sott: make(&admin.caller.tenant.api_key, &key, window), expires_at: window.end })
}

/// From `now`, for so many minutes as the text says.
pub fn window(now: Timestamp, minutes: Option<&str>, tenant: &Tenant) -> Result<Window, Refusal> {
    let minutes = match minutes.map(str::trim).filter(|text| !text.is_empty()) {
        None => DEFAULT_MINUTES,
        Some(text) => text.parse().map_err(|_| Refusal::missing("timedifference"))?,
    };
    if !(1..=tenant.settings.sott.max_window_minutes).contains(&minutes) {
        return Err(Refusal::missing("timedifference"));
    }
    Ok(Window { start: now, end: now.plus(Span::minutes(minutes)) })
}

/// A token that was right, and what is to be noted of it.
#[derive(Clone)]
pub(crate) struct Accepted {
    single_use: Option<(Digest, Timestamp)>,
}

impl Accepted {
    /// Uses the token up, where the tenant lets each be used once; 1049 when somebody was faster.
    pub(crate) fn spend(&self, tx: &mut Tx, tenant: &Tenant) -> Result<()> {
        if let Some((digest, end)) = &self.single_use
            && !sotts::consume(tx, &tenant.id, digest, *end)?
        {
            return Err(Reason::SottInvalid.into());
        }
        Ok(())
    }
}

/// Checks the token of a registration: 1049 for whatever is wrong with it.
pub(crate) async fn accept(app: &App, caller: &Caller, sott: &Secret) -> Result<Accepted> {
    let tenant = &caller.tenant;
    let key = key(app, tenant).await?;
    let rules = &tenant.settings.sott;
    let window = verify(sott.expose(), &tenant.api_key, &key, app.now(), rules)?;
    let single_use = rules.single_use.then(|| (app.keys.digest(Purpose::Sott, &tenant.id, sott.expose()), window.end));
    Ok(Accepted { single_use })
}

async fn key(app: &App, tenant: &Tenant) -> Result<DerivedKey> {
    let id = tenant.id.clone();
    let stored = app.read(move |tx| Ok(tenants::primary_secret(tx, &id)?)).await?;
    let sealed = stored.context("a tenant without a primary secret")?.sealed;
    if let Some(key) = app.sotts.get(&sealed) {
        return Ok(key);
    }
    let secret = app.keys.open(&secret_place(&tenant.id), &sealed).context("opening the tenant's API secret")?;
    let key = app.hashing.run(move || DerivedKey::derive(&Secret::new(secret))).await?;
    app.sotts.put(sealed, key.clone());
    Ok(key)
}
