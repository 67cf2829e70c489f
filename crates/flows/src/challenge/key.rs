//! A right code or a live link that is held in hand until everything else is accepted: only then it is used up.

use super::guess::Guess;
use super::link::{Link, Redeemed};
use crate::Result;
use doorward_model::id::TenantId;
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;
use doorward_store::Tx;

/// What opens something once.
#[derive(Clone)]
pub(crate) enum Key {
    /// A code that was judged right.
    Code(Guess, Digest),
    /// A link that was found live.
    Link(Link, Redeemed),
}

impl Key {
    /// Uses it up; true for exactly one caller, however many race for it.
    #[must_use = "false means that somebody else used it"]
    pub(crate) fn consume(&self, tx: &mut Tx, tenant: &TenantId, now: Timestamp) -> Result<bool> {
        match self {
            Key::Code(guess, code) => guess.consume(tx, code),
            Key::Link(link, found) => link.consume(tx, tenant, found, now),
        }
    }
}
