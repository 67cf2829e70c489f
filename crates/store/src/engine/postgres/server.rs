//! What the connections to one server share: its address, whether it is there, and whose turn it is to try again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connection::{Connection, OwnRuntime};
use super::{Isolation, PostgresOptions};
use crate::error::{Error, Result};

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// How long nobody tries to reach a server that was not there.
const PAUSE: Duration = Duration::from_millis(250);

pub(super) struct Server {
    config: Config,
    /// Host, port and database, for messages.
    place: String,
    tls: Option<MakeRustlsConnect>,
    settings: String,
    statement: Duration,
    away: Mutex<Option<Away>>,
    lane: Lane,
}

/// The server was not there when last tried.
struct Away {
    next_try: Instant,
    cause: Error,
}

impl Server {
    pub(super) fn new(url: &str, options: &PostgresOptions) -> Result<Server> {
        let mut config: Config = url.parse().map_err(|_| {
            Error::Open("the address is not like postgres://user:password@host:port/database".to_owned())
        })?;
        config.connect_timeout(CONNECT_TIMEOUT);
        // A cable that was pulled says nothing: these notice within seconds instead of hours.
        config.tcp_user_timeout(Duration::from_secs(2));
        config.keepalives_idle(Duration::from_secs(5));
        config.keepalives_interval(Duration::from_secs(2));
        config.keepalives_retries(2);
        if config.get_application_name().is_none() {
            config.application_name("doorward");
        }
        let tls = match config.get_ssl_mode() {
            SslMode::Require => Some(tls()?),
            _ => None,
        };
        Ok(Server {
            place: place(&config),
            config,
            tls,
            settings: settings(options),
            statement: options.statement,
            away: Mutex::new(None),
            lane: Lane::new(),
        })
    }

    /// A new connection. While the server is away one caller at a time tries, and the others hear so at once.
    pub(super) fn connect(&self) -> Result<Connection> {
        self.may_try()?;
        let connected = self.try_to_connect();
        let mut away = self.away();
        match &connected {
            Ok(_) => {
                if away.take().is_some() {
                    tracing::info!(server = self.place, "the database server is back");
                }
            }
            Err(cause) => {
                if away.is_none() {
                    tracing::error!(%cause, "the database server is away");
                }
                *away = Some(Away { next_try: Instant::now() + PAUSE, cause: cause.clone() });
            }
        }
        connected
    }

    /// Waits, until `deadline`, to be the only one that tries again after losing to another transaction: losers that
    /// all try at once lose to each other.
    pub(super) fn turn(&self, deadline: Instant) -> Option<Turn<'_>> {
        self.lane.enter(deadline)
    }

    fn may_try(&self) -> Result<()> {
        match self.away().as_mut() {
            Some(away) if Instant::now() < away.next_try => Err(away.cause.clone()),
            Some(away) => {
                away.next_try = Instant::now() + CONNECT_TIMEOUT + PAUSE;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn try_to_connect(&self) -> Result<Connection> {
        let runtime = OwnRuntime::new()?;
        let connecting = async {
            match &self.tls {
                None => {
                    let (client, connection) = self.config.connect(NoTls).await?;
                    runtime.spawn(connection);
                    client.batch_execute(&self.settings).await?;
                    Ok(client)
                }
                Some(tls) => {
                    let (client, connection) = self.config.connect(tls.clone()).await?;
                    runtime.spawn(connection);
                    client.batch_execute(&self.settings).await?;
                    Ok(client)
                }
            }
        };
        let connected: Result<_> = runtime
            .block_on(async { tokio::time::timeout(CONNECT_TIMEOUT, connecting).await })
            .unwrap_or_else(|_| Err(Error::Gone("no answer".to_owned())));
        match connected {
            Ok(client) => Ok(Connection::new(runtime, client, self.statement)),
            Err(Error::Gone(cause) | Error::Database(cause)) => Err(Error::Gone(format!("{}: {cause}", self.place))),
            Err(other) => Err(other),
        }
    }

    fn away(&self) -> MutexGuard<'_, Option<Away>> {
        self.away.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A transaction that finds a row locked gives up early and is run again, which ends deadlocks sooner than the
/// server's own search. Reads are autocommitted and can only be held to reading by the default.
fn settings(options: &PostgresOptions) -> String {
    let statement = options.statement.as_millis();
    let isolation = match options.isolation {
        Isolation::ReadCommitted => "read committed",
        Isolation::Serializable => "serializable",
    };
    format!(
        "SET lock_timeout = '250ms';
        SET statement_timeout = '{statement}ms';
        SET idle_in_transaction_session_timeout = '10s';
        SET default_transaction_read_only = on;
        SET default_transaction_isolation = '{isolation}'"
    )
}

fn place(config: &Config) -> String {
    let hosts = config.get_hosts().iter().enumerate().map(|(index, host)| {
        let ports = config.get_ports();
        let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
        match host {
            Host::Tcp(name) => format!("{name}:{port}"),
            #[cfg(unix)]
            Host::Unix(folder) => format!("{}:{port}", folder.display()),
        }
    });
    let hosts: Vec<String> = hosts.collect();
    format!("PostgreSQL at {}/{}", hosts.join(","), config.get_dbname().unwrap_or_default())
}

fn tls() -> Result<MakeRustlsConnect> {
    use rustls_platform_verifier::BuilderVerifierExt as _;

    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let config = rustls::ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .and_then(rustls::ConfigBuilder::with_platform_verifier)
        .map_err(|error| Error::Open(format!("TLS to PostgreSQL cannot be set up: {error}")))?
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// A place for one.
struct Lane {
    enter: Receiver<()>,
    leave: Sender<()>,
}

impl Lane {
    fn new() -> Lane {
        let (leave, enter) = bounded(1);
        leave.send(()).expect("the channel is empty and both ends are here");
        Lane { enter, leave }
    }

    fn enter(&self, deadline: Instant) -> Option<Turn<'_>> {
        self.enter.recv_deadline(deadline).ok()?;
        Some(Turn(&self.leave))
    }
}

/// Held by the one that tries again.
pub(super) struct Turn<'l>(&'l Sender<()>);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // It is the one thing that was taken out, so there is room for it.
        let _ = self.0.try_send(());
    }
}
