//! The three kinds of transaction.

/// What a closure is allowed to do, and which snapshot it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
    Scan,
}
