//! One open transaction, alike on both databases.

use crate::engine::access::Access;
use crate::engine::dialect::Engine;
use crate::engine::row::FromRow;
use crate::engine::value::Param;
use crate::engine::{postgres, sqlite};
use crate::error::{Absence, Error, Result, Why};

/// What is bound to `$1`, `$2` and so on.
pub(crate) type Params<'a> = &'a [&'a dyn Param];

pub(crate) enum Connection<'c> {
    Sqlite(&'c sqlite::Connection),
    Postgres(&'c mut postgres::Connection),
}

/// One open transaction.
///
/// The SQL is a `&'static str`: nothing can be pasted into it, and it is the key under which it stays prepared.
/// Parameters are `$1` to `$n` by number. A statement that fails dooms the transaction, even if the closure forgets
/// the failure: PostgreSQL knows no other way. So whether a value is taken is asked by `ON CONFLICT DO NOTHING` and
/// the count of rows, never by catching [`Error::Unique`].
///
/// Transactions touch tables in one order, or they lock each other out and are run again.
pub struct Tx<'c> {
    connection: Connection<'c>,
    access: Access,
    failure: Option<Error>,
    /// How many statements it ran.
    #[cfg(feature = "testing")]
    pub(crate) statements: u64,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(connection: Connection<'c>, access: Access) -> Tx<'c> {
        Tx {
            connection,
            access,
            failure: None,
            #[cfg(feature = "testing")]
            statements: 0,
        }
    }

    /// Runs a statement; gives the number of rows it inserted, changed or deleted.
    pub fn execute(&mut self, sql: &'static str, params: &[&dyn Param]) -> Result<u64> {
        self.guarded(sql, |connection| match connection {
            Connection::Sqlite(sqlite) => sqlite.execute(sql, params),
            Connection::Postgres(postgres) => postgres.execute(sql, params),
        })
    }

    /// All rows of a `SELECT` or a `RETURNING`.
    pub fn all<R: FromRow>(&mut self, sql: &'static str, params: &[&dyn Param]) -> Result<Vec<R>> {
        self.guarded(sql, |connection| match connection {
            Connection::Sqlite(sqlite) => sqlite.rows(sql, params),
            Connection::Postgres(postgres) => postgres.rows(sql, params),
        })
    }

    /// The row, if there is one. A second row is an error: the statement forgot part of its key.
    pub fn optional<R: FromRow>(&mut self, sql: &'static str, params: &[&dyn Param]) -> Result<Option<R>> {
        let mut rows = self.all(sql, params)?;
        if rows.len() > 1 {
            return Err(self.doom(Error::Database(format!("more than one row: {sql}"))));
        }
        Ok(rows.pop())
    }

    /// The row, which must be there.
    pub fn one<R: FromRow>(&mut self, sql: &'static str, params: &[&dyn Param]) -> Result<R> {
        match self.optional(sql, params)? {
            Some(row) => Ok(row),
            None => Err(self.doom(Error::Database(format!("no row: {sql}")))),
        }
    }

    /// Which database this runs on: for the few statements that need two texts, see [`Engine::choose`].
    pub fn engine(&self) -> Engine {
        match self.connection {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
        }
    }

    /// Several statements without parameters: a migration.
    pub(crate) fn script(&mut self, sql: &str) -> Result<()> {
        self.guarded(sql, |connection| match connection {
            Connection::Sqlite(sqlite) => sqlite.script(sql),
            Connection::Postgres(postgres) => postgres.script(sql),
        })
    }

    /// Lets statements of this transaction take as long as they need.
    pub(crate) fn take_your_time(&mut self) -> Result<()> {
        self.guarded("", |connection| match connection {
            Connection::Sqlite(sqlite) => {
                sqlite.take_your_time();
                Ok(())
            }
            Connection::Postgres(postgres) => postgres.take_your_time(),
        })
    }

    /// The failure of a statement, if one failed.
    pub(crate) fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// What the closure's answer is worth: an `Ok` after a failed statement is none.
    pub(crate) fn settle<T, E: From<Error>>(&self, answer: Result<T, E>) -> Result<T, E> {
        match &self.failure {
            Some(failure) if answer.is_ok() => Err(failure.clone().into()),
            _ => answer,
        }
    }

    fn guarded<T>(&mut self, sql: &str, run: impl FnOnce(&mut Connection<'c>) -> Result<T>) -> Result<T> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if self.access != Access::Write && !only_reads(sql) {
            return Err(self.doom(Error::Database(format!("a read may not write: {sql}"))));
        }
        #[cfg(feature = "testing")]
        {
            self.statements += 1;
        }
        run(&mut self.connection).map_err(|error| self.doom(error))
    }

    fn doom(&mut self, error: Error) -> Error {
        self.failure = Some(error.clone());
        error
    }
}

/// Fails, as a write would, on a PostgreSQL server that takes none. What the session itself may do is not asked: a read
/// may never write.
pub(crate) fn require_writable(tx: &mut Tx<'_>) -> Result<()> {
    const TAKES_NONE: &str = "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'";
    let (takes_none,): (bool,) = tx.one(TAKES_NONE, &[])?;
    if takes_none {
        let cause = "it is a standby, or its default_transaction_read_only is on".to_owned();
        return Err(tx.doom(Error::Gone(Absence { why: Why::ReadOnly, cause })));
    }
    Ok(())
}

/// The connections look as well, each in its way: this gives the better message, and the same one on both.
fn only_reads(sql: &str) -> bool {
    ["SELECT", "WITH"].iter().any(|verb| sql.trim_start().starts_with(verb))
}
