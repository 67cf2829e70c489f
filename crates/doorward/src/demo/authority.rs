//! A certificate authority for this machine alone, so that clients that speak only https can meet the demo.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use anyhow::Context;
use doorward_flows::app::outside::Clock;
use doorward_model::time::{Span, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use time::OffsetDateTime;

use crate::closed;
use crate::outside::SystemClock;
use crate::tls::Certificate;

const NAME: &str = "Doorward demo of this machine";
const LOCALHOST: &str = "localhost";

/// Whoever trusts it keeps it as long as the folder is of use.
const AUTHORITY_LIVES: Span = Span::days(3650);

/// Made anew at each start; some clients take none that lives longer.
const SERVER_LIVES: Span = Span::days(397);

/// Clocks of containers differ.
const BEGINS_BEFORE: Span = Span::days(1);

/// A certificate authority whose certificates hold for this machine only: whoever gets hold of its key can still not
/// pose as another host to those who trust it.
pub(super) struct Authority {
    certificate: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// The authority kept in `folder`, made at the first use.
    pub(super) fn at(folder: &Path) -> anyhow::Result<Authority> {
        let (certificate, key) = (folder.join("ca.pem"), folder.join("ca.key"));
        let parameters = parameters()?;
        let kept = if certificate.exists() { read_key(&key)? } else { None };
        let key = match kept {
            Some(key) => key,
            None => make(&parameters, &certificate, &key).context("making an authority for certificates")?,
        };
        let certificate = certificate.canonicalize().with_context(|| format!("finding {}", certificate.display()))?;
        Ok(Authority { certificate, issuer: Issuer::new(parameters, key) })
    }

    /// The file that clients have to trust.
    pub(super) fn certificate(&self) -> &Path {
        &self.certificate
    }

    /// A certificate for a server on this machine that listens on `address`; its key is nowhere else.
    pub(super) fn issue(&self, address: IpAddr) -> anyhow::Result<Certificate> {
        let key = KeyPair::generate()?;
        let mut parameters = CertificateParams::new([LOCALHOST.to_owned()])?;
        let own: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        let others = Some(address).filter(|address| !own.contains(address));
        parameters.subject_alt_names.extend(own.into_iter().chain(others).map(SanType::IpAddress));
        parameters.distinguished_name = rcgen::DistinguishedName::new();
        parameters.distinguished_name.push(DnType::CommonName, LOCALHOST);
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        parameters.use_authority_key_identifier_extension = true;
        let expires = live(&mut parameters, SERVER_LIVES)?;
        let issued = parameters.signed_by(&key, &self.issuer)?;
        let private = PrivatePkcs8KeyDer::from(key.serialize_der());
        Ok(Certificate::proven(vec![issued.into()], private.into(), expires)?)
    }
}

fn parameters() -> anyhow::Result<CertificateParams> {
    let mut parameters = CertificateParams::new(Vec::new())?;
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, NAME);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    parameters.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName(LOCALHOST.to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([127, 0, 0, 0], 8)),
            GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(Ipv6Addr::LOCALHOST.octets(), 128)),
        ],
        excluded_subtrees: Vec::new(),
    });
    live(&mut parameters, AUTHORITY_LIVES)?;
    Ok(parameters)
}

/// Lets the certificate be valid from now on for so long; gives its end.
fn live(parameters: &mut CertificateParams, lives: Span) -> anyhow::Result<Timestamp> {
    let now = SystemClock.now();
    let moment = |at: Timestamp| OffsetDateTime::from_unix_timestamp(at.0 / 1000);
    parameters.not_before = moment(now.minus(BEGINS_BEFORE))?;
    parameters.not_after = moment(now.plus(lives))?;
    Ok(now.plus(lives))
}

fn read_key(path: &Path) -> anyhow::Result<Option<KeyPair>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(KeyPair::from_pem(&text).with_context(|| format!("reading {}", path.display()))?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

fn make(parameters: &CertificateParams, certificate: &Path, key: &Path) -> anyhow::Result<KeyPair> {
    let made = KeyPair::generate()?;
    // One without the other is of no use; the key is written first, so that a certificate has its key.
    for left in [certificate, key] {
        if left.exists() {
            fs::remove_file(left)?;
        }
    }
    closed::write_new(key, &made.serialize_pem())?;
    fs::write(certificate, parameters.self_signed(&made)?.pem())?;
    Ok(made)
}
