//! Passkeys of accounts.

use crate::{Json, Result, Tx, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::time::Timestamp;

/// What a passkey is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It signs in.
    Login,
    /// It completes a login.
    SecondFactor,
}

impl Purpose {
    /// The purpose as it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Login => "login",
            Purpose::SecondFactor => "second-factor",
        }
    }
}

/// A passkey of an account.
#[derive(Debug, Clone)]
pub struct Passkey {
    /// Names it on the wire.
    pub id: String,
    /// Whose it is.
    pub uid: Uid,
    /// Whom its authenticator keeps it for: the uid of the time when it was made.
    pub user_handle: String,
    /// What it is good for.
    pub purpose: String,
    /// What its authenticator calls it.
    pub credential: Vec<u8>,
    /// Its public key.
    pub public_key: Json,
    /// How often it was used, as the authenticator counts.
    pub counter: i64,
    /// How the authenticator may be reached.
    pub transports: Json,
    /// The make of the authenticator.
    pub aaguid: String,
    /// The address or name that it was made for.
    pub identifier: String,
    /// Whether it may be copied to other devices.
    pub backup_eligible: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}
row!(Passkey {
    id,
    uid,
    user_handle,
    purpose,
    credential,
    public_key,
    counter,
    transports,
    aaguid,
    identifier,
    backup_eligible,
    created_at,
    last_used_at,
});

/// A passkey about to be given to an account.
#[derive(Debug, Clone)]
pub struct New {
    /// Names it on the wire.
    pub id: String,
    /// What it is good for.
    pub purpose: Purpose,
    /// What its authenticator calls it.
    pub credential: Vec<u8>,
    /// Its public key.
    pub public_key: Json,
    /// How often it was used, as the authenticator counts.
    pub counter: i64,
    /// How the authenticator may be reached.
    pub transports: Json,
    /// The make of the authenticator.
    pub aaguid: String,
    /// The address or name that it was made for.
    pub identifier: String,
    /// Whether it may be copied to other devices.
    pub backup_eligible: bool,
    /// Whether it was.
    pub backup_state: bool,
}

/// Every passkey of an account, the oldest first.
pub fn list(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Vec<Passkey>> {
    tx.all(
        "SELECT id, uid, user_handle, purpose, credential, public_key, counter, transports, aaguid, identifier,
             backup_eligible, created_at, last_used_at
         FROM passkeys WHERE tenant = $1 AND uid = $2 ORDER BY created_at, id",
        &[tenant, uid],
    )
}

/// The passkey that an authenticator calls by this name.
pub fn find(tx: &mut Tx, tenant: &TenantId, credential: &[u8]) -> Result<Option<Passkey>> {
    tx.optional(
        "SELECT id, uid, user_handle, purpose, credential, public_key, counter, transports, aaguid, identifier,
             backup_eligible, created_at, last_used_at
         FROM passkeys WHERE tenant = $1 AND credential = $2",
        &[tenant, &credential.to_vec()],
    )
}

/// Whether an account has one that is good for this.
pub fn has(tx: &mut Tx, tenant: &TenantId, uid: &Uid, purpose: Purpose) -> Result<bool> {
    let (count,): (i64,) = tx.one(
        "SELECT COUNT(*) FROM passkeys WHERE tenant = $1 AND uid = $2 AND purpose = $3",
        &[tenant, uid, &purpose.as_str()],
    )?;
    Ok(count > 0)
}

/// Gives an account a passkey; false when its authenticator's name for it is taken at this tenant.
#[must_use = "false means that another passkey has this name"]
pub fn add(tx: &mut Tx, tenant: &TenantId, uid: &Uid, new: &New, now: Timestamp) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO passkeys (tenant, id, uid, user_handle, purpose, credential, public_key, counter, transports, aaguid, identifier,
             backup_eligible, backup_state, created_at)
         VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
        &[
            tenant,
            &new.id,
            uid,
            &new.purpose.as_str(),
            &new.credential,
            &new.public_key,
            &new.counter,
            &new.transports,
            &new.aaguid,
            &new.identifier,
            &new.backup_eligible,
            &new.backup_state,
            &now,
        ],
    )?;
    Ok(added == 1)
}

/// What a use of a passkey leaves behind.
#[derive(Debug, Clone, Copy)]
pub struct Use {
    /// The count that it was judged by.
    pub before: i64,
    /// The count that it brought.
    pub counter: i64,
    /// Whether it was copied to other devices by now.
    pub backup_state: bool,
}

/// Notes a use; false when the passkey is gone, or was used by somebody else since it was judged.
#[must_use = "false means that it must not be let in"]
pub fn note_use(tx: &mut Tx, tenant: &TenantId, id: &str, used: Use, now: Timestamp) -> Result<bool> {
    let noted = tx.execute(
        "UPDATE passkeys SET counter = $4, backup_state = $5, last_used_at = $6
         WHERE tenant = $1 AND id = $2 AND counter = $3",
        &[tenant, &id, &used.before, &used.counter, &used.backup_state, &now],
    )?;
    Ok(noted == 1)
}

/// Takes a passkey from an account; what it was good for, if it was there.
pub fn remove(tx: &mut Tx, tenant: &TenantId, uid: &Uid, id: &str) -> Result<Option<String>> {
    let removed: Option<(String,)> = tx.optional(
        "DELETE FROM passkeys WHERE tenant = $1 AND uid = $2 AND id = $3 RETURNING purpose",
        &[tenant, uid, &id],
    )?;
    Ok(removed.map(|(purpose,)| purpose))
}

/// Takes every passkey of one purpose from an account; true when there was one.
#[must_use = "false means that there was none"]
pub fn remove_all(tx: &mut Tx, tenant: &TenantId, uid: &Uid, purpose: Purpose) -> Result<bool> {
    let removed = tx.execute(
        "DELETE FROM passkeys WHERE tenant = $1 AND uid = $2 AND purpose = $3",
        &[tenant, uid, &purpose.as_str()],
    )?;
    Ok(removed > 0)
}

/// Takes every passkey from an account.
pub fn forget(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    tx.execute("DELETE FROM passkeys WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    Ok(())
}
