//! The parts and parameters of a URL: which are taken, and what is said of the others.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, SslNegotiation};

use super::{
    CONNECT_TIMEOUT, Encryption, Given, Place, PostgresUrl, Roots, SslMode, Target, USUAL_PORT, UnusableUrl, decoded,
};

type Result<T, E = UnusableUrl> = std::result::Result<T, E>;

/// What is taken, for suggestions.
const TAKEN: &[&str] = &[
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssencmode",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// What other programs call what is called otherwise here, or libpq knows and this program does not.
const ELSEWHERE: &[(&[&str], &str)] = &[
    (
        &["pgbouncer", "prepareThreshold", "prepared_statements", "statement_cache_mode", "default_query_exec_mode"],
        "For a pooler that gives each transaction another connection, set pooler = \"transaction\" in [database].",
    ),
    (&["connection_limit", "pool_max_conns", "pool_size", "max_connections"], "Set threads in [database]."),
    (&["ssl", "tls", "ssl_mode", "ssl-mode"], "Use sslmode=verify-full, or another sslmode."),
    (
        &["schema", "currentSchema", "search_path"],
        "Set it for the user (ALTER ROLE .. SET search_path), or use options=-csearch_path%3DNAME.",
    ),
    (&["passfile", "service", "servicefile"], "Put the whole URL into a file and name that in url_file."),
    (&["sslpassword"], "Take the passphrase off the key: openssl pkey -in OLD -out NEW."),
    (&["sslcrl", "sslcrldir"], "Leave it out: lists of revoked certificates are not read."),
    (
        &["ssl_min_protocol_version", "ssl_max_protocol_version", "sslcompression", "sslsni", "sslcertmode"],
        "Leave it out: TLS 1.2 and 1.3 are spoken, with the name of the host and without compression.",
    ),
    (
        &["krbsrvname", "gsslib", "gssdelegation", "require_auth", "requirepeer", "replication"],
        "Leave it out: users come by password (SCRAM, MD5), by certificate, or through a socket that trusts them.",
    ),
];

/// What a URL said so far.
pub(super) struct Parameters {
    pub(super) config: Config,
    hosts: Vec<String>,
    addresses: Vec<String>,
    ports: Vec<String>,
    encryption: Encryption,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    target: Target,
    connect_timeout: Duration,
    spread: bool,
    given: Given,
    seen: Vec<String>,
}

impl Default for Parameters {
    fn default() -> Parameters {
        let mut config = Config::new();
        config.application_name("doorward");
        Parameters {
            config,
            hosts: Vec::new(),
            addresses: Vec::new(),
            ports: Vec::new(),
            encryption: Encryption::default(),
            certificate: None,
            key: None,
            target: Target::ReadWrite,
            connect_timeout: CONNECT_TIMEOUT,
            spread: false,
            given: Given::default(),
            seen: Vec::new(),
        }
    }
}

impl Parameters {
    pub(super) fn login(&mut self, login: &str) -> Result<()> {
        let (user, password) = login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
        if !user.is_empty() {
            self.config.user(decoded(user)?);
        }
        if let Some(password) = password {
            self.config.password(decoded(password)?);
        }
        Ok(())
    }

    pub(super) fn hosts(&mut self, hosts: &str) -> Result<()> {
        for host in hosts.split(',').filter(|_| !hosts.is_empty()) {
            let (host, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                Some((host, port)) => (host, port.strip_prefix(':')),
                None => host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port))),
            };
            self.hosts.push(decoded(host)?);
            self.ports.push(decoded(port.unwrap_or_default())?);
        }
        Ok(())
    }

    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<()> {
        if self.seen.iter().any(|seen| seen == name) {
            return Err(UnusableUrl::new(format!("has {name} twice"), "Leave one of them out."));
        }
        self.seen.push(name.to_owned());
        match name {
            "user" => drop(self.config.user(value)),
            "password" => drop(self.config.password(value)),
            "dbname" => drop(self.config.dbname(value)),
            "options" => drop(self.config.options(value)),
            "application_name" | "fallback_application_name" => drop(self.config.application_name(value)),
            "host" if self.hosts.is_empty() => self.hosts = list(value),
            "port" if self.ports.iter().all(String::is_empty) => self.ports = list(value),
            "host" | "port" => {
                return Err(UnusableUrl::new(
                    format!("has a {name} before the database and another one behind it"),
                    "Leave one of them out.",
                ));
            }
            "hostaddr" => self.addresses = list(value),
            "connect_timeout" => {
                self.connect_timeout = Duration::from_secs(number(name, value, 1, 60)?);
            }
            "sslmode" | "sslrootcert" | "sslcert" | "sslkey" | "sslnegotiation" | "channel_binding" | "gssencmode" => {
                self.set_encryption(name, value)?;
            }
            "target_session_attrs" => self.target = target(value)?,
            "load_balance_hosts" => {
                self.spread = word(name, value, &[("disable", false), ("random", true)])?;
            }
            "client_encoding" if ["utf8", "utf-8", "unicode", "auto"].contains(&&*value.to_ascii_lowercase()) => {}
            "client_encoding" => {
                return Err(UnusableUrl::new("asks for another client_encoding than UTF8", "Leave it out."));
            }
            _ if self.set_liveness(name, value)? => {}
            _ => return Err(unknown(name)),
        }
        Ok(())
    }

    fn set_encryption(&mut self, name: &str, value: &str) -> Result<()> {
        let file = || Some(PathBuf::from(value));
        match name {
            "sslmode" => self.encryption.mode = Some(word(name, value, SSL_MODES)?),
            "sslrootcert" if value == "system" => self.encryption.roots = Some(Roots::System),
            "sslrootcert" => self.encryption.roots = file().map(Roots::File),
            "sslcert" => self.certificate = file(),
            "sslkey" => self.key = file(),
            "sslnegotiation" => {
                let words = [("postgres", SslNegotiation::Postgres), ("direct", SslNegotiation::Direct)];
                self.encryption.negotiation = word(name, value, &words)?;
            }
            "channel_binding" => {
                let words = [
                    ("disable", ChannelBinding::Disable),
                    ("prefer", ChannelBinding::Prefer),
                    ("require", ChannelBinding::Require),
                ];
                self.config.channel_binding(word(name, value, &words)?);
            }
            // Both of libpq's milder words are kept by never using it.
            _ => word(name, value, &[("disable", ()), ("prefer", ())])?,
        }
        Ok(())
    }

    /// Whether `name` says how a dead connection is noticed.
    fn set_liveness(&mut self, name: &str, value: &str) -> Result<bool> {
        const WEEK: u64 = 7 * 24 * 60 * 60;
        let seconds = || number(name, value, 1, WEEK).map(Duration::from_secs);
        match name {
            "keepalives" => drop(self.config.keepalives(word(name, value, &[("0", false), ("1", true)])?)),
            "keepalives_idle" => {
                self.config.keepalives_idle(seconds()?);
                self.given.idle = true;
            }
            "keepalives_interval" => {
                self.config.keepalives_interval(seconds()?);
                self.given.interval = true;
            }
            "keepalives_count" => {
                self.config.keepalives_retries(number(name, value, 1, 100)?);
                self.given.count = true;
            }
            "tcp_user_timeout" => {
                self.config.tcp_user_timeout(Duration::from_millis(number(name, value, 1, 1000 * WEEK)?));
                self.given.user_timeout = true;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn finish(mut self) -> Result<PostgresUrl> {
        self.encryption.identity = match (self.certificate.take(), self.key.take()) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((certificate, key)),
            _ => {
                return Err(UnusableUrl::new(
                    "has only one of sslcert and sslkey, which belong together",
                    "Name the file of the certificate and the file of its key.",
                ));
            }
        };
        Ok(PostgresUrl {
            places: self.places()?,
            encryption: settled(self.encryption)?,
            config: self.config,
            target: self.target,
            connect_timeout: self.connect_timeout,
            spread: self.spread,
            given: self.given,
        })
    }

    fn places(&self) -> Result<Vec<Place>> {
        let count = self.hosts.len().max(self.addresses.len());
        let differ = |others: usize| others > 1 && others != count;
        if count == 0 || self.hosts.iter().any(String::is_empty) && self.addresses.len() != count {
            return Err(UnusableUrl::new(
                "names no server",
                "Name one, as in postgres://user:password@host/database, or a folder with a socket: ?host=/run/postgresql.",
            ));
        }
        if differ(self.ports.len())
            || self.ports.len() > count
            || (!self.hosts.is_empty() && differ(self.addresses.len()))
        {
            return Err(UnusableUrl::new(
                "has another number of hosts than of ports or addresses",
                "Give one of each for every server, or one port for all.",
            ));
        }
        (0..count).map(|index| self.place(index)).collect()
    }

    fn place(&self, index: usize) -> Result<Place> {
        let port = match self.ports.get(index).or(self.ports.first()).map(String::as_str) {
            None | Some("") => USUAL_PORT,
            Some(port) => port.parse().map_err(|_| {
                UnusableUrl::new(
                    "has a port that is no number from 1 to 65535",
                    "If that was part of the password: write / ? # @ : and % in it as %2F %3F %23 %40 %3A %25.",
                )
            })?,
        };
        let address = match self.addresses.get(index).filter(|address| !address.is_empty()) {
            None => None,
            Some(address) => Some(address.parse().map_err(|_| {
                UnusableUrl::new("has a hostaddr that is no IP address", "Names go into host, addresses into hostaddr.")
            })?),
        };
        let host = self.hosts.get(index).filter(|host| !host.is_empty());
        Ok(match (host, address) {
            (Some(host), _) if host.starts_with('/') => Place::Unix { folder: host.into(), port },
            (Some(host), address) => Place::Tcp { host: host.clone(), address, port },
            (None, address) => {
                let host = address.map(|address: std::net::IpAddr| address.to_string()).unwrap_or_default();
                Place::Tcp { host, address, port }
            }
        })
    }
}

const SSL_MODES: &[(&str, SslMode)] = &[
    ("disable", SslMode::Disable),
    ("allow", SslMode::Allow),
    ("prefer", SslMode::Prefer),
    ("require", SslMode::Require),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-full", SslMode::VerifyFull),
];

fn target(value: &str) -> Result<Target> {
    match value {
        "read-only" | "standby" | "prefer-standby" => Err(UnusableUrl::new(
            format!("asks for a server that takes no writes (target_session_attrs={value})"),
            "Leave it out, which means read-write: signing in, refreshing and counting all write.",
        )),
        _ => word(
            "target_session_attrs",
            value,
            &[("any", Target::Any), ("read-write", Target::ReadWrite), ("primary", Target::Primary)],
        ),
    }
}

/// What the words about TLS mean together.
fn settled(mut encryption: Encryption) -> Result<Encryption> {
    if encryption.mode.is_none() && encryption.roots == Some(Roots::System) {
        encryption.mode = Some(SslMode::VerifyFull);
    }
    match (encryption.mode, &encryption.roots) {
        (None | Some(SslMode::Disable | SslMode::Allow | SslMode::Prefer), Some(_)) => Err(UnusableUrl::new(
            "names an sslrootcert that its sslmode does not ask for",
            "Add sslmode=verify-full, or sslmode=verify-ca where the certificate has another name.",
        )),
        (Some(SslMode::VerifyCa), None) => Err(UnusableUrl::new(
            "asks for sslmode=verify-ca without saying whose signature counts",
            "Add sslrootcert=FILE, or use verify-full for a certificate of a well-known authority.",
        )),
        (Some(SslMode::Require | SslMode::VerifyCa), Some(Roots::System)) => Err(UnusableUrl::new(
            "would take any certificate of any well-known authority (sslrootcert=system)",
            "Use sslmode=verify-full, which asks for the name too.",
        )),
        (mode, _) if encryption.negotiation == SslNegotiation::Direct && mode < Some(SslMode::Require) => {
            Err(UnusableUrl::new(
                "asks for sslnegotiation=direct without asking for TLS",
                "Add sslmode=verify-full or sslmode=require.",
            ))
        }
        _ => Ok(encryption),
    }
}

fn list(value: &str) -> Vec<String> {
    value.split(',').map(str::to_owned).collect()
}

fn word<T: Copy>(name: &str, value: &str, words: &[(&str, T)]) -> Result<T> {
    if let Some((_, meant)) = words.iter().find(|(word, _)| *word == value) {
        return Ok(*meant);
    }
    let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let remedy = match nearest(value, &words) {
        Some(near) => format!("Did you mean {near}?"),
        None => format!("Use one of {}.", words.join(", ")),
    };
    Err(UnusableUrl::new(format!("has a word for {name} that is none of {}", words.join(", ")), remedy))
}

fn number<T: FromStr + PartialOrd + ToString>(name: &str, value: &str, least: T, most: T) -> Result<T> {
    value.parse().ok().filter(|number| *number >= least && *number <= most).ok_or_else(|| {
        let range = format!("from {} to {}", least.to_string(), most.to_string());
        UnusableUrl::new(format!("has a {name} that is no number {range}"), format!("Use a whole number {range}."))
    })
}

fn unknown(name: &str) -> UnusableUrl {
    let problem = format!("has a parameter that is not known here: {name}");
    let elsewhere = ELSEWHERE.iter().find(|(names, _)| names.iter().any(|known| known.eq_ignore_ascii_case(name)));
    let remedy = match (elsewhere, nearest(name, TAKEN)) {
        (Some((_, remedy)), _) => (*remedy).to_owned(),
        (None, Some(near)) => format!("Did you mean {near}?"),
        (None, None) => format!("Leave it out. Known are {}.", TAKEN.join(", ")),
    };
    UnusableUrl::new(problem, remedy)
}

/// The word that `typed` can be a slip of.
fn nearest<'a>(typed: &str, words: &[&'a str]) -> Option<&'a str> {
    let typed = typed.to_ascii_lowercase().replace('-', "_");
    let far = |word: &str| distance(&typed, &word.replace('-', "_"));
    let (distance, word) = words.iter().map(|word| (far(word), *word)).min()?;
    (distance <= 1 + word.len() / 6).then_some(word)
}

/// How many letters have to be added, left out or exchanged.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in to.iter().enumerate() {
            let exchanged = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = exchanged.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}
