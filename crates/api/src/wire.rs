//! The habits of the wire, one a file: names in any case, bodies read whole, the envelope of a refusal, `fields=`.
//!
//! What belongs here: how anything is read off the wire or written to it, whoever asks and whatever for.
//! What does not: who asks (`caller`), and the fields of a single operation (`ops`).

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod case_blind;
pub(crate) mod describe;
pub(crate) mod error;
pub(crate) mod json;
pub(crate) mod path;
pub(crate) mod query;
pub(crate) mod response;
pub(crate) mod scheme;
pub(crate) mod shape;

pub(crate) use answer::Answer;
pub(crate) use error::{Error, Result, required};
pub(crate) use json::{Body, Json};
pub(crate) use path::Path;
pub(crate) use query::{Flag, Query};
pub(crate) use shape::Fields;
