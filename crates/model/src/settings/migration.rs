//! Where people come from who sign in here for the first time.

use super::unfit::Unfit;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// The service that the tenant's people move here from. A login by somebody whom nobody here knows is tried there once,
/// and who gets in there is taken over. Off without an address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoginMigration {
    /// Its address without the path of an operation, such as `https://api.example.com`; empty is off.
    pub url: String,
    /// The API key there. It is public, like every API key: what browsers send.
    #[serde(rename = "apiKey")]
    pub api_key: String,
}

impl LoginMigration {
    /// The address, if people move here.
    pub fn address(&self) -> Option<Url> {
        Url::parse(&self.url).ok()
    }

    pub(super) fn check(&self) -> Result<(), Unfit> {
        if self.url.is_empty() {
            return Ok(());
        }
        let is_safe = self.address().is_some_and(|url| {
            let is_bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
            is_bare && (url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url))
        });
        if !is_safe {
            return Err(Unfit("loginMigration.url must be an https address without user and query".to_owned()));
        }
        if self.api_key.trim().is_empty() {
            return Err(Unfit("loginMigration.apiKey must be set with the address".to_owned()));
        }
        Ok(())
    }
}

/// True for an address that only this machine answers at.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
