//! TLS to the server, with libpq's degrees of trust.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_cert_signed_by_trust_anchor};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::url::{Encryption, Roots, SslMode, UnusableUrl};

/// Reads the files that the URL names and makes what it asks for of them.
pub(super) fn connector(encryption: &Encryption) -> Result<MakeRustlsConnect, UnusableUrl> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = verifier(encryption, &provider)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match &encryption.identity {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = certificates("sslcert", certificate)?;
            config.with_client_auth_cert(chain, private_key(key)?).map_err(|error| {
                UnusableUrl::new(
                    format!("names an sslkey that cannot be used: {error}"),
                    "Name the two files of one certificate.",
                )
            })?
        }
    };
    // Servers ask for it where TLS is not negotiated first, and do not mind it otherwise.
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

fn verifier(
    encryption: &Encryption,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, UnusableUrl> {
    let roots = match &encryption.roots {
        Some(Roots::File(path)) => Some(roots(path)?),
        Some(Roots::System) | None => None,
    };
    let by_name = encryption.mode == Some(SslMode::VerifyFull);
    Ok(match roots {
        None if by_name => Arc::new(Verifier::new(Arc::clone(provider)).map_err(|error| unusable(&error))?),
        Some(roots) if by_name => WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(provider))
            .build()
            .map_err(|error| unusable(&error))?,
        roots => Arc::new(Nameless { roots, provider: Arc::clone(provider) }),
    })
}

fn unusable(error: &dyn std::error::Error) -> UnusableUrl {
    UnusableUrl::new(format!("asks for TLS, which cannot be set up here: {error}"), "Name an sslrootcert.")
}

fn roots(path: &Path) -> Result<RootCertStore, UnusableUrl> {
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(certificates("sslrootcert", path)?);
    if added == 0 {
        return Err(unreadable("sslrootcert", path, "it holds no certificate that can be read"));
    }
    Ok(roots)
}

fn certificates(parameter: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, UnusableUrl> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(certificates) if certificates.is_empty() => {
            Err(unreadable(parameter, path, "it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)"))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unreadable(parameter, path, error)),
    }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, UnusableUrl> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        if std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o007 != 0) {
            return Err(UnusableUrl::new(
                format!("names an sslkey that every user of this machine may read: {}", path.display()),
                format!("Close it: chmod o= {}", path.display()),
            ));
        }
    }
    PrivateKeyDer::from_pem_file(path).map_err(|error| unreadable("sslkey", path, error))
}

fn unreadable(parameter: &str, path: &Path, problem: impl std::fmt::Display) -> UnusableUrl {
    UnusableUrl::new(
        format!("names an {parameter} that cannot be used: {}: {problem}", path.display()),
        "Name a PEM file that this user may read; a key must be free of a passphrase.",
    )
}

/// Takes a certificate for whatever name: one that leads to the roots, or any where there are none.
#[derive(Debug)]
struct Nameless {
    roots: Option<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Nameless {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Some(roots) = &self.roots {
            let own = ParsedCertificate::try_from(end_entity)?;
            let algorithms = self.provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&own, roots, intermediates, now, algorithms)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
