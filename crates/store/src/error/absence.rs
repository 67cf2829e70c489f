//! Why there is no connection to work with, and what to do about each.

use std::error::Error;
use std::{fmt, io};

use tokio_postgres::error::SqlState;

use super::chain;

/// There is no database server to work with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// The kind of trouble.
    pub why: Why,
    /// Which server, and what was heard of it.
    pub cause: String,
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.why.told(), self.cause)
    }
}

/// The kinds of trouble on the way to a database server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nobody answers, or the server is starting, stopping or broke the connection.
    Away,
    /// The name of the host leads nowhere.
    UnknownName,
    /// It takes no more connections.
    Crowded,
    /// It takes no writes: a standby, or one that is told not to.
    ReadOnly,
    /// The user or the password is wrong.
    Login,
    /// Its rules do not let this user in from here.
    NotAdmitted,
    /// It has no database of that name.
    NoDatabase,
    /// It wants TLS, and none was spoken.
    TlsDemanded,
    /// It speaks no TLS, and some is asked for.
    NoTls,
    /// Its certificate is not one that is to be taken.
    Certificate,
    /// TLS failed in another way.
    Tls,
}

impl Why {
    fn told(self) -> &'static str {
        match self {
            Why::Away | Why::UnknownName => "the database server cannot be reached",
            Why::Crowded => "the database server takes no more connections",
            Why::ReadOnly => "the database server takes no writes",
            Why::Login | Why::NotAdmitted => "the database server does not let us in",
            Why::NoDatabase => "the database server has no such database",
            Why::TlsDemanded | Why::NoTls | Why::Certificate | Why::Tls => {
                "the database server and this program do not agree on TLS"
            }
        }
    }

    /// What to do about it.
    pub(super) fn remedy(self) -> &'static str {
        match self {
            Why::Away => "check that it runs and listens there, and host and port in [database] url",
            Why::UnknownName => "check the name of the host in [database] url, and that this machine can look up names",
            Why::Crowded => "lower threads in [database], or raise max_connections of the server",
            Why::ReadOnly => {
                "promote it, or wait for the primary; with several hosts in [database] url the one that takes writes is found"
            }
            Why::Login => {
                "check user and password in [database] url; signs such as @ and / are written %40 and %2F there"
            }
            Why::NotAdmitted => {
                "check the user in [database] url, and the server's pg_hba.conf and CONNECT right for it"
            }
            Why::NoDatabase => {
                "check the name in [database] url, or make it: createdb --encoding=UTF8 --template=template0 --owner=USER NAME"
            }
            Why::TlsDemanded => "add sslmode=verify-full (or require) to [database] url",
            Why::NoTls => "turn ssl on at the server, or use sslmode=disable if nobody else can reach that network",
            Why::Certificate => {
                "name the authority in sslrootcert, and the host as the certificate does, \
                 or use sslmode=require to take any certificate"
            }
            Why::Tls => {
                "check sslmode, sslrootcert, sslcert and sslkey in [database] url against the server's settings"
            }
        }
    }

    /// What kept a connection from being made.
    pub(crate) fn not_connected(error: &tokio_postgres::Error) -> Why {
        if let Some(refusal) = error.as_db_error() {
            let code = refusal.code();
            // Messages may be translated: then the rules of the server are what is pointed at.
            let wants_tls = ["no encryption", "SSL off"].iter().any(|sign| refusal.message().contains(sign));
            return match code.code() {
                "28P01" => Why::Login,
                "28000" if wants_tls => Why::TlsDemanded,
                "28000" | "42501" => Why::NotAdmitted,
                "3D000" => Why::NoDatabase,
                _ => ends(code).unwrap_or(Why::Away),
            };
        }
        match of_tls(error) {
            Some(rustls::Error::InvalidCertificate(_)) => return Why::Certificate,
            Some(_) => return Why::Tls,
            None => {}
        }
        // The driver tells these by their texts alone.
        let text = chain(error);
        if text.contains("server does not support TLS") {
            Why::NoTls
        } else if text.contains("TLS") {
            Why::Tls
        } else if text.contains("password missing") {
            Why::Login
        } else {
            Why::Away
        }
    }
}

/// What the server says when it ends a connection, or takes no work on it.
pub(super) fn ends(code: &SqlState) -> Option<Why> {
    match code.code() {
        "25006" => Some(Why::ReadOnly),
        "53300" => Some(Why::Crowded),
        // Shutdown, crash, starting, database dropped, session timeouts.
        "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" | "25P04" => Some(Why::Away),
        class if class.starts_with("08") => Some(Why::Away),
        _ => None,
    }
}

fn of_tls(error: &tokio_postgres::Error) -> Option<&rustls::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        // An I/O error names the cause of what it holds as its own, and not what it holds.
        let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = held.and_then(|held| held.downcast_ref::<rustls::Error>()) {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
