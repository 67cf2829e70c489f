//! From a TCP connection to one that HTTP is spoken on.

use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum_server::accept::Accept;
use futures_util::future::BoxFuture;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::{self, Ticketer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

use super::certificate::Certificate;
use super::handshakes::Handshakes;

/// How long a client may take from its first byte to the end of the handshake. The slowest line needs a second or two.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// Handshakes under way at once, of a few kilobytes each.
const MOST_HANDSHAKES: usize = 1024;

/// A server's side of TLS: 1.2 and 1.3, with a certificate that can be replaced while connections go on.
#[derive(Clone)]
pub struct Https {
    acceptor: TlsAcceptor,
    certificate: Arc<InUse>,
    handshakes: Arc<Handshakes>,
    handshake_within: Duration,
}

impl Https {
    /// With this certificate, until another one is [put in](Https::replace).
    pub fn with(certificate: Certificate) -> anyhow::Result<Https> {
        Https::bounded(certificate, HANDSHAKE_WITHIN, MOST_HANDSHAKES)
    }

    pub(super) fn bounded(certificate: Certificate, within: Duration, most: usize) -> anyhow::Result<Https> {
        let certificate = Arc::new(InUse(RwLock::new(certificate.proof)));
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(certificate.clone());
        // HTTP/1.1 alone, as without TLS: each connection has one request at a time and a head that must end in time.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.ticketer = Ticketer::new()?;
        Ok(Https {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            certificate,
            handshakes: Arc::new(Handshakes::at_most(most)),
            handshake_within: within,
        })
    }

    /// Shows another certificate from the next handshake on; connections that stand are not touched.
    pub fn replace(&self, certificate: Certificate) {
        *self.certificate.0.write().unwrap_or_else(PoisonError::into_inner) = certificate.proof;
    }

    /// Gives up on every handshake under way.
    pub fn stop(&self) {
        self.handshakes.end();
    }

    pub(super) async fn handshake(&self, connection: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let mut place = self.handshakes.begin();
        tokio::select! {
            done = timeout(self.handshake_within, self.shake_hands(connection)) => done?,
            () = place.lost() => Err(io::Error::new(io::ErrorKind::TimedOut, "it was the oldest of too many handshakes")),
        }
    }

    async fn shake_hands(&self, connection: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let mut first = [0];
        connection.peek(&mut first).await?;
        // The first byte of TLS is 22. Letters are the method of a request in clear.
        if first[0].is_ascii_alphabetic() {
            turn_away(connection).await?;
            return Err(io::Error::new(io::ErrorKind::InvalidData, "plain HTTP where TLS is spoken"));
        }
        self.acceptor.accept(connection).await
    }
}

const SPEAK_TLS: &str = "This port speaks https; begin the URL with it.\n";

/// Tells a caller in clear what is wrong, whatever it asked.
async fn turn_away(mut connection: TcpStream) -> io::Result<()> {
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{SPEAK_TLS}",
        SPEAK_TLS.len()
    );
    connection.write_all(answer.as_bytes()).await?;
    connection.shutdown().await?;
    // Closed with unread bytes, the connection would be reset, and the answer lost on its way.
    let mut rest = connection.take(64 * 1024);
    tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?;
    Ok(())
}

impl fmt::Debug for Https {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Https").finish_non_exhaustive()
    }
}

/// The certificate that new connections are shown.
#[derive(Debug)]
struct InUse(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for InUse {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// What a listener does with a connection before HTTP: a handshake, or nothing when it speaks in clear.
#[derive(Debug, Clone)]
pub struct Acceptor(pub Option<Https>);

impl<S: Send + 'static> Accept<TcpStream, S> for Acceptor {
    type Stream = Either<TcpStream, TlsStream<TcpStream>>;
    type Service = S;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, S)>>;

    fn accept(&self, connection: TcpStream, service: S) -> Self::Future {
        let https = self.0.clone();
        Box::pin(async move {
            connection.set_nodelay(true)?;
            let connection = match https {
                Some(https) => Either::Right(https.handshake(connection).await?),
                None => Either::Left(connection),
            };
            Ok((connection, service))
        })
    }
}
