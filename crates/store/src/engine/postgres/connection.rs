//! One connection, driven by a little runtime of its own: a statement never leaves the thread that asked for it.

use std::collections::HashMap;
use std::ops::Deref;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::join;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, RowStream, Statement};

use super::Pooler;
use super::session::Session;
use crate::engine::access::Access;
use crate::engine::row::{FromRow, Row};
use crate::engine::tx::{self, Params, Tx};
use crate::engine::value::Spelled;
use crate::error::{Absence, Error, Result, Why, is_stale_plan};

/// How much longer than the server a thread waits: the server's own limit speaks first unless it is gone.
const GRACE: Duration = Duration::from_secs(1);

/// No statement takes a week.
const UNHURRIED: Duration = Duration::from_hours(7 * 24);

pub(crate) struct Connection {
    runtime: OwnRuntime,
    client: Client,
    statements: HashMap<&'static str, Statement>,
    session: Arc<Session>,
    /// When it was made, see `Server::distrust`.
    era: u64,
    access: Access,
    /// Whether the transaction has still to be opened. That goes out with the first statement: one round trip less.
    unopened: bool,
    limit: Duration,
    broken: bool,
}

impl Connection {
    pub(super) fn new(runtime: OwnRuntime, client: Client, session: Arc<Session>, era: u64) -> Connection {
        Connection {
            runtime,
            client,
            statements: HashMap::new(),
            limit: session.statement,
            session,
            era,
            access: Access::Read,
            unopened: false,
            broken: false,
        }
    }

    pub(super) fn era(&self) -> u64 {
        self.era
    }

    /// Runs a closure in a transaction. `run` tells whether its changes shall stand.
    pub(super) fn transact(&mut self, access: Access, run: impl FnOnce(&mut Tx<'_>) -> bool) -> Result<()> {
        self.limit = self.session.statement;
        self.access = access;
        let explicit = self.session.begin(access).is_some();
        self.unopened = explicit;
        let mut tx = Tx::new(tx::Connection::Postgres(self), access);
        let stands = run(&mut tx);
        let failure = tx.failure().cloned();
        let begun = explicit && !std::mem::take(&mut self.unopened);
        if !begun {
            return failure.map_or(Ok(()), Err);
        }
        if failure.is_some() || !stands {
            self.roll_back();
            return failure.map_or(Ok(()), Err);
        }
        self.commit()
    }

    pub(crate) fn execute(&mut self, sql: &'static str, params: Params<'_>) -> Result<u64> {
        self.run(sql, async |client, how| match how {
            How::Prepared(statement) => client.execute_raw(&statement, params.iter().map(|param| param.value())).await,
            How::Unnamed(sql) => {
                let mut rows = pin!(unnamed(client, sql, params).await?);
                while rows.try_next().await?.is_some() {}
                Ok(rows.rows_affected().unwrap_or_default())
            }
        })
    }

    pub(crate) fn rows<R: FromRow>(&mut self, sql: &'static str, params: Params<'_>) -> Result<Vec<R>> {
        let rows: Vec<tokio_postgres::Row> = self.run(sql, async |client, how| {
            let rows = match how {
                How::Prepared(statement) => {
                    client.query_raw(&statement, params.iter().map(|param| param.value())).await?
                }
                How::Unnamed(sql) => unnamed(client, sql, params).await?,
            };
            rows.try_collect().await
        })?;
        rows.iter().map(|row| R::from_row(&Row::postgres(row))).collect()
    }

    pub(crate) fn script(&mut self, sql: &str) -> Result<()> {
        let session = Arc::clone(&self.session);
        if std::mem::take(&mut self.unopened)
            && let Some(begin) = session.begin(self.access)
        {
            self.plain(begin)?;
        }
        self.plain(sql)
    }

    /// Lifts the limits of this transaction.
    pub(crate) fn take_your_time(&mut self) -> Result<()> {
        self.limit = UNHURRIED;
        self.script("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
    }

    /// Whether two sessions get the same connection of a pooler, one after the other: then what the first one sets is
    /// changed by the second. A pooler gives out last what came back last.
    pub(super) fn share(first: &mut Connection, second: &mut Connection) -> Result<bool> {
        const ASK: &str = "SELECT COALESCE(current_setting('doorward.session', TRUE), '')";
        for (connection, name) in [(&mut *first, "first"), (second, "second")] {
            connection.plain(&format!("SET doorward.session = '{name}'"))?;
        }
        let mut own = String::new();
        first.transact(Access::Scan, |tx| {
            if let Ok((name,)) = tx.one(ASK, &[]) {
                own = name;
            }
            true
        })?;
        Ok(own != "first")
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken || self.client.is_closed()
    }

    fn run<T>(
        &mut self,
        sql: &'static str,
        send: impl AsyncFnOnce(&Client, How) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T> {
        if self.access == Access::Read && hides_a_write(sql) {
            return Err(Error::Database(format!("a read may not write: {sql}")));
        }
        let begin = if std::mem::take(&mut self.unopened) { self.session.begin(self.access) } else { None };
        let (client, statements, pooler) = (&self.client, &mut self.statements, self.session.pooler);
        let work = async {
            let how = match pooler {
                Pooler::None => How::Prepared(prepared(client, statements, sql).await?),
                Pooler::Transaction => How::Unnamed(sql),
            };
            match begin {
                None => send(client, how).await,
                Some(begin) => {
                    let (opened, answer) = join(client.batch_execute(begin), send(client, how)).await;
                    opened?;
                    answer
                }
            }
        };
        let limit = self.limit + GRACE;
        let ended = self.runtime.block_on(async { tokio::time::timeout(limit, work).await });
        self.ended(ended)
    }

    fn plain(&mut self, sql: &str) -> Result<()> {
        let work = self.client.batch_execute(sql);
        let limit = self.limit + GRACE;
        let ended = self.runtime.block_on(async { tokio::time::timeout(limit, work).await });
        self.ended(ended)
    }

    fn ended<T>(&mut self, ended: Result<Result<T, tokio_postgres::Error>, tokio::time::error::Elapsed>) -> Result<T> {
        let Ok(ended) = ended else {
            self.broken = true;
            return Err(Error::TimedOut);
        };
        ended.map_err(|error| {
            if error.as_db_error().is_some_and(is_stale_plan) {
                self.statements.clear();
            }
            match Error::from(error) {
                // It is this crate that asked a read to write, whatever server it is.
                Error::Gone(Absence { why: Why::ReadOnly, cause }) if self.access != Access::Write => {
                    Error::Database(format!("a read may not write: {cause}"))
                }
                error => {
                    self.broken |= matches!(error, Error::Gone(_));
                    error
                }
            }
        })
    }

    fn commit(&mut self) -> Result<()> {
        self.plain("COMMIT").map_err(|error| match error {
            // It was sent: whether it arrived is not known, so it is not run again either.
            Error::Gone(absence) => Error::Unknown(absence.cause),
            Error::TimedOut => Error::Unknown("no answer".to_owned()),
            refused => refused,
        })
    }

    fn roll_back(&mut self) {
        if !self.is_broken() && self.plain("ROLLBACK").is_err() {
            // The server rolls back what its client leaves behind.
            self.broken = true;
        }
    }
}

/// How a statement reaches the server.
enum How {
    /// It was sent before and is known there by its name.
    Prepared(Statement),
    /// All in one message: the next transaction may be on another connection, which knows no names of ours.
    Unnamed(&'static str),
}

/// The types are for the server to find, and values are spelled out, because their binary form depends on them.
async fn unnamed(client: &Client, sql: &str, params: Params<'_>) -> Result<RowStream, tokio_postgres::Error> {
    client.query_typed_raw(sql, params.iter().map(|param| (Spelled(param.value()), Type::UNKNOWN))).await
}

/// Whether a statement that begins like a read changes or locks something. The transaction of a read is the server's
/// own, with no word of ours about what it may do.
fn hides_a_write(sql: &str) -> bool {
    sql.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_')
        .any(|word| ["INSERT", "UPDATE", "DELETE", "MERGE"].contains(&word))
}

async fn prepared(
    client: &Client,
    statements: &mut HashMap<&'static str, Statement>,
    sql: &'static str,
) -> Result<Statement, tokio_postgres::Error> {
    if let Some(statement) = statements.get(sql) {
        return Ok(statement.clone());
    }
    let statement = client.prepare(sql).await?;
    statements.insert(sql, statement.clone());
    Ok(statement)
}

/// A runtime that may be dropped anywhere: dropping a bare one inside another panics.
pub(super) struct OwnRuntime(Option<Runtime>);

impl OwnRuntime {
    pub(super) fn new() -> Result<OwnRuntime> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::Open(format!("a runtime cannot be started: {error}")))?;
        Ok(OwnRuntime(Some(runtime)))
    }
}

impl Deref for OwnRuntime {
    type Target = Runtime;

    fn deref(&self) -> &Runtime {
        self.0.as_ref().expect("only drop takes it out")
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
