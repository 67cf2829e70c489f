//! Email addresses, phone numbers and user names: what a person signs in with, each belonging to one account.

use crate::{Result, Tx, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::time::Timestamp;

/// The kinds of identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An email address.
    Email,
    /// The login phone number.
    Phone,
    /// The user name.
    Username,
}

impl Kind {
    /// The kind as it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Email => "email",
            Kind::Phone => "phone",
            Kind::Username => "username",
        }
    }
}

/// Whose an identifier is.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The account.
    pub uid: Uid,
    /// When the person proved to hold it.
    pub verified_at: Option<Timestamp>,
}
row!(Owner { uid, verified_at });

/// One identifier of an account.
#[derive(Debug, Clone)]
pub struct Identifier {
    /// `email`, `phone` or `username`.
    pub kind: String,
    /// The form that is compared.
    pub value: String,
    /// The form that was typed.
    pub shown: String,
    /// The type of an email address, such as `Primary`.
    pub label: String,
    /// When the person proved to hold it.
    pub verified_at: Option<Timestamp>,
}
row!(Identifier { kind, value, shown, label, verified_at });

/// Whose this identifier is.
pub fn owner(tx: &mut Tx, tenant: &TenantId, kind: Kind, value: &str) -> Result<Option<Owner>> {
    tx.optional(
        "SELECT uid, verified_at FROM identifiers WHERE tenant = $1 AND kind = $2 AND value = $3",
        &[tenant, &kind.as_str(), &value],
    )
}

/// The identifiers of an account, in the order they were given.
pub fn list(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Vec<Identifier>> {
    tx.all(
        "SELECT kind, value, shown, label, verified_at FROM identifiers WHERE tenant = $1 AND uid = $2 ORDER BY position, value",
        &[tenant, uid],
    )
}

/// Gives an identifier to an account; false when it is taken, by whomever.
#[must_use = "a taken identifier adds nothing"]
pub fn add(
    tx: &mut Tx,
    tenant: &TenantId,
    uid: &Uid,
    kind: Kind,
    identifier: &Identifier,
    position: i64,
) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO identifiers (tenant, kind, value, uid, shown, label, position, verified_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        &[
            tenant,
            &kind.as_str(),
            &identifier.value,
            uid,
            &identifier.shown,
            &identifier.label,
            &position,
            &identifier.verified_at,
        ],
    )?;
    Ok(added == 1)
}

/// Notes that the account proved to hold this identifier; true when it was unproved until now.
pub fn verify(tx: &mut Tx, tenant: &TenantId, uid: &Uid, kind: Kind, value: &str, now: Timestamp) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE identifiers SET verified_at = $5 WHERE tenant = $1 AND kind = $3 AND value = $4 AND uid = $2 AND verified_at IS NULL",
        &[tenant, uid, &kind.as_str(), &value, &now],
    )?;
    Ok(changed == 1)
}

/// Marks all of an account's identifiers of one kind as proved at `verified_at`, or as unproved.
pub fn set_verified(
    tx: &mut Tx,
    tenant: &TenantId,
    uid: &Uid,
    kind: Kind,
    verified_at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        "UPDATE identifiers SET verified_at = $4 WHERE tenant = $1 AND uid = $2 AND kind = $3",
        &[tenant, uid, &kind.as_str(), &verified_at],
    )?;
    Ok(())
}

/// Takes all of an account's identifiers of one kind away.
pub fn remove(tx: &mut Tx, tenant: &TenantId, uid: &Uid, kind: Kind) -> Result<()> {
    tx.execute("DELETE FROM identifiers WHERE tenant = $1 AND uid = $2 AND kind = $3", &[tenant, uid, &kind.as_str()])?;
    Ok(())
}

/// Takes one identifier away from an account; true when the account had it.
pub fn remove_one(tx: &mut Tx, tenant: &TenantId, uid: &Uid, kind: Kind, value: &str) -> Result<bool> {
    let removed = tx.execute(
        "DELETE FROM identifiers WHERE tenant = $1 AND kind = $3 AND value = $4 AND uid = $2",
        &[tenant, uid, &kind.as_str(), &value],
    )?;
    Ok(removed == 1)
}

/// Takes away the addresses and the phone that the account did not prove to hold.
pub fn remove_unproved(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<u64> {
    tx.execute(
        "DELETE FROM identifiers WHERE tenant = $1 AND uid = $2 AND kind <> 'username' AND verified_at IS NULL",
        &[tenant, uid],
    )
}

/// Where the account's next identifier stands in the order they were given.
pub fn next_position(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<i64> {
    let (position,): (i64,) = tx.one(
        "SELECT COALESCE(MAX(position), -1) + 1 FROM identifiers WHERE tenant = $1 AND uid = $2",
        &[tenant, uid],
    )?;
    Ok(position)
}
