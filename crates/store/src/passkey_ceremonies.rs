//! Challenges that passkeys are asked to sign. One is used once, whatever comes of it.

use crate::{Result, Tx, forms, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// What a challenge was given out for; it is good for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A new account with a passkey.
    Register,
    /// A passkey for the account of somebody signed in.
    Add,
    /// A sign-in by somebody who said who they are.
    Login,
    /// A sign-in by whoever the passkey belongs to.
    Autofill,
    /// A passkey in place of forgotten ones.
    Reset,
    /// A passkey as second factor, while a login waits for one.
    Enrol,
    /// A passkey as second factor, for somebody signed in.
    EnrolOwn,
    /// The second factor of a login that waits.
    SecondFactor,
}

impl Kind {
    /// The kind as it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Register => "register",
            Kind::Add => "add",
            Kind::Login => "login",
            Kind::Autofill => "autofill",
            Kind::Reset => "reset",
            Kind::Enrol => "enrol",
            Kind::EnrolOwn => "enrol-own",
            Kind::SecondFactor => "second-factor",
        }
    }
}

/// A ceremony about to begin.
#[derive(Debug, Clone)]
pub struct New {
    /// Keyed hash of its challenge.
    pub challenge: Digest,
    /// What it is for.
    pub kind: Kind,
    /// Whose passkey it is about; `None` when nobody is named, or nobody is meant.
    pub uid: Option<Uid>,
    /// Keyed hash of the token that it belongs to.
    pub token: Option<Digest>,
    /// Keyed hash of the identifier that was named.
    pub subject: Option<Digest>,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// A ceremony that was begun.
#[derive(Debug, Clone)]
pub struct Ceremony {
    /// Keyed hash of its challenge.
    pub challenge: Digest,
    /// What it is for.
    pub kind: String,
    /// Whose passkey it is about.
    pub uid: Option<Uid>,
    /// Keyed hash of the token that it belongs to.
    pub token: Option<Digest>,
    /// Keyed hash of the identifier that was named.
    pub subject: Option<Digest>,
    /// When it began.
    pub created_at: Timestamp,
}
row!(Ceremony { challenge, kind, uid, token, subject, created_at });

/// Begins a ceremony, in place of one of its kind that belongs to the same token.
pub fn begin(tx: &mut Tx, tenant: &TenantId, new: &New, now: Timestamp) -> Result<()> {
    if let Some(token) = &new.token {
        forms::change(token, |token| {
            tx.execute(
                "DELETE FROM passkey_ceremonies WHERE tenant = $1 AND token = $2 AND kind = $3",
                &[tenant, token, &new.kind.as_str()],
            )
        })?;
    }
    tx.execute(
        "INSERT INTO passkey_ceremonies (tenant, challenge, kind, uid, token, subject, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[tenant, &new.challenge, &new.kind.as_str(), &new.uid, &new.token, &new.subject, &now, &new.expires_at],
    )?;
    Ok(())
}

/// The ceremony of a challenge, if it is of this kind and still under way.
pub fn find(
    tx: &mut Tx,
    tenant: &TenantId,
    challenge: &Digest,
    kind: Kind,
    now: Timestamp,
) -> Result<Option<Ceremony>> {
    tx.optional(
        "SELECT challenge, kind, uid, token, subject, created_at FROM passkey_ceremonies
         WHERE tenant = $1 AND challenge = $2 AND kind = $3 AND consumed_at IS NULL AND expires_at > $4",
        &[tenant, challenge, &kind.as_str(), &now],
    )
}

/// Uses a challenge up; true for exactly one caller.
#[must_use = "false means that somebody else used it"]
pub fn consume(tx: &mut Tx, tenant: &TenantId, challenge: &Digest, now: Timestamp) -> Result<bool> {
    let consumed = tx.execute(
        "UPDATE passkey_ceremonies SET consumed_at = $3
         WHERE tenant = $1 AND challenge = $2 AND consumed_at IS NULL AND expires_at > $3",
        &[tenant, challenge, &now],
    )?;
    Ok(consumed == 1)
}

/// Forgets the ceremonies that were over before `before`.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM passkey_ceremonies WHERE expires_at < $1", &[&before])
}
