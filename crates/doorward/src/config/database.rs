//! `[database]`

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use url::Url;

use super::finding::Finding;
use super::secret_text::SecretText;
use super::server::is_loopback_name;

/// Where accounts, sessions and messages are kept.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` for the database inside this program, or `postgres://user:password@host/name`, with `?sslmode=require` behind it when the server is another machine (or `disable`, on a network of its own). Without it, `sqlite:doorward.db`.
    #[serde(serialize_with = "without_password")]
    pub url: Option<SecretText>,
    /// A file that holds `url`.
    pub url_file: Option<PathBuf>,
    /// Connections to PostgreSQL, each on a thread of its own. SQLite does not use it.
    pub threads: usize,
    /// Whether `serve` brings the database up to date when it starts. With `false` it refuses an old one, and `doorward migrate` is yours to run.
    pub migrate: bool,
}

impl Default for Database {
    fn default() -> Database {
        Database { url: None, url_file: None, threads: 16, migrate: true }
    }
}

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
        match Url::parse(text) {
            Ok(parsed) if matches!(parsed.scheme(), "postgres" | "postgresql") => {
                Ok(DatabaseUrl::Postgres(url.clone()))
            }
            _ => Err(Finding::new(
                "[database] url",
                "names no database that this program knows",
                "Use sqlite:PATH, for example sqlite:/var/lib/doorward/doorward.db, or postgres://user:password@host/name.",
            )),
        }
    }

    /// True when what is stored goes to another machine without TLS.
    pub fn is_in_clear(&self) -> bool {
        self.remote_sslmode().is_some_and(|mode| mode != "require")
    }

    /// What the URL says of TLS, for a PostgreSQL on another machine; empty when it says nothing.
    fn remote_sslmode(&self) -> Option<String> {
        let Ok(DatabaseUrl::Postgres(url)) = self.location() else { return None };
        let url = Url::parse(url.expose()).ok()?;
        // Without a host, it is a socket of this machine.
        let is_remote = url.has_host() && url.host_str().is_none_or(|host| !host.is_empty() && !is_loopback_name(host));
        let mode = url.query_pairs().find(|(name, _)| name == "sslmode").map(|(_, mode)| mode.into_owned());
        is_remote.then(|| mode.unwrap_or_default())
    }

    pub(crate) fn unsound(&self) -> Vec<Finding> {
        let mut found = Vec::from_iter(self.location().err());
        if self.remote_sslmode().is_some_and(|mode| mode != "require" && mode != "disable") {
            found.push(Finding::new(
                "[database] url",
                "names a PostgreSQL on another machine without saying whether the way there is encrypted",
                "Add ?sslmode=require, or ?sslmode=disable if nobody else can reach that network.",
            ));
        }
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
    if !holds_password(text) {
        return text.to_owned();
    }
    let Ok(mut url) = Url::parse(text) else { return "(set)".to_owned() };
    let query: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(name, _)| name != PASSWORD).collect();
    url.set_query(None);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    // A URL without a host has no place for one.
    let _ = url.set_password(None);
    url.to_string()
}

/// The parameter that may hold what usually stands before the host.
const PASSWORD: &str = "password";

/// True when the URL of a database holds a password, or might.
pub(super) fn holds_password(text: &str) -> bool {
    if text.starts_with(SQLITE) {
        return false;
    }
    Url::parse(text).map_or(true, |url| url.password().is_some() || url.query_pairs().any(|(name, _)| name == PASSWORD))
}

/// The URL that holds, also where none is set.
#[expect(clippy::ref_option, reason = "serde hands the field over as it is")]
fn without_password<S: Serializer>(url: &Option<SecretText>, serializer: S) -> Result<S::Ok, S::Error> {
    match url {
        Some(url) => serializer.serialize_str(&shown(url.expose())),
        None => serializer.serialize_str(&format!("{SQLITE}{DEFAULT_PATH}")),
    }
}
