//! What is proved of a caller.

use super::visit::Visit;
use crate::App;
use crate::app::Tenant;
use doorward_model::id::TenantId;
use doorward_model::origin::Pattern;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::sessions::Session;
use std::sync::Arc;

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

/// True for an origin on the tenant's list, and for the pages of this server.
pub fn is_own(app: &App, settings: &Settings, origin: &str) -> bool {
    let listed = |text: &String| Pattern::parse(text).is_some_and(|pattern| pattern.matches(origin));
    settings.domains.iter().any(listed) || origin.eq_ignore_ascii_case(&app.public_url)
}

/// True when the session was opened or renewed by a proof of the person within the last ten minutes.
pub fn is_recent(session: &Session, now: Timestamp) -> bool {
    now.since(session.authenticated_at) <= doorward_model::time::Span::minutes(10)
}
