//! The catalogue of refusals: every code that an answer can carry.
//!
//! The rows live in `catalogue.tsv`; `build.rs` makes [`Reason`] from them. Programs act on the code, people read the
//! message and the description, so the description says what to do next. `docs/errors.md` shows them all.

use std::borrow::Cow;

#[cfg(test)]
mod tests;

include!(concat!(env!("OUT_DIR"), "/reason.rs"));

struct Row {
    code: u32,
    status: u16,
    name: &'static str,
    keys: Keys,
    message: &'static str,
    description: &'static str,
}

/// In which order and case an answer writes the three members of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// `ErrorCode`, `Message`, `Description`: nearly all of them.
    CodeFirst,
    /// `Message`, `Description`, `ErrorCode`.
    MessageFirst,
    /// `Description`, `ErrorCode`, `Message`.
    DescriptionFirst,
    /// `errorCode`, `message`, `description`, then `ErrorCode`, `Message`, `Description`.
    ///
    // Wire: documented in lower camel case only, but clients that look for `ErrorCode` would take that for a success.
    BothCases,
}

impl Reason {
    /// The number that the answer carries as `ErrorCode`.
    pub fn code(self) -> u32 {
        self.row().code
    }

    /// The HTTP status of the answer.
    pub fn status(self) -> u16 {
        self.row().status
    }

    /// The name of the variant, for logs and for the list of codes.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What went wrong, in a few words.
    pub fn message(self) -> &'static str {
        self.row().message
    }

    /// What to do about it; 908 has a place in it, `{parameter}`, which [`Reason::describe`] fills.
    pub fn description(self) -> &'static str {
        self.row().description
    }

    /// The description as the answer shows it, with the parameter's name where the catalogue has a place for one.
    pub fn describe(self, parameter: Option<&str>) -> Cow<'static, str> {
        let text = self.description();
        if text.contains("{parameter}") {
            return text.replace("{parameter}", parameter.unwrap_or("parameter")).into();
        }
        text.into()
    }

    /// Order and case of the answer's members.
    pub fn keys(self) -> Keys {
        self.row().keys
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}
