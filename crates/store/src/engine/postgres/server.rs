//! What the connections to one database share: its servers, whether one is there, and whose turn it is to try again.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::net::lookup_host;
use tokio::time::timeout;
use tokio_postgres::config::SslMode as Tls;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connection::{Connection, OwnRuntime};
use super::session::{Greeting, Session};
use super::url::{Place, PostgresUrl, SslMode, Target};
use super::{PostgresOptions, tls};
use crate::error::{Absence, Error, Result, Why, chain};

/// How long nobody tries to reach a server that was not there.
const PAUSE: Duration = Duration::from_millis(250);

pub(super) struct Server {
    url: PostgresUrl,
    /// Hosts, ports and database, for messages.
    shown: String,
    tls: MakeRustlsConnect,
    session: Arc<Session>,
    /// Grows when a server turned out to take no writes: connections of an earlier era are not used any more.
    era: AtomicU64,
    away: Mutex<Option<Away>>,
    lane: Lane,
}

/// No server was there when last tried.
struct Away {
    next_try: Instant,
    cause: Error,
}

impl Server {
    pub(super) fn new(url: &PostgresUrl, options: &PostgresOptions) -> Result<Server> {
        let mut url = url.clone();
        keep_alive(&mut url);
        let tls = tls::connector(&url.encryption)
            .map_err(|error| Error::Open(format!("its URL {}: {}", error.problem, error.remedy)))?;
        Ok(Server {
            shown: url.shown(),
            url,
            tls,
            session: Arc::new(Session::new(options)),
            era: AtomicU64::new(0),
            away: Mutex::new(None),
            lane: Lane::new(),
        })
    }

    /// A new connection. While nobody is there one caller at a time tries, and the others hear so at once.
    pub(super) fn connect(&self) -> Result<Connection> {
        self.may_try()?;
        let connected = self.try_to_connect();
        let mut away = self.away();
        match &connected {
            Ok(_) => {
                if away.take().is_some() {
                    tracing::info!(server = self.shown, "the database server is back");
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

    /// Whether connections made in `era` are still trusted.
    pub(super) fn is_current(&self, era: u64) -> bool {
        self.era.load(Ordering::Acquire) == era
    }

    /// Has all connections of `era` made anew: their server takes no writes, and another one may. Not where the URL
    /// wants any server: there, reading on is better than nothing.
    pub(super) fn distrust(&self, era: u64) {
        if self.url.target != Target::Any {
            // Another thread may have found the same: once is enough.
            let _ = self.era.compare_exchange(era, era + 1, Ordering::AcqRel, Ordering::Acquire);
        }
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
                away.next_try = Instant::now() + self.url.connect_timeout + PAUSE;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn try_to_connect(&self) -> Result<Connection> {
        let era = self.era.load(Ordering::Acquire);
        let runtime = OwnRuntime::new()?;
        let client = runtime.block_on(self.find(&runtime))?;
        Ok(Connection::new(runtime, client, Arc::clone(&self.session), era))
    }

    /// The first of the servers that can be worked with.
    async fn find(&self, runtime: &OwnRuntime) -> Result<Client> {
        let places = &self.url.places;
        let first = if self.url.spread { rand::random_range(0..places.len()) } else { 0 };
        let mut failures = Vec::new();
        for place in places[first..].iter().chain(&places[..first]) {
            let found = timeout(self.url.connect_timeout, doors(place)).await;
            let doors = match found.unwrap_or_else(|_| Err(not_found("no answer in time"))) {
                Ok(doors) => doors,
                Err(absence) => {
                    failures.push((place, absence));
                    continue;
                }
            };
            for door in doors {
                let knocked = timeout(self.url.connect_timeout, self.knock(place, door, runtime)).await;
                let no_answer = || Absence { why: Why::Away, cause: "no answer in time".to_owned() };
                match knocked.unwrap_or_else(|_| Err(Error::Gone(no_answer()))) {
                    Err(Error::Gone(absence)) => failures.push((place, absence)),
                    ended => return ended,
                }
            }
        }
        Err(Error::Gone(self.told(&failures)))
    }

    /// One absence for all: what is told first is what a person can mend.
    fn told(&self, failures: &[(&Place, Absence)]) -> Absence {
        let telling = failures.iter().find(|(_, absence)| !matches!(absence.why, Why::Away | Why::UnknownName));
        let why = telling.or(failures.first()).map_or(Why::Away, |(_, absence)| absence.why);
        let heard = match failures {
            [(_, absence)] => absence.cause.clone(),
            several => {
                let each: Vec<_> =
                    several.iter().map(|(place, absence)| format!("{place}: {}", absence.cause)).collect();
                each.join("; ")
            }
        };
        Absence { why, cause: format!("{}: {heard}", self.shown) }
    }

    /// A connection to one address, in clear or by TLS as libpq would try them, greeted and looked at.
    async fn knock(&self, place: &Place, door: Option<IpAddr>, runtime: &OwnRuntime) -> Result<Client> {
        let mode = match place {
            // Nobody stands between the ends of a socket.
            Place::Unix { .. } => SslMode::Disable,
            // Nothing said: in clear, unless the server wants it otherwise. The settings ask for a word wherever a
            // network lies between.
            Place::Tcp { .. } => self.url.encryption.mode.unwrap_or(SslMode::Allow),
        };
        let (first, second) = match mode {
            SslMode::Disable => (Tls::Disable, None),
            SslMode::Allow => (Tls::Disable, Some(Tls::Require)),
            SslMode::Prefer => (Tls::Prefer, Some(Tls::Disable)),
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => (Tls::Require, None),
        };
        let config = self.config(place, door);
        let mut connected = self.enter(&config, first, runtime).await;
        if let (Err(refused), Some(second)) = (&connected, second)
            && matches!(refused.why, Why::TlsDemanded | Why::NotAdmitted | Why::Certificate | Why::Tls)
            && let Ok(client) = self.enter(&config, second, runtime).await
        {
            connected = Ok(client);
        }
        let client = connected.map_err(Error::Gone)?;
        let greeting = Greeting::read(&client, &self.session).await?;
        greeting.require_fit()?;
        greeting.require(self.url.target).map_err(Error::Gone)?;
        Ok(client)
    }

    async fn enter(&self, config: &Config, tls: Tls, runtime: &OwnRuntime) -> Result<Client, Absence> {
        let mut config = config.clone();
        config.ssl_mode(tls);
        match config.connect(self.tls.clone()).await {
            Ok((client, connection)) => {
                runtime.spawn(connection);
                Ok(client)
            }
            Err(error) => {
                let heard = error
                    .as_db_error()
                    .map(|refusal| format!("{}, SQLSTATE {}", refusal.message(), refusal.code().code()));
                Err(Absence { why: Why::not_connected(&error), cause: heard.unwrap_or_else(|| chain(&error)) })
            }
        }
    }

    fn away(&self) -> MutexGuard<'_, Option<Away>> {
        self.away.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn config(&self, place: &Place, door: Option<IpAddr>) -> Config {
        let mut config = self.url.config.clone();
        config.ssl_negotiation(self.url.encryption.negotiation);
        match place {
            Place::Tcp { host, port, .. } => {
                config.host(host).port(*port);
                if let Some(address) = door {
                    config.hostaddr(address);
                }
            }
            #[cfg(unix)]
            Place::Unix { folder, port } => {
                config.host_path(folder).port(*port);
            }
            #[cfg(not(unix))]
            Place::Unix { .. } => {}
        }
        config
    }
}

/// Every address of a name, because the first may be dead; one way without an address into a socket.
async fn doors(place: &Place) -> Result<Vec<Option<IpAddr>>, Absence> {
    match place {
        Place::Unix { .. } => Ok(vec![None]),
        Place::Tcp { address: Some(address), .. } => Ok(vec![Some(*address)]),
        Place::Tcp { host, port, .. } => {
            let addresses = lookup_host((host.as_str(), *port)).await.map_err(not_found)?;
            let mut doors: Vec<_> = addresses.map(|address| Some(address.ip())).collect();
            doors.dedup();
            Ok(doors)
        }
    }
}

fn not_found(error: impl std::fmt::Display) -> Absence {
    Absence { why: Why::UnknownName, cause: error.to_string() }
}

/// A cable that was pulled says nothing: these notice within seconds instead of hours.
fn keep_alive(url: &mut PostgresUrl) {
    let (config, given) = (&mut url.config, url.given);
    if !given.user_timeout {
        config.tcp_user_timeout(Duration::from_secs(2));
    }
    if !given.idle {
        config.keepalives_idle(Duration::from_secs(5));
    }
    if !given.interval {
        config.keepalives_interval(Duration::from_secs(2));
    }
    if !given.count {
        config.keepalives_retries(2);
    }
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
