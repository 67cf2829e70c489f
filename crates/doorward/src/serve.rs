//! One running server: its listener, its worker, and how both come to an end.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::num::{NonZeroU32, NonZeroUsize};
use std::thread::available_parallelism;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum_server::Handle;
use doorward_flows::app::hashing::HashPool;
use doorward_flows::app::installation;
use doorward_flows::worker;

use doorward_flows::app::outside::Outside;
use doorward_flows::app::{Rate, Rates, Velocity};

use doorward_flows::{App, Setup};
use doorward_model::keys::Keys;
use doorward_store::{Store, migrate};
use futures_util::future::try_join_all;
use hyper_util::rt::TokioTimer;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use crate::config::{Limits, Settings, Unsound};
use crate::flow_error::to_anyhow;
use crate::tls::{self, Acceptor, Https, Renewal};
use crate::{database, doors, outside, supervisor};

#[cfg(test)]
mod tests;

/// How long a connection may take to send the head of its next request. It is also how long an idle connection is
/// kept, which must be more than the 60 seconds that proxies in front keep theirs.
pub(crate) const HEAD_WITHIN: Duration = Duration::from_secs(75);

/// Runs `serve` until a signal ends it. `store` must have been opened before, outside of asynchronous code.
pub async fn serve(settings: &Settings, store: Store) -> anyhow::Result<()> {
    if settings.database.migrate {
        for name in migrate::run(&store).await? {
            tracing::info!(name, "migration applied");
        }
    } else {
        database::require_up_to_date(&store).await?;
    }
    warn_of_gaps(settings);
    let app = app(settings, store, outside::real(settings)?).await?;
    let renewal = settings.server.tls.files().map(Renewal::begin).transpose()?;
    let listener = bind(settings.server.listen)?;
    let server = Server {
        router: doors::serving(app.clone()),
        app,
        listeners: vec![listener],
        https: renewal.as_ref().map(Renewal::https),
        drain: Duration::from_secs(settings.server.drain_seconds),
        head_within: HEAD_WITHIN,
    };
    let keeping = tls::keep(renewal);
    let serving = server.run(signals(), |address| {
        tracing::info!(%address, "listening");
        supervisor::tell_ready();
    });
    tokio::select! {
        ended = serving => ended,
        never = keeping => match never {},
    }
}

/// What is no reason to refuse, but may not be what the operator meant.
fn warn_of_gaps(settings: &Settings) {
    if settings.mail.host.is_none() {
        tracing::warn!("[mail] host is not set: mail waits in the outbox until it expires");
    }
    if settings.sms.url.is_none() {
        tracing::warn!("[sms] url is not set: text messages wait in the outbox until they expire");
    }
    if let (Some(files), Some(host)) = (settings.server.tls.files(), settings.server.public_host())
        && files.load().is_ok_and(|certificate| !certificate.is_for(host))
    {
        tracing::warn!(host, "[server.tls] certificate is for other names than that of public_url");
    }
    if settings.database.is_in_clear() {
        tracing::warn!(
            "[database] url leads to another machine without TLS: add sslmode=verify-full unless the network is yours"
        );
    }
    if settings.database.is_unverified() {
        tracing::warn!("[database] url takes the certificate of whoever answers: sslmode=verify-full asks whose it is");
    }
}

/// Puts the product together as the settings say, over a database that is up to date and made with this master key.
pub async fn app(settings: &Settings, store: Store, outside: Outside) -> anyhow::Result<App> {
    let keys = &settings.keys;
    let master = keys.master().map_err(Unsound::from)?;
    let previous = keys.previous().map_err(Unsound::from)?;
    let app = App::new(Setup {
        store,
        outside,
        keys: Keys::derive(&master, &previous),
        hashing: hash_pool(&settings.limits),
        velocity: velocity(&settings.limits),
        trusted_proxies: settings.server.trusted_proxies.clone(),
        public_url: settings.server.public_url.as_ref().map(ToString::to_string).unwrap_or_default(),
    });
    installation::check_master_key(&app).await.map_err(to_anyhow)?;
    Ok(app)
}

fn hash_pool(limits: &Limits) -> HashPool {
    let cores = || available_parallelism().unwrap_or(NonZeroUsize::MIN);
    HashPool::start(NonZeroUsize::new(limits.hash_threads).unwrap_or_else(cores), limits.hash_queue)
}

fn velocity(limits: &Limits) -> Velocity {
    let rate = |most, seconds| NonZeroU32::new(most).map(|most| Rate { most, within: Duration::from_secs(seconds) });
    Velocity::new(Rates {
        requests: rate(limits.requests_per_ten_seconds, 10),
        failures: rate(limits.failures_per_minute, 60),
        identifiers: rate(limits.requests_per_identifier_per_minute, 60),
    })
}

/// Takes the address; from here on clients can connect and wait.
pub fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).map_err(|error| {
        let advice = match error.kind() {
            io::ErrorKind::AddrInUse => ": another program uses it; choose another port, or 0 for any free one",
            io::ErrorKind::PermissionDenied => ": this user may not; choose a port above 1023",
            io::ErrorKind::AddrNotAvailable => ": this machine has no such address",
            _ => "",
        };
        anyhow::Error::new(error).context(format!("cannot listen on {address}{advice}"))
    })?;
    listener.set_nonblocking(true).context("preparing the listener")?;
    Ok(listener)
}

/// A server that is ready to run.
pub struct Server {
    /// What it answers.
    pub router: Router,
    /// Whose outbox it works off and whose store it closes at the end.
    pub app: App,
    /// Where it listens: one address, or several that lead to the same.
    pub listeners: Vec<TcpListener>,
    /// Its TLS, or none where it speaks plain HTTP.
    pub https: Option<Https>,
    /// How long running requests may take to finish once it shall stop.
    pub drain: Duration,
    /// How long a connection may take to send the head of a request.
    pub head_within: Duration,
}

impl Server {
    /// Runs until `stop` is done: then takes no more connections, finishes the requests, the worker's messages and the
    /// store, in this order. `started` hears the first address as soon as requests are answered.
    pub async fn run(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
        started: impl FnOnce(SocketAddr) + Send + 'static,
    ) -> anyhow::Result<()> {
        let (end_work, work_ends) = oneshot::channel::<()>();
        let handles: Vec<Handle<SocketAddr>> = self.listeners.iter().map(|_| Handle::new()).collect();
        let (draining, drain, https) = (handles.clone(), self.drain, self.https.clone());
        #[expect(clippy::disallowed_methods, reason = "this is the runner: its tasks end with the server")]
        let worker = tokio::spawn(worker::work(self.app.clone(), async move {
            // A sender that is gone means the same as one that spoke.
            let _ = work_ends.await;
        }));
        #[expect(clippy::disallowed_methods, reason = "this is the runner: its tasks end with the server")]
        tokio::spawn(async move {
            if let Some(first) = draining.first()
                && let Some(address) = first.listening().await
            {
                started(address);
            }
            stop.await;
            tracing::info!(seconds = drain.as_secs(), "stopping: finishing what is under way");
            for handle in draining {
                handle.graceful_shutdown(Some(drain));
            }
            if let Some(https) = https {
                https.stop();
            }
        });

        let serving = self.listeners.into_iter().zip(handles).map(|(listener, handle)| {
            // Only HTTP/1: told apart from HTTP/2, a connection could hold back its first bytes for ever.
            let acceptor = Acceptor(self.https.clone());
            let mut server = axum_server::from_tcp(listener)?.acceptor(acceptor).http1_only().handle(handle);
            server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(self.head_within);
            Ok(server.serve(self.router.clone().into_make_service_with_connect_info::<SocketAddr>()))
        });
        let serving = serving.collect::<io::Result<Vec<_>>>().context("preparing to serve")?;
        let outcome = try_join_all(serving).await;

        drop(end_work);
        if let Err(panic) = worker.await {
            tracing::error!(%panic, "the worker had stopped");
        }
        self.app.store.close().await;
        tracing::info!("stopped");
        outcome.context("serving")?;
        Ok(())
    }
}

/// Done when the process shall stop (SIGTERM or SIGINT). Another signal after that ends it at once.
///
/// It listens from this call on, so that no signal finds the process unprepared; the runtime must be there.
pub fn signals() -> impl Future<Output = ()> + Send + 'static {
    let mut signals = Signals::listen();
    async move {
        signals.next().await;
        #[expect(clippy::disallowed_methods, reason = "it ends with the process, by design")]
        tokio::spawn(async move {
            signals.next().await;
            tracing::warn!("stopped at once by a second signal; requests under way got no answer");
            std::process::exit(1);
        });
    }
}

#[cfg(unix)]
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> Signals {
        let listen = |kind| signal(kind).expect("a process may listen for the signals that stop it");
        Signals { terminate: listen(SignalKind::terminate()), interrupt: listen(SignalKind::interrupt()) }
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Signals {
        Signals
    }

    async fn next(&mut self) {
        tokio::signal::ctrl_c().await.expect("a process may listen for the signal that stops it");
    }
}
