//! The address of a PostgreSQL server, in the words of libpq.

mod parameters;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::SslNegotiation;

use super::tls;
use parameters::Parameters;

const USUAL_PORT: u16 = 5432;

/// How long connecting to one address may take, unless the URL says so.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// `postgres://user:password@host:port,host:port/database?parameters`, read once for everybody who has to know
/// whether it can be used: what the settings accept is what the store takes.
#[derive(Clone)]
pub struct PostgresUrl {
    /// Everything but hosts, encryption and time limits.
    pub(super) config: Config,
    pub(super) places: Vec<Place>,
    pub(super) encryption: Encryption,
    pub(super) target: Target,
    pub(super) connect_timeout: Duration,
    /// Whether the hosts are tried from a random one on.
    pub(super) spread: bool,
    /// Which parameters came with the URL: they win over what this program would choose.
    pub(super) given: Given,
}

/// What of the connection's liveness the URL itself sets.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Given {
    pub(super) user_timeout: bool,
    pub(super) idle: bool,
    pub(super) interval: bool,
    pub(super) count: bool,
}

/// One of the servers that the URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A name or an address, where it leads if the URL says so, and a port.
    Tcp { host: String, address: Option<IpAddr>, port: u16 },
    /// The folder of a socket.
    Unix { folder: PathBuf, port: u16 },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Tcp { host, port, .. } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Place::Tcp { host, port, .. } => write!(f, "{host}:{port}"),
            Place::Unix { folder, port } => write!(f, "{}:{port}", folder.display()),
        }
    }
}

/// `sslmode`: whether the way to the server is encrypted, and whose certificate is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SslMode {
    /// Never encrypted.
    Disable,
    /// Encrypted where the server takes nothing else.
    Allow,
    /// Encrypted where the server can.
    Prefer,
    /// Encrypted, whoever answers.
    Require,
    /// Encrypted, by a server whose certificate leads to `sslrootcert`.
    VerifyCa,
    /// The same, and the certificate is for the host of the URL.
    VerifyFull,
}

/// What the URL says of TLS.
#[derive(Debug, Clone, Default)]
pub(super) struct Encryption {
    pub(super) mode: Option<SslMode>,
    pub(super) roots: Option<Roots>,
    /// A certificate of this program and its key.
    pub(super) identity: Option<(PathBuf, PathBuf)>,
    pub(super) negotiation: SslNegotiation,
}

/// Whose signature a server's certificate needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Roots {
    System,
    File(PathBuf),
}

/// `target_session_attrs`: which server is taken for the one to work with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// Whoever answers first.
    Any,
    /// One that takes writes unless it is told otherwise. The usual one: nothing works without writing.
    ReadWrite,
    /// One that is no standby.
    Primary,
}

/// Why a URL cannot be used. Repeats nothing that could be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusableUrl {
    /// What is wrong, as the end of a sentence that begins with the URL.
    pub problem: String,
    /// What to do, a whole sentence.
    pub remedy: String,
}

impl UnusableUrl {
    pub(super) fn new(problem: impl Into<String>, remedy: impl Into<String>) -> UnusableUrl {
        UnusableUrl { problem: problem.into(), remedy: remedy.into() }
    }
}

impl PostgresUrl {
    /// Reads a URL. Files that it names are not looked at, see [`PostgresUrl::check_files`].
    pub fn parse(text: &str) -> Result<PostgresUrl, UnusableUrl> {
        let rest = ["postgres://", "postgresql://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        let rest = rest.ok_or_else(|| {
            UnusableUrl::new(
                "is not like postgres://user:password@host:port/database",
                "Write it in that form; what stands in square brackets in libpq's own form goes behind a ?.",
            )
        })?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = place.split_once('/').unwrap_or((place, ""));
        let (login, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));

        let mut parameters = Parameters::default();
        parameters.login(login)?;
        parameters.hosts(hosts)?;
        if !database.is_empty() {
            parameters.config.dbname(decoded(database)?);
        }
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            parameters.set(&decoded(name)?, &decoded(value)?)?;
        }
        parameters.finish()
    }

    /// Refuses files for TLS that are not there, or do not hold what they should.
    pub fn check_files(&self) -> Result<(), UnusableUrl> {
        tls::connector(&self.encryption).map(drop)
    }

    /// The names and addresses of the servers that are reached by network.
    pub fn hosts(&self) -> impl Iterator<Item = String> {
        self.places.iter().filter_map(|place| match place {
            Place::Tcp { address: Some(address), .. } => Some(address.to_string()),
            Place::Tcp { host, .. } => Some(host.clone()),
            Place::Unix { .. } => None,
        })
    }

    /// `sslmode`, if the URL says it.
    pub fn sslmode(&self) -> Option<SslMode> {
        self.encryption.mode
    }

    /// Whether a server has to prove who it is before it is told anything.
    pub fn is_verified(&self) -> bool {
        self.encryption.verifies()
    }

    /// Servers, port and database, for messages.
    pub(super) fn shown(&self) -> String {
        let places: Vec<String> = self.places.iter().map(Place::to_string).collect();
        format!("PostgreSQL at {}/{}", places.join(","), self.config.get_dbname().unwrap_or_default())
    }
}

/// Without what it holds: it may be a password.
impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

impl Encryption {
    /// With a root at hand `require` looks at the certificate too, as in libpq.
    pub(super) fn verifies(&self) -> bool {
        self.mode >= Some(SslMode::VerifyCa) || (self.mode == Some(SslMode::Require) && self.roots.is_some())
    }
}

fn decoded(text: &str) -> Result<String, UnusableUrl> {
    percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| {
        UnusableUrl::new("holds %-signs that stand for no text", "Write a % of a name or password itself as %25.")
    })
}
