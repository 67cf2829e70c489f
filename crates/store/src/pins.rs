//! PINs: encrypted hashes, and how often somebody was wrong.

use crate::{Result, Tx, row};
use doorward_model::id::{TenantId, Uid};

/// The PIN of an account.
#[derive(Debug, Clone)]
pub struct Pin {
    /// The hash as a PHC string, encrypted.
    pub sealed: Vec<u8>,
    /// Wrong PINs since the last right one and the last other login.
    pub wrong: i64,
}
row!(Pin { sealed, wrong });

/// The PIN of an account, if it has one.
pub fn find(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Option<Pin>> {
    tx.optional("SELECT sealed, wrong FROM pins WHERE tenant = $1 AND uid = $2", &[tenant, uid])
}

/// Gives an account its first PIN, encrypted under the master key `key`; false when it has one.
#[must_use = "an account that has a PIN keeps it"]
pub fn add(tx: &mut Tx, tenant: &TenantId, uid: &Uid, sealed: &[u8], key: &[u8]) -> Result<bool> {
    let added = tx.execute(
        "INSERT INTO pins (tenant, uid, sealed, key, wrong) VALUES ($1, $2, $3, $4, 0) ON CONFLICT DO NOTHING",
        &[tenant, uid, &sealed.to_vec(), &key.to_vec()],
    )?;
    Ok(added == 1)
}

/// Gives an account another PIN and forgets the wrong ones; false when it has none any more.
#[must_use = "an account without a PIN gets none"]
pub fn replace(tx: &mut Tx, tenant: &TenantId, uid: &Uid, sealed: &[u8], key: &[u8]) -> Result<bool> {
    let replaced = tx.execute(
        "UPDATE pins SET sealed = $3, key = $4, wrong = 0 WHERE tenant = $1 AND uid = $2",
        &[tenant, uid, &sealed.to_vec(), &key.to_vec()],
    )?;
    Ok(replaced == 1)
}

/// Takes the PIN from an account.
pub fn remove(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    tx.execute("DELETE FROM pins WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    Ok(())
}

/// Counts one wrong PIN and returns the count, in one statement, so that parallel guesses are all counted.
pub fn count_wrong(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<i64> {
    let counted: Option<(i64,)> = tx
        .optional("UPDATE pins SET wrong = wrong + 1 WHERE tenant = $1 AND uid = $2 RETURNING wrong", &[tenant, uid])?;
    Ok(counted.map_or(0, |(wrong,)| wrong))
}

/// Forgets the wrong ones.
pub fn forget_wrong(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    tx.execute("UPDATE pins SET wrong = 0 WHERE tenant = $1 AND uid = $2 AND wrong > 0", &[tenant, uid])?;
    Ok(())
}

/// A PIN that is encrypted under another master key than the current one.
#[derive(Debug, Clone)]
pub struct Outdated {
    /// At which tenant.
    pub tenant: TenantId,
    /// Whose it is.
    pub uid: Uid,
    /// The hash, encrypted.
    pub sealed: Vec<u8>,
}
row!(Outdated { tenant, uid, sealed });

/// Up to `most` PINs that are not encrypted under `key`.
pub fn outdated(tx: &mut Tx, key: &[u8], most: i64) -> Result<Vec<Outdated>> {
    // Two ranges instead of `<>`, which no index answers.
    tx.all("SELECT tenant, uid, sealed FROM pins WHERE key < $1 OR key > $1 LIMIT $2", &[&key.to_vec(), &most])
}

/// Stores what was encrypted anew, unless the PIN was changed meanwhile.
pub fn reseal(tx: &mut Tx, outdated: &Outdated, sealed: &[u8], key: &[u8]) -> Result<()> {
    tx.execute(
        "UPDATE pins SET sealed = $4, key = $5 WHERE tenant = $1 AND uid = $2 AND sealed = $3",
        &[&outdated.tenant, &outdated.uid, &outdated.sealed, &sealed.to_vec(), &key.to_vec()],
    )?;
    Ok(())
}
