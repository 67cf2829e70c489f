//! `[passwords]`

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use super::finding::Finding;
use super::server::is_loopback;

/// Lists of passwords that were stolen elsewhere, beside the one that is shipped. What follows from a password on one of
/// them is a setting of the tenant.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Passwords {
    /// A file that `doorward breached build` made.
    pub breached_list: Option<PathBuf>,
    /// The address of a range service: it is asked `GET {address}/{first five digits of the SHA-1}` and never learns the password. When it does not answer within three seconds it is skipped.
    #[schemars(with = "Option<String>")]
    pub breach_api: Option<Url>,
}

impl Passwords {
    pub(super) fn unsound(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        if let Some(path) = self.breached_list.as_ref().filter(|path| !path.is_file()) {
            found.push(Finding::new(
                "[passwords] breached_list",
                format!("{} is no file that can be read", path.display()),
                "Make one with `doorward breached build LIST FILE`, or leave the key out.",
            ));
        }
        if let Some(url) = &self.breach_api
            && url.scheme() != "https"
            && !(url.scheme() == "http" && is_loopback(url))
        {
            found.push(Finding::new(
                "[passwords] breach_api",
                "is not https, and whoever listens would learn a part of every new password's hash",
                "Use the https address of the service; plain http is for this machine only.",
            ));
        }
        found
    }
}
