//! What is brought in, and what became of it.

use crate::Result;
use doorward_model::password::foreign::Recipe;
use doorward_model::refusal::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What happens to a row whose uid, address, phone or user name an account has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplicates {
    /// It is refused.
    Refuse,
    /// It changes that account.
    Overwrite,
}

/// How an import reads its rows.
#[derive(Debug, Clone)]
pub struct Rules {
    /// How password hashes were made that do not say it themselves.
    pub recipe: Option<Recipe>,
    /// What happens to rows of accounts that are there.
    pub duplicates: Duplicates,
}

/// One row of an import.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its line in the file, or its place in the request, from 1.
    pub number: u64,
    /// The profile, with `PasswordHash` and `PasswordSalt` in it; `None` when the row could not be read.
    pub body: Option<Map<String, Value>>,
}

/// Which batch of which import it is.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Digest of the file and of how it is read.
    pub import: Vec<u8>,
    /// The batch, from 0.
    pub number: i64,
}

/// What became of some rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Accounts that are new.
    pub inserted: u64,
    /// Accounts that were changed.
    pub updated: u64,
    /// Rows that were refused, in their order.
    pub refused: Vec<Refused>,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Which row.
    pub number: u64,
    /// The code of the catalogue.
    pub code: u32,
    /// What is wrong with it; never a value.
    pub why: String,
}

impl Refused {
    pub(super) fn new(number: u64, refusal: &Refusal) -> Refused {
        let fields: Vec<String> =
            refusal.errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
        let why = if fields.is_empty() {
            refusal.reason.describe(refusal.parameter.as_deref()).into_owned()
        } else {
            fields.join(" ")
        };
        Refused { number, code: refusal.reason.code(), why }
    }
}

impl Outcome {
    /// Adds what became of other rows.
    pub fn add(&mut self, other: Outcome) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.refused.extend(other.refused);
    }

    pub(super) fn count(&mut self, number: u64, written: Result<Written, Refusal>) {
        match written {
            Ok(Written::Inserted) => self.inserted += 1,
            Ok(Written::Updated) => self.updated += 1,
            Err(refusal) => self.refused.push(Refused::new(number, &refusal)),
        }
    }

    pub(super) fn in_order(mut self) -> Outcome {
        self.refused.sort_by_key(|refused| refused.number);
        self
    }
}

pub(super) enum Written {
    Inserted,
    Updated,
}
