//! Accounts: the person's own data as one document, and what the server counts beside it.

use crate::{Json, Result, Tx, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::time::Timestamp;

/// An account as stored.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its public id.
    pub uid: Uid,
    /// What the person says of themselves: canonical sparse JSON.
    pub persona: Json,
    /// What the server and the back end keep beside it.
    pub document: Json,
    /// Facts of the account that nothing searches by.
    pub facts: Json,
    /// False while it is blocked.
    pub is_active: bool,
    /// True while an administrator keeps it from signing in.
    pub login_disabled: bool,
    /// True when the uid was chosen by the caller.
    pub is_custom_uid: bool,
    /// Through which provider it was registered.
    pub registration_provider: String,
    /// From where it was registered.
    pub registration_source: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything of it changed last.
    pub modified_at: Timestamp,
    /// When the person's data changed last.
    pub profile_modified_at: Timestamp,
    /// When it last signed in.
    pub last_login_at: Option<Timestamp>,
    /// How often it signed in.
    pub logins: i64,
}
row!(Account {
    uid,
    persona,
    document,
    facts,
    is_active,
    login_disabled,
    is_custom_uid,
    registration_provider,
    registration_source,
    created_at,
    modified_at,
    profile_modified_at,
    last_login_at,
    logins,
});

/// Adds an account; false when the uid is taken.
#[must_use = "a taken uid adds nothing"]
pub fn add(tx: &mut Tx, tenant: &TenantId, account: &Account) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO accounts (tenant, uid, persona, document, facts, is_active, login_disabled, is_custom_uid,
             registration_provider, registration_source, created_at, modified_at, profile_modified_at, last_login_at, logins)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING",
        &[
            tenant,
            &account.uid,
            &account.persona,
            &account.document,
            &account.facts,
            &account.is_active,
            &account.login_disabled,
            &account.is_custom_uid,
            &account.registration_provider,
            &account.registration_source,
            &account.created_at,
            &account.modified_at,
            &account.profile_modified_at,
            &account.last_login_at,
            &account.logins,
        ],
    )?;
    Ok(added == 1)
}

/// The account with this uid.
pub fn find(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Option<Account>> {
    tx.optional(
        "SELECT uid, persona, document, facts, is_active, login_disabled, is_custom_uid, registration_provider,
             registration_source, created_at, modified_at, profile_modified_at, last_login_at, logins
         FROM accounts WHERE tenant = $1 AND uid = $2",
        &[tenant, uid],
    )
}

/// The account with this uid, kept from changing until the transaction ends.
pub fn lock(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Option<Account>> {
    // An update that changes nothing takes the row's lock in both engines, where SELECT .. FOR UPDATE is known to one.
    tx.optional(
        "UPDATE accounts SET modified_at = modified_at WHERE tenant = $1 AND uid = $2
         RETURNING uid, persona, document, facts, is_active, login_disabled, is_custom_uid, registration_provider,
             registration_source, created_at, modified_at, profile_modified_at, last_login_at, logins",
        &[tenant, uid],
    )
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy)]
pub struct State {
    /// False while it is blocked.
    pub is_active: bool,
    /// True while an administrator keeps it from signing in.
    pub login_disabled: bool,
}
row!(State { is_active, login_disabled });

/// Whether this account may be used; `None` when there is none.
pub fn state(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Option<State>> {
    tx.optional("SELECT is_active, login_disabled FROM accounts WHERE tenant = $1 AND uid = $2", &[tenant, uid])
}

/// Stores what an administrator or the person changed.
pub fn update(tx: &mut Tx, tenant: &TenantId, account: &Account) -> Result<()> {
    tx.execute(
        "UPDATE accounts SET persona = $3, document = $4, facts = $5, is_active = $6, login_disabled = $7,
             modified_at = $8, profile_modified_at = $9
         WHERE tenant = $1 AND uid = $2",
        &[
            tenant,
            &account.uid,
            &account.persona,
            &account.document,
            &account.facts,
            &account.is_active,
            &account.login_disabled,
            &account.modified_at,
            &account.profile_modified_at,
        ],
    )?;
    Ok(())
}

/// Stores the account's facts alone.
pub fn set_facts(tx: &mut Tx, tenant: &TenantId, uid: &Uid, facts: &Json, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE accounts SET facts = $3, modified_at = $4 WHERE tenant = $1 AND uid = $2",
        &[tenant, uid, facts, &now],
    )?;
    Ok(())
}

/// Counts one more login, if the account may sign in, and returns the account as it is now.
#[must_use = "none means that the account may not sign in"]
pub fn count_login(tx: &mut Tx, tenant: &TenantId, uid: &Uid, now: Timestamp) -> Result<Option<Account>> {
    tx.optional(
        "UPDATE accounts SET logins = logins + 1, last_login_at = $3
         WHERE tenant = $1 AND uid = $2 AND is_active AND NOT login_disabled
         RETURNING uid, persona, document, facts, is_active, login_disabled, is_custom_uid, registration_provider,
             registration_source, created_at, modified_at, profile_modified_at, last_login_at, logins",
        &[tenant, uid, &now],
    )
}

/// Closes the account until the back end opens it.
pub fn block(tx: &mut Tx, tenant: &TenantId, uid: &Uid, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE accounts SET is_active = $4, modified_at = $3 WHERE tenant = $1 AND uid = $2",
        &[tenant, uid, &now, &false],
    )?;
    Ok(())
}

/// Where an account's uid stands beside its own row.
const FOLLOWERS: &[&str] = &[
    "UPDATE identifiers SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE identities SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE passwords SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE former_passwords SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE challenges SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE sessions SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE pending_phones SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE second_factors SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE backup_codes SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE passkeys SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE passkey_ceremonies SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE mfa_transactions SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE security_answers SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE pins SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE pin_sessions SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE pin_auth_tokens SET uid = $3 WHERE tenant = $1 AND uid = $2",
    "UPDATE waiting_devices SET uid = $3 WHERE tenant = $1 AND uid = $2",
];

/// Gives an account another uid, with all that hangs on it; false when the uid is taken. The account must be locked.
#[must_use = "a taken uid changes nothing"]
pub fn rename(tx: &mut Tx, tenant: &TenantId, uid: &Uid, new: &Uid, now: Timestamp) -> Result<bool> {
    // Children point at the key, so the row is copied, they move, and the old row goes.
    let copied = tx.execute(
        "INSERT INTO accounts (tenant, uid, persona, document, facts, is_active, login_disabled, is_custom_uid,
             registration_provider, registration_source, created_at, modified_at, profile_modified_at, last_login_at, logins)
         SELECT tenant, CAST($3 AS TEXT), persona, document, facts, is_active, login_disabled, TRUE,
             registration_provider, registration_source, created_at, CAST($4 AS BIGINT), profile_modified_at, last_login_at,
             logins
         FROM accounts WHERE tenant = $1 AND uid = $2 ON CONFLICT DO NOTHING",
        &[tenant, uid, new, &now],
    )?;
    if copied == 0 {
        return Ok(false);
    }
    for statement in FOLLOWERS {
        tx.execute(statement, &[tenant, uid, new])?;
    }
    delete(tx, tenant, uid)?;
    Ok(true)
}

/// Deletes the account with all that hangs on it; how many there were (0 or 1).
pub fn delete(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<u64> {
    tx.execute("DELETE FROM accounts WHERE tenant = $1 AND uid = $2", &[tenant, uid])
}

/// Notes that the account with this uid was deleted, so that it is not taken over from elsewhere again.
pub fn note_departure(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    tx.execute("INSERT INTO departures (tenant, uid) VALUES ($1, $2) ON CONFLICT DO NOTHING", &[tenant, uid])?;
    Ok(())
}

/// True when an account with this uid was deleted while people could move in from elsewhere.
pub fn has_left(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<bool> {
    let row: Option<(Uid,)> =
        tx.optional("SELECT uid FROM departures WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    Ok(row.is_some())
}

/// Adds the person's identity at another provider, or replaces it.
pub fn put_identity(
    tx: &mut Tx,
    tenant: &TenantId,
    uid: &Uid,
    provider: &str,
    external_id: &str,
    document: &Json,
) -> Result<()> {
    tx.execute(
        "INSERT INTO identities (tenant, provider, external_id, uid, document) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant, provider, external_id) DO UPDATE SET uid = excluded.uid, document = excluded.document",
        &[tenant, &provider, &external_id, uid, document],
    )?;
    Ok(())
}

/// Adds the person's identity at another provider; false when it is somebody's already.
#[must_use = "a taken identity adds nothing"]
pub fn add_identity(
    tx: &mut Tx,
    tenant: &TenantId,
    uid: &Uid,
    provider: &str,
    external_id: &str,
    document: &Json,
) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO identities (tenant, provider, external_id, uid, document) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
        &[tenant, &provider, &external_id, uid, document],
    )?;
    Ok(added == 1)
}

/// Up to `most` uids in their order, those behind `after`.
pub fn uids_after(tx: &mut Tx, tenant: &TenantId, after: &Uid, most: i64) -> Result<Vec<Uid>> {
    let rows: Vec<(Uid,)> = tx.all(
        "SELECT uid FROM accounts WHERE tenant = $1 AND uid > $2 ORDER BY uid LIMIT $3",
        &[tenant, after, &most],
    )?;
    Ok(rows.into_iter().map(|(uid,)| uid).collect())
}

/// The providers at which the person is known.
pub fn providers(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx.all(
        "SELECT DISTINCT provider FROM identities WHERE tenant = $1 AND uid = $2 ORDER BY provider",
        &[tenant, uid],
    )?;
    Ok(rows.into_iter().map(|(provider,)| provider).collect())
}

/// The person at other providers, as rendered-ready documents.
pub fn identities(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Vec<Json>> {
    let rows: Vec<(Json,)> = tx.all(
        "SELECT document FROM identities WHERE tenant = $1 AND uid = $2 ORDER BY provider, external_id",
        &[tenant, uid],
    )?;
    Ok(rows.into_iter().map(|(document,)| document).collect())
}

#[cfg(test)]
mod tests;
