//! A certificate that is renewed while the server runs.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use doorward_flows::app::outside::Clock;
use doorward_model::time::{Span, Timestamp};
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::acceptor::Https;
use super::certificate::{CertificateFiles, Pem};
use crate::config::Finding;
use crate::outside::SystemClock;

/// Renewals come weeks before they are needed; this is short for somebody who waits to see one.
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);

/// A certificate with less time than this should have been renewed.
const RENEWED_BEFORE: Span = Span::days(14);

/// Two files whose certificate a server shows, whatever they come to hold.
pub struct Renewal {
    files: CertificateFiles,
    https: Https,
    /// What stood in them at the last look, so that each change is tried and told once.
    seen: Result<Pem, Finding>,
}

impl Renewal {
    /// Begins with what the files hold now, which must be sound.
    pub fn begin(files: CertificateFiles) -> anyhow::Result<Renewal> {
        let unsound = crate::config::Unsound::from;
        let pem = files.read().map_err(unsound)?;
        let certificate = files.parse(&pem).map_err(unsound)?;
        tell("the certificate is in use", certificate.expires);
        Ok(Renewal { files, https: Https::with(certificate)?, seen: Ok(pem) })
    }

    /// The server's TLS; it shows the newest certificate by itself.
    pub fn https(&self) -> Https {
        self.https.clone()
    }

    /// Reads the files, and takes what they hold if it is sound.
    async fn look(mut self, because: Because) -> Renewal {
        // A file may lie on a disk of the network.
        let looked = spawn_blocking(move || {
            let found = self.files.read();
            if because == Because::Asked || found != self.seen {
                self.seen = found;
                self.take();
            }
            self
        });
        looked.await.expect("looking at two files does not panic")
    }

    fn take(&self) {
        match self.seen.as_ref().map_err(Finding::clone).and_then(|pem| self.files.parse(pem)) {
            Ok(certificate) => {
                let expires = certificate.expires;
                self.https.replace(certificate);
                tell("a certificate was read and is in use", expires);
            }
            Err(Finding { place, problem, .. }) => {
                tracing::warn!(place, problem, "the new certificate cannot be used: the one before stays in use");
            }
        }
    }
}

/// Why the files are looked at.
#[derive(Clone, Copy, PartialEq)]
enum Because {
    /// It is time to: only a change is of interest.
    TimePassed,
    /// Somebody wants to know.
    Asked,
}

fn tell(what: &str, end: Timestamp) {
    let expires = end.to_wire();
    if end < SystemClock.now().plus(RENEWED_BEFORE) {
        tracing::warn!(expires, "{what}, and expires soon");
    } else {
        tracing::info!(expires, "{what}");
    }
}

/// Looks after the certificate for as long as the server runs: every few seconds, and at once on SIGHUP. Without a
/// certificate it only keeps SIGHUP from ending the process, from this call on: whoever reads that the server listens may
/// send one at once.
pub fn keep(mut renewal: Option<Renewal>) -> impl Future<Output = Infallible> {
    let mut hang_ups = HangUps::listen();
    async move {
        loop {
            let because = tokio::select! {
                () = hang_ups.next() => Because::Asked,
                () = sleep(BETWEEN_LOOKS), if renewal.is_some() => Because::TimePassed,
            };
            if let Some(before) = renewal.take() {
                renewal = Some(before.look(because).await);
            } else {
                tracing::info!("SIGHUP: [server.tls] is not set, so there is nothing to read again");
            }
        }
    }
}

#[cfg(unix)]
struct HangUps(Signal);

#[cfg(unix)]
impl HangUps {
    fn listen() -> HangUps {
        HangUps(signal(SignalKind::hangup()).expect("a process may listen for SIGHUP"))
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}

#[cfg(not(unix))]
struct HangUps;

#[cfg(not(unix))]
impl HangUps {
    fn listen() -> HangUps {
        HangUps
    }

    async fn next(&mut self) {
        std::future::pending().await
    }
}
