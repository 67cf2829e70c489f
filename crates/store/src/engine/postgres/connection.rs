//! One connection, driven by a little runtime of its own: a statement never leaves the thread that asked for it.

use std::collections::HashMap;
use std::ops::Deref;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::join;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, Statement};

use crate::engine::access::Access;
use crate::engine::row::{FromRow, Row};
use crate::engine::tx::{self, Params, Tx};
use crate::error::{Error, Result, is_stale_plan};

/// How much longer than the server a thread waits: the server's own limit speaks first unless it is gone.
const GRACE: Duration = Duration::from_secs(1);

/// No statement takes a week.
const UNHURRIED: Duration = Duration::from_hours(7 * 24);

pub(crate) struct Connection {
    runtime: OwnRuntime,
    client: Client,
    statements: HashMap<&'static str, Statement>,
    /// What goes out with the first statement: one round trip less.
    begin: Option<&'static str>,
    usual_limit: Duration,
    limit: Duration,
    broken: bool,
}

impl Connection {
    pub(super) fn new(runtime: OwnRuntime, client: Client, usual_limit: Duration) -> Connection {
        Connection {
            runtime,
            client,
            statements: HashMap::new(),
            begin: None,
            usual_limit,
            limit: usual_limit,
            broken: false,
        }
    }

    /// Runs a closure in a transaction. `run` tells whether its changes shall stand.
    pub(super) fn transact(&mut self, access: Access, run: impl FnOnce(&mut Tx<'_>) -> bool) -> Result<()> {
        self.limit = self.usual_limit;
        self.begin = match access {
            // Its statements commit by themselves: two round trips less.
            Access::Read => None,
            Access::Write => Some("BEGIN READ WRITE"),
            Access::Scan => Some("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"),
        };
        let explicit = self.begin.is_some();
        let mut tx = Tx::new(tx::Connection::Postgres(self), access);
        let stands = run(&mut tx);
        let failure = tx.failure().cloned();
        let begun = explicit && self.begin.take().is_none();
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
        self.run(sql, async |client, statement| {
            client.execute_raw(statement, params.iter().map(|param| param.value())).await
        })
    }

    pub(crate) fn rows<R: FromRow>(&mut self, sql: &'static str, params: Params<'_>) -> Result<Vec<R>> {
        let rows: Vec<tokio_postgres::Row> = self.run(sql, async |client, statement| {
            let rows = client.query_raw(statement, params.iter().map(|param| param.value())).await?;
            rows.try_collect().await
        })?;
        rows.iter().map(|row| R::from_row(&Row::postgres(row))).collect()
    }

    pub(crate) fn script(&mut self, sql: &str) -> Result<()> {
        if let Some(begin) = self.begin.take() {
            self.plain(begin)?;
        }
        self.plain(sql)
    }

    /// Lifts the limits of this transaction.
    pub(crate) fn take_your_time(&mut self) -> Result<()> {
        self.limit = UNHURRIED;
        self.script("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken || self.client.is_closed()
    }

    fn run<T>(
        &mut self,
        sql: &'static str,
        send: impl AsyncFnOnce(&Client, &Statement) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T> {
        let (client, statements, begin) = (&self.client, &mut self.statements, self.begin.take());
        let work = async {
            let statement = prepared(client, statements, sql).await?;
            match begin {
                None => send(client, &statement).await,
                Some(begin) => {
                    let (opened, answer) = join(client.batch_execute(begin), send(client, &statement)).await;
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
            let error = Error::from(error);
            self.broken |= matches!(error, Error::Gone(_));
            error
        })
    }

    fn commit(&mut self) -> Result<()> {
        self.plain("COMMIT").map_err(|error| match error {
            // It was sent: whether it arrived is not known, so it is not run again either.
            Error::Gone(cause) => Error::Unknown(cause),
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
