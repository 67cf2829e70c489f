//! From a row to a struct or a tuple, by position.

use rusqlite::types::ValueRef;

use crate::engine::value::{Column, Value};
use crate::error::{Error, Result};

/// One row of an answer.
pub struct Row<'a>(Source<'a>);

enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> Row<'a> {
    pub(crate) fn sqlite(row: &'a rusqlite::Row<'a>) -> Row<'a> {
        Row(Source::Sqlite(row))
    }

    pub(crate) fn postgres(row: &'a tokio_postgres::Row) -> Row<'a> {
        Row(Source::Postgres(row))
    }

    /// The cell at `position`, counted from 0.
    pub fn get<T: Column>(&self, position: usize) -> Result<T> {
        let value = match self.0 {
            Source::Sqlite(row) => sqlite_value(row.get_ref(position)?)?,
            Source::Postgres(row) => row.try_get(position)?,
        };
        T::column(value).map_err(|error| match error {
            Error::Database(text) => Error::Database(format!("column {}: {text}", self.name(position))),
            other => other,
        })
    }

    /// The cells from the first to the last.
    pub fn cells(&self) -> Cells<'_> {
        Cells { row: self, next: 0 }
    }

    fn name(&self, position: usize) -> &str {
        let name = match self.0 {
            Source::Sqlite(row) => row.as_ref().column_name(position).ok(),
            Source::Postgres(row) => row.columns().get(position).map(tokio_postgres::Column::name),
        };
        name.unwrap_or("beyond the last")
    }

    fn width(&self) -> usize {
        match self.0 {
            Source::Sqlite(row) => row.as_ref().column_count(),
            Source::Postgres(row) => row.len(),
        }
    }
}

fn sqlite_value(value: ValueRef<'_>) -> Result<Value<'_>> {
    match value {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Text(text) => std::str::from_utf8(text)
            .map(Value::Text)
            .map_err(|_| Error::Database("a stored text is not UTF-8".to_owned())),
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes)),
        ValueRef::Real(_) => Err(Error::Database("a fraction, a type that is not in use".to_owned())),
    }
}

/// The cells of a row, taken one after the other; what [`row!`](crate::row!) is made of.
pub struct Cells<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl Cells<'_> {
    /// The next cell. A column that is not called `field` fails every debug build, and with it any test.
    pub fn take<T: Column>(&mut self, field: &str) -> Result<T> {
        let position = self.next;
        self.next += 1;
        debug_assert_eq!(self.row.name(position), field, "the columns come in another order than the fields");
        self.row.get(position)
    }

    /// Says that no cell is left over, in debug builds.
    pub fn end(&self) {
        debug_assert_eq!(self.next, self.row.width(), "the statement has more columns than the struct has fields");
    }
}

/// What a row can become.
pub trait FromRow: Sized {
    /// Takes the cells by position.
    fn from_row(row: &Row<'_>) -> Result<Self>;
}

macro_rules! tuples {
    ($($($cell:ident $position:tt),+;)+) => {$(
        impl<$($cell: Column),+> FromRow for ($($cell,)+) {
            fn from_row(row: &Row<'_>) -> Result<Self> {
                Ok(($(row.get::<$cell>($position)?,)+))
            }
        }
    )+};
}

tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
}

/// `row!(Session { id, uid, expires_at })` reads a struct from the columns of a `SELECT`, in the order of the fields
/// named here.
#[macro_export]
macro_rules! row {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row<'_>) -> $crate::Result<Self> {
                let mut cells = row.cells();
                $(let $field = cells.take(stringify!($field))?;)+
                cells.end();
                Ok($name { $($field),+ })
            }
        }
    };
}
