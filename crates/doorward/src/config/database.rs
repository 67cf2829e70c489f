//! `[database]`

use std::path::{Path, PathBuf};

use doorward_store::{PostgresUrl, SslMode, UnusableUrl};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use url::form_urlencoded;

use super::finding::Finding;
use super::secret_text::SecretText;
use super::server::is_loopback_name;

#[cfg(test)]
mod tests;

/// Where accounts, sessions and messages are kept.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` for the database inside this program, or `postgres://user:password@host/name`, with `?sslmode=verify-full` behind it when the server is another machine. Several hosts, TLS and everything else of that URL: [postgresql.md](postgresql.md). Without it, `sqlite:doorward.db`.
    #[serde(serialize_with = "without_password")]
    pub url: Option<SecretText>,
    /// A file that holds `url`.
    pub url_file: Option<PathBuf>,
    /// Connections to PostgreSQL, each on a thread of its own. SQLite does not use it.
    pub threads: usize,
    /// What stands before PostgreSQL: `transaction` for a pooler, such as PgBouncer, that gives each transaction another connection; `none` for nothing, or for one that keeps a connection for each session.
    pub pooler: Pooler,
    /// Whether `serve` brings the database up to date when it starts. With `false` it refuses an old one, and `doorward migrate` is yours to run.
    pub migrate: bool,
}

impl Default for Database {
    fn default() -> Database {
        Database { url: None, url_file: None, threads: 16, pooler: Pooler::None, migrate: true }
    }
}

/// What stands before PostgreSQL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Pooler {
    /// Nothing that matters.
    #[default]
    None,
    /// A pooler that gives each transaction another connection.
    Transaction,
}

impl From<Pooler> for doorward_store::Pooler {
    fn from(pooler: Pooler) -> doorward_store::Pooler {
        match pooler {
            Pooler::None => doorward_store::Pooler::None,
            Pooler::Transaction => doorward_store::Pooler::Transaction,
        }
    }
}

const URL: &str = "[database] url";
const DEFAULT_PATH: &str = "doorward.db";
const SQLITE: &str = "sqlite:";
const MOST_THREADS: usize = 256;

/// Which database, read from its URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The embedded database in this file.
    Sqlite(PathBuf),
    /// PostgreSQL; the text holds the password.
    Postgres(SecretText),
}

impl Database {
    /// The database that `url` names; the error says what a URL looks like and repeats nothing of this one.
    pub fn location(&self) -> Result<DatabaseUrl, Finding> {
        let Some(url) = &self.url else { return Ok(DatabaseUrl::Sqlite(PathBuf::from(DEFAULT_PATH))) };
        let text = url.expose();
        if let Some(path) = text.strip_prefix(SQLITE).filter(|path| !path.is_empty()) {
            return Ok(DatabaseUrl::Sqlite(Path::new(path.strip_prefix("//").unwrap_or(path)).to_owned()));
        }
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(Finding::new(
                URL,
                "names no database that this program knows",
                "Use sqlite:PATH, for example sqlite:/var/lib/doorward/doorward.db, or postgres://user:password@host/name.",
            ));
        }
        PostgresUrl::parse(text).map_err(unusable)?;
        Ok(DatabaseUrl::Postgres(url.clone()))
    }

    /// True when what is stored goes to another machine without TLS.
    pub fn is_in_clear(&self) -> bool {
        self.remote().is_some_and(|url| url.sslmode() < Some(SslMode::Require))
    }

    /// True when what is stored goes to another machine that does not prove who it is.
    pub fn is_unverified(&self) -> bool {
        self.remote().is_some_and(|url| url.sslmode() >= Some(SslMode::Require) && !url.is_verified())
    }

    fn postgres(&self) -> Option<PostgresUrl> {
        PostgresUrl::parse(self.url.as_ref()?.expose()).ok()
    }

    /// The URL of a PostgreSQL of which a part is on another machine. A socket is on this one.
    fn remote(&self) -> Option<PostgresUrl> {
        self.postgres().filter(|url| url.hosts().any(|host| !is_loopback_name(&host)))
    }

    pub(crate) fn unsound(&self) -> Vec<Finding> {
        let mut found = Vec::from_iter(self.location().err());
        if self.remote().is_some_and(|url| [None, Some(SslMode::Allow), Some(SslMode::Prefer)].contains(&url.sslmode()))
        {
            found.push(Finding::new(
                URL,
                "names a PostgreSQL on another machine without saying whether the way there is encrypted",
                "Add sslmode=verify-full (or require, which takes any certificate), or sslmode=disable if nobody else can reach that network.",
            ));
        }
        found.extend(self.postgres().and_then(|url| url.check_files().err()).map(unusable));
        if self.threads == 0 || self.threads > MOST_THREADS {
            found.push(Finding::new(
                "[database] threads",
                format!("{} is not between 1 and {MOST_THREADS}", self.threads),
                "16 suits most servers; stay below what max_connections of PostgreSQL leaves free.",
            ));
        }
        found
    }
}

/// What the URL of a database shows to whoever may not know its password.
fn shown(text: &str) -> String {
    stripped(text).unwrap_or_else(|| "(set)".to_owned())
}

/// True when the URL of a database holds a password, or might.
pub(super) fn holds_password(text: &str) -> bool {
    stripped(text).is_none_or(|stripped| stripped != text)
}

/// The parameter that may hold what usually stands before the host.
const PASSWORD: &str = "password";

/// The URL without its password; none where nobody can say what of it is one.
fn stripped(text: &str) -> Option<String> {
    if text.starts_with(SQLITE) {
        return Some(text.to_owned());
    }
    PostgresUrl::parse(text).ok()?;
    let (scheme, rest) = text.split_once("://")?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = place.split_at(place.find('/').unwrap_or(place.len()));
    // A password with a / or ? that nobody wrote as %2F or %3F ends as a piece of these.
    if database.contains('@') || query.contains('@') {
        return None;
    }
    let authority = match authority.rsplit_once('@') {
        None => authority.to_owned(),
        Some((login, hosts)) => format!("{}@{hosts}", login.split(':').next().unwrap_or_default()),
    };
    let names = |pair: &str| form_urlencoded::parse(pair.as_bytes()).next().is_some_and(|(name, _)| name == PASSWORD);
    let query: Vec<&str> = query.split('&').filter(|pair| !names(pair)).collect();
    let query = query.join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    Some(format!("{scheme}://{authority}{database}{mark}{query}"))
}

/// The URL that holds, also where none is set.
#[expect(clippy::ref_option, reason = "serde hands the field over as it is")]
fn without_password<S: Serializer>(url: &Option<SecretText>, serializer: S) -> Result<S::Ok, S::Error> {
    match url {
        Some(url) => serializer.serialize_str(&shown(url.expose())),
        None => serializer.serialize_str(&format!("{SQLITE}{DEFAULT_PATH}")),
    }
}

fn unusable(url: UnusableUrl) -> Finding {
    Finding::new(URL, url.problem, url.remedy)
}
