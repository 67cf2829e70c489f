//! Values that go into a statement and come out of a row: one trait each way, for both databases.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use bytes::{BufMut, BytesMut};
use doorward_model::id::{JobId, SessionId, TenantId, Uid};
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;
use rusqlite::types::{ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_postgres::types::{Format, IsNull, Type, to_sql_checked};

use crate::error::{Error, Result};

/// One cell on its way in or out: the few types both databases have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// `BIGINT`; also the milliseconds of a time.
    Int(i64),
    /// `BOOLEAN`.
    Bool(bool),
    /// `TEXT`, and `JSONB` as its text. Never holds a NUL character: PostgreSQL cannot store one.
    Text(&'a str),
    /// `BYTEA`.
    Bytes(&'a [u8]),
}

impl Value<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Value::Null => "no value",
            Value::Int(_) => "an integer",
            Value::Bool(_) => "a boolean",
            Value::Text(_) => "a text",
            Value::Bytes(_) => "bytes",
        }
    }
}

/// Shows the kind alone: what is stored is personal and must not reach a log.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

/// What can be given to a statement as `$1`.
pub trait Param {
    /// The value as the database takes it.
    fn value(&self) -> Value<'_>;
}

/// What can be read from a cell.
pub trait Column: Sized {
    /// Takes the cell, or refuses one of another kind.
    fn column(value: Value<'_>) -> Result<Self>;
}

fn expected<T>(wanted: &str, found: Value<'_>) -> Result<T> {
    Err(Error::Database(format!("{} where {wanted} was expected", found.kind())))
}

impl Param for i64 {
    fn value(&self) -> Value<'_> {
        Value::Int(*self)
    }
}

impl Column for i64 {
    fn column(value: Value<'_>) -> Result<i64> {
        match value {
            Value::Int(number) => Ok(number),
            other => expected("an integer", other),
        }
    }
}

impl Param for bool {
    fn value(&self) -> Value<'_> {
        Value::Bool(*self)
    }
}

impl Column for bool {
    /// SQLite has no boolean: it keeps 0 and 1.
    fn column(value: Value<'_>) -> Result<bool> {
        match value {
            Value::Bool(truth) => Ok(truth),
            Value::Int(number @ (0 | 1)) => Ok(number == 1),
            other => expected("a boolean", other),
        }
    }
}

impl Param for str {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Param for String {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Column for String {
    fn column(value: Value<'_>) -> Result<String> {
        match value {
            Value::Text(text) => Ok(text.to_owned()),
            other => expected("a text", other),
        }
    }
}

impl Param for [u8] {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl<const LENGTH: usize> Param for [u8; LENGTH] {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl Param for Vec<u8> {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl Column for Vec<u8> {
    fn column(value: Value<'_>) -> Result<Vec<u8>> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.to_vec()),
            other => expected("bytes", other),
        }
    }
}

impl<T: Param> Param for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, Param::value)
    }
}

impl<T: Column> Column for Option<T> {
    fn column(value: Value<'_>) -> Result<Option<T>> {
        match value {
            Value::Null => Ok(None),
            present => T::column(present).map(Some),
        }
    }
}

impl<T: Param + ?Sized> Param for &T {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

impl Param for Timestamp {
    fn value(&self) -> Value<'_> {
        Value::Int(self.0)
    }
}

impl Column for Timestamp {
    fn column(value: Value<'_>) -> Result<Timestamp> {
        i64::column(value).map(Timestamp)
    }
}

macro_rules! text_ids {
    ($($id:ident),+) => {$(
        impl Param for $id {
            fn value(&self) -> Value<'_> {
                Value::Text(self.as_str())
            }
        }

        impl Column for $id {
            fn column(value: Value<'_>) -> Result<$id> {
                String::column(value).map($id::new)
            }
        }
    )+};
}

text_ids!(TenantId, Uid, SessionId, JobId);

impl Param for Digest {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self.as_bytes())
    }
}

impl Column for Digest {
    fn column(value: Value<'_>) -> Result<Digest> {
        Vec::<u8>::column(value).map(Digest::new)
    }
}

/// A JSON object or array for a `JSONB` column, bound and read as its text.
///
/// Not a scalar: SQLite would turn the text `12` of a `JSONB` column into a number.
#[derive(Clone, PartialEq, Eq)]
pub struct Json(String);

impl Json {
    /// Writes `value` as JSON; refuses what is neither object nor array.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Result<Json> {
        let text =
            serde_json::to_string(value).map_err(|error| Error::Database(format!("not writable as JSON: {error}")))?;
        if !text.starts_with(['{', '[']) {
            return Err(Error::Database("a JSON column holds objects and arrays, not scalars".to_owned()));
        }
        Ok(Json(text))
    }

    /// Reads the document as a `T`; refuses one of another shape.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T> {
        // serde's own message may quote what is stored.
        serde_json::from_str(&self.0).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Error::Database(format!("a stored document has an unexpected shape at {line}:{column}"))
        })
    }

    /// Takes a text that is a JSON object or array already.
    pub fn from_text(text: String) -> Json {
        Json(text)
    }

    /// The document's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Json(..)")
    }
}

impl Param for Json {
    fn value(&self) -> Value<'_> {
        Value::Text(&self.0)
    }
}

impl Column for Json {
    fn column(value: Value<'_>) -> Result<Json> {
        String::column(value).map(Json)
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(number),
            Value::Bool(truth) => ValueRef::Integer(i64::from(truth)),
            // PostgreSQL refuses it too: what one database takes, the other must take.
            Value::Text(text) if text.contains('\0') => {
                return Err(rusqlite::Error::ToSqlConversionFailure(
                    "a text with a NUL character cannot be stored".into(),
                ));
            }
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

type Boxed = Box<dyn StdError + Sync + Send>;

impl tokio_postgres::types::ToSql for Value<'_> {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match (*self, wanted) {
            (Value::Null, _) => return Ok(IsNull::Yes),
            (Value::Int(number), &Type::INT8) => out.put_i64(number),
            (Value::Bool(truth), &Type::BOOL) => out.put_u8(u8::from(truth)),
            (Value::Text(text), &(Type::TEXT | Type::VARCHAR | Type::NAME | Type::JSON)) => {
                out.put_slice(text.as_bytes());
            }
            (Value::Text(text), &Type::JSONB) => {
                out.put_u8(JSONB_VERSION);
                out.put_slice(text.as_bytes());
            }
            (Value::Bytes(bytes), &Type::BYTEA) => out.put_slice(bytes),
            _ => return Err(format!("{} for {wanted}", self.kind()).into()),
        }
        Ok(IsNull::No)
    }

    /// Every type: the wrong ones are refused above, with a better message.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A value as text, from which the server makes whatever type belongs in its place.
#[derive(Debug)]
pub(crate) struct Spelled<'a>(pub(crate) Value<'a>);

impl tokio_postgres::types::ToSql for Spelled<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match self.0 {
            Value::Null => return Ok(IsNull::Yes),
            Value::Int(number) => out.put_slice(number.to_string().as_bytes()),
            Value::Bool(truth) => out.put_slice(if truth { b"true" } else { b"false" }),
            Value::Text(text) => out.put_slice(text.as_bytes()),
            Value::Bytes(bytes) => {
                out.put_slice(b"\\x");
                for byte in bytes {
                    write!(out, "{byte:02x}")?;
                }
            }
        }
        Ok(IsNull::No)
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// PostgreSQL's binary form of `JSONB` is this byte and then the text.
const JSONB_VERSION: u8 = 1;

impl<'a> tokio_postgres::types::FromSql<'a> for Value<'a> {
    fn from_sql(found: &Type, raw: &'a [u8]) -> Result<Value<'a>, Boxed> {
        Ok(match *found {
            Type::INT8 => Value::Int(i64::from_be_bytes(raw.try_into()?)),
            Type::INT4 => Value::Int(i64::from(i32::from_be_bytes(raw.try_into()?))),
            Type::BOOL => Value::Bool(raw == [1]),
            Type::BYTEA => Value::Bytes(raw),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::JSON => Value::Text(std::str::from_utf8(raw)?),
            Type::JSONB => match raw {
                [JSONB_VERSION, text @ ..] => Value::Text(std::str::from_utf8(text)?),
                _ => return Err("an unknown version of JSONB".into()),
            },
            _ => return Err(format!("a column of type {found}: cast it to one of the types in use").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Value<'a>, Boxed> {
        Ok(Value::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
