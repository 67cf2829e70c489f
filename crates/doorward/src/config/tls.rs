//! `[server.tls]`

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Finding;
use crate::tls::CertificateFiles;

/// The certificate of a server that speaks https itself.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// A PEM file with the certificate of this server and behind it those that lead to a well-known authority, as `fullchain.pem` of an ACME client.
    pub certificate: Option<PathBuf>,
    /// A PEM file with the private key of the certificate, without a passphrase and closed to other users.
    pub key: Option<PathBuf>,
}

impl Tls {
    /// The two files, when the server shall speak https.
    pub fn files(&self) -> Option<CertificateFiles> {
        Some(CertificateFiles { certificate: self.certificate.clone()?, key: self.key.clone()? })
    }

    pub(super) fn unsound(&self) -> Vec<Finding> {
        if self.certificate.is_some() != self.key.is_some() {
            let finding = Finding::new(
                "[server.tls]",
                "a certificate and a key go together, and only one of them is set",
                "Set certificate together with key, or neither and let a proxy end TLS.",
            );
            return vec![finding];
        }
        Vec::from_iter(self.files().and_then(|files| files.load().err()))
    }
}
