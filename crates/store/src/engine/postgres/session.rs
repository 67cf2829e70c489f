//! What is said at the beginning of a session and of its transactions, and what the server says of itself.

use std::time::Duration;

use tokio_postgres::{Client, SimpleQueryMessage};

use super::url::Target;
use super::{Isolation, Pooler, PostgresOptions};
use crate::engine::access::Access;
use crate::error::{Absence, Error, Result, Why};

/// The oldest server that takes all statements of this crate and is still tried.
const OLDEST: u32 = 13;

/// The texts for one store.
pub(super) struct Session {
    pub(super) pooler: Pooler,
    pub(super) statement: Duration,
    greeting: String,
    read: Option<String>,
    write: String,
    scan: String,
}

const QUESTIONS: &str = "SELECT current_setting('server_version_num'), current_setting('server_encoding'), \
    pg_is_in_recovery(), current_setting('default_transaction_read_only')";

const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

impl Session {
    pub(super) fn new(options: &PostgresOptions) -> Session {
        let isolation = match options.isolation {
            Isolation::ReadCommitted => "READ COMMITTED",
            Isolation::Serializable => "SERIALIZABLE",
        };
        // A transaction that finds a row locked gives up early and is run again, which ends deadlocks sooner than the
        // server's own search.
        let limits = |set: &str| {
            let statement = options.statement.as_millis();
            format!(
                "{set} lock_timeout = '250ms'; {set} statement_timeout = '{statement}ms'; \
                 {set} idle_in_transaction_session_timeout = '10s'"
            )
        };
        let (pooler, statement) = (options.pooler, options.statement);
        match pooler {
            Pooler::None => Session {
                pooler,
                statement,
                greeting: format!(
                    "{}; SET default_transaction_isolation = '{isolation}'; {QUESTIONS}",
                    limits("SET"),
                    isolation = isolation.to_lowercase()
                ),
                // Its statements commit by themselves: two round trips less.
                read: None,
                // Whether it may write is for the server to say: with READ WRITE in it, it would write to one that is
                // just being replaced and told its clients by default_transaction_read_only.
                write: "BEGIN".to_owned(),
                scan: SNAPSHOT.to_owned(),
            },
            // What is set for a session stays on a connection that somebody else gets next.
            Pooler::Transaction => Session {
                pooler,
                statement,
                greeting: QUESTIONS.to_owned(),
                read: Some(format!("BEGIN ISOLATION LEVEL {isolation}, READ ONLY; {}", limits("SET LOCAL"))),
                write: format!("BEGIN ISOLATION LEVEL {isolation}; {}", limits("SET LOCAL")),
                scan: format!("{SNAPSHOT}; {}", limits("SET LOCAL")),
            },
        }
    }

    /// What opens a transaction; nothing where each statement is one.
    pub(super) fn begin(&self, access: Access) -> Option<&str> {
        match access {
            Access::Read => self.read.as_deref(),
            Access::Write => Some(&self.write),
            Access::Scan => Some(&self.scan),
        }
    }
}

/// What a server says of itself when a session begins.
pub(super) struct Greeting {
    version: u32,
    encoding: String,
    is_standby: bool,
    is_read_only: bool,
}

impl Greeting {
    pub(super) async fn read(client: &Client, session: &Session) -> Result<Greeting> {
        let said = client.simple_query(&session.greeting).await?;
        let row = said.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let cell = |index| row.and_then(|row| row.get(index)).unwrap_or_default();
        Ok(Greeting {
            version: cell(0).parse().unwrap_or_default(),
            encoding: cell(1).to_owned(),
            is_standby: cell(2) == "t",
            is_read_only: cell(3) == "on",
        })
    }

    /// Refuses a server that is too old and a database that cannot hold every text.
    pub(super) fn require_fit(&self) -> Result<()> {
        let (major, minor) = (self.version / 10_000, self.version / 100 % 100);
        if major < OLDEST {
            let version = if major < 10 { format!("{major}.{minor}") } else { major.to_string() };
            return Err(Error::Unfit {
                problem: format!(
                    "the database server is PostgreSQL {version}, and {OLDEST} is the oldest that will do"
                ),
                remedy: "upgrade the server, or name a newer one in [database] url",
            });
        }
        if self.encoding != "UTF8" {
            return Err(Error::Unfit {
                problem: format!(
                    "the database has the encoding {}, which cannot hold every name: it must be UTF8",
                    self.encoding
                ),
                remedy: "make one that fits (createdb --encoding=UTF8 --template=template0 --owner=USER NAME) and \
                         move what is in the old one with pg_dump and pg_restore",
            });
        }
        Ok(())
    }

    /// Refuses a server that is not the one to work with.
    pub(super) fn require(&self, target: Target) -> Result<(), Absence> {
        let refused = |cause: &str| Err(Absence { why: Why::ReadOnly, cause: cause.to_owned() });
        match target {
            Target::ReadWrite | Target::Primary if self.is_standby => refused("it is a standby, in recovery"),
            Target::ReadWrite if self.is_read_only => refused("its default_transaction_read_only is on"),
            _ => Ok(()),
        }
    }
}
