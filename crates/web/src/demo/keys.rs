//! What the demo tells of its tenant.

use doorward_model::secret::Secret;
use std::path::PathBuf;

/// The credentials of the demo's tenant, which the welcome page shows.
#[derive(Debug, Clone)]
pub struct DemoKeys {
    /// Its name, which stands in the address of its hosted pages.
    pub tenant: &'static str,
    /// Its public key.
    pub api_key: String,
    /// Its secret.
    pub api_secret: Secret,
    /// The certificate that a client of https has to trust; none in clear.
    pub ca: Option<PathBuf>,
}
