//! Certificates of an authority that only its test knows.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::CertificateDer;

/// An authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: rcgen::Certificate,
}

/// A certificate with its key.
pub(crate) struct Issued {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = parameters.self_signed(&key).unwrap();
        Authority { issuer: Issuer::new(parameters, key), certificate }
    }

    /// What its callers have to trust.
    pub(crate) fn trusted(&self) -> reqwest::Certificate {
        reqwest::Certificate::from_der(self.der()).unwrap()
    }

    pub(crate) fn der(&self) -> &CertificateDer<'static> {
        self.certificate.der()
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// For localhost and 127.0.0.1.
    pub(crate) fn issue(&self) -> Issued {
        self.issue_valid((2020, 2090))
    }

    /// For a server of this name, or a client of this name.
    pub(crate) fn issue_to(&self, name: &str) -> Issued {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new([name.to_owned()]).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, name);
        Issued { certificate: parameters.signed_by(&key, &self.issuer).unwrap(), key }
    }

    /// The same from the beginning of the one year to the beginning of the other.
    pub(crate) fn issue_valid(&self, (begin, end): (i32, i32)) -> Issued {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        (parameters.not_before, parameters.not_after) = (date_time_ymd(begin, 1, 1), date_time_ymd(end, 1, 1));
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        Issued { certificate, key }
    }
}

impl Issued {
    pub(crate) fn der(&self) -> &CertificateDer<'static> {
        self.certificate.der()
    }

    /// Certificate and key.
    pub(crate) fn pems(&self) -> (String, String) {
        (self.certificate.pem(), self.key.serialize_pem())
    }

    pub(crate) fn write_certificate(&self, path: &Path) {
        fs::write(path, self.certificate.pem()).unwrap();
    }

    pub(crate) fn write_key(&self, path: &Path) {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
        file.unwrap().write_all(self.key.serialize_pem().as_bytes()).unwrap();
    }
}
