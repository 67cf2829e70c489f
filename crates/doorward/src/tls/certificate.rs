//! A certificate with its key, as they stand in two PEM files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use doorward_flows::app::outside::Clock;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use rustls::client::verify_server_name;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use x509_cert::der::Decode;

use crate::config::Finding;
use crate::config::source::{exposed, readable_by_everyone, unreadable};
use crate::outside::SystemClock;

const CERTIFICATE: &str = "[server.tls] certificate";
const KEY: &str = "[server.tls] key";

/// Where a certificate and its key stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The chain in PEM, the server's own certificate first.
    pub certificate: PathBuf,
    /// The private key in PEM.
    pub key: PathBuf,
}

/// What the two files hold.
#[derive(PartialEq, Eq)]
pub(super) struct Pem {
    certificate: String,
    key: Secret,
}

/// A certificate that a server can prove to be its own, and that is valid now.
#[derive(Debug, Clone)]
pub struct Certificate {
    pub(super) proof: Arc<CertifiedKey>,
    /// The moment from which on no client takes it any more.
    pub expires: Timestamp,
}

impl CertificateFiles {
    /// Reads the files and checks what they hold; the finding says what is wrong with them.
    pub fn load(&self) -> Result<Certificate, Finding> {
        self.parse(&self.read()?)
    }

    pub(super) fn read(&self) -> Result<Pem, Finding> {
        let certificate = read(CERTIFICATE, &self.certificate)?;
        let key = Secret::new(read(KEY, &self.key)?);
        if readable_by_everyone(&self.key) {
            return Err(exposed(KEY, &self.key));
        }
        Ok(Pem { certificate, key })
    }

    pub(super) fn parse(&self, pem: &Pem) -> Result<Certificate, Finding> {
        let (certificate, key) = (self.certificate.display(), self.key.display());
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(pem.certificate.as_bytes()).collect::<Result<_, _>>().unwrap_or_default();
        let Some(own) = chain.first() else {
            let problem = format!("{certificate} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)");
            return Err(Finding::new(CERTIFICATE, problem, "Name the file with the whole chain, often fullchain.pem."));
        };
        let validity = validity(own).ok_or_else(|| {
            let problem = format!("the first certificate of {certificate} cannot be read");
            Finding::new(
                CERTIFICATE,
                problem,
                "Write the file anew; openssl x509 -noout -text -in shows what it holds.",
            )
        })?;
        check_validity(&validity, &self.certificate)?;
        let private = PrivateKeyDer::from_pem_slice(pem.key.expose().as_bytes()).map_err(|_| {
            let problem = format!("{key} holds no private key in PEM that is free of a passphrase");
            Finding::new(KEY, problem, "Take a passphrase off with: openssl pkey -in OLD -out NEW")
        })?;
        Certificate::proven(chain, private, validity.end).map_err(|error| {
            let problem = match error {
                rustls::Error::InconsistentKeys(_) => {
                    format!("{key} is not the key of the first certificate in {certificate}")
                }
                error => format!("{key} cannot be used: {error}"),
            };
            Finding::new(KEY, problem, "Name the two files of one certificate; its own certificate stands first.")
        })
    }
}

impl Certificate {
    /// This chain, its own certificate first, with the key that proves it.
    pub(crate) fn proven(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        expires: Timestamp,
    ) -> Result<Certificate, rustls::Error> {
        let proof = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())?;
        Ok(Certificate { proof: Arc::new(proof), expires })
    }

    /// True when clients that ask for `host`, a name or an address, take it for theirs.
    pub fn is_for(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let (Some(own), Ok(name)) = (self.proof.cert.first(), ServerName::try_from(host)) else { return false };
        ParsedCertificate::try_from(own).is_ok_and(|own| verify_server_name(&own, &name).is_ok())
    }
}

fn read(place: &str, path: &Path) -> Result<String, Finding> {
    fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => {
            let problem = format!("{} is not PEM, which is text", path.display());
            Finding::new(place, problem, "Turn DER into PEM with: openssl x509 -inform der -in OLD -out NEW")
        }
        _ => unreadable(place, path, &error),
    })
}

struct Validity {
    begin: Timestamp,
    end: Timestamp,
}

fn validity(certificate: &CertificateDer<'_>) -> Option<Validity> {
    let parsed = x509_cert::Certificate::from_der(certificate).ok()?.tbs_certificate.validity;
    let moment = |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_millis()).ok().map(Timestamp);
    Some(Validity { begin: moment(parsed.not_before)?, end: moment(parsed.not_after)? })
}

fn check_validity(validity: &Validity, path: &Path) -> Result<(), Finding> {
    let (now, path) = (SystemClock.now(), path.display());
    if now >= validity.end {
        let problem = format!("{path} expired at {}, and no client takes it any more", validity.end.to_wire());
        return Err(Finding::new(CERTIFICATE, problem, "Renew it, and check why that did not happen by itself."));
    }
    if now < validity.begin {
        let problem = format!(
            "{path} is not valid before {}, and this machine says it is {}",
            validity.begin.to_wire(),
            now.to_wire()
        );
        return Err(Finding::new(CERTIFICATE, problem, "Check the clock of this machine, or wait."));
    }
    Ok(())
}
