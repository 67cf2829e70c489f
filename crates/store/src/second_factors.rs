//! Second factors of accounts: one row for each kind that an account has or has begun to set up.

use crate::{Result, Tx, backup_codes, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// A factor of an account.
#[derive(Debug, Clone)]
pub struct Enrolled {
    /// Its kind.
    pub factor: String,
    /// Names the row to the cipher.
    pub id: String,
    /// Its secret, such as a phone number.
    pub sealed: Option<Vec<u8>>,
    /// Keyed hash of the phone number or address.
    pub subject: Option<Digest>,
    /// When it was proved; `None` while it is only begun.
    pub verified_at: Option<Timestamp>,
    /// Names what is to take its place to the cipher.
    pub wanted_id: Option<String>,
    /// The secret that is to take its place.
    pub wanted: Option<Vec<u8>>,
    /// Keyed hash of the phone number or address that is to take its place.
    pub wanted_subject: Option<Digest>,
    /// When the person asked for that.
    pub wanted_at: Option<Timestamp>,
}
row!(Enrolled { factor, id, sealed, subject, verified_at, wanted_id, wanted, wanted_subject, wanted_at });

/// A secret on its way into a row.
#[derive(Debug, Clone)]
pub struct New {
    /// The kind of factor.
    pub factor: &'static str,
    /// Names the row to the cipher; the secret was sealed under it.
    pub id: String,
    /// The secret.
    pub sealed: Option<Vec<u8>>,
    /// Keyed hash of the phone number or address.
    pub subject: Option<Digest>,
}

/// Every factor of an account, verified or begun.
pub fn list(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Vec<Enrolled>> {
    tx.all(
        "SELECT factor, id, sealed, subject, verified_at, wanted_id, wanted, wanted_subject, wanted_at FROM second_factors
         WHERE tenant = $1 AND uid = $2 ORDER BY factor",
        &[tenant, uid],
    )
}

/// Gives an account a verified factor, in place of the one of its kind.
pub fn put(tx: &mut Tx, tenant: &TenantId, uid: &Uid, new: &New, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO second_factors (tenant, uid, factor, id, sealed, subject, verified_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant, uid, factor) DO UPDATE SET id = excluded.id, sealed = excluded.sealed,
             subject = excluded.subject, verified_at = excluded.verified_at, wanted_id = NULL, wanted = NULL, wanted_subject = NULL,
             wanted_at = NULL, last_step = NULL",
        &[tenant, uid, &new.factor, &new.id, &new.sealed, &new.subject, &now],
    )?;
    Ok(())
}

/// Notes what is to become a factor of an account as soon as it is proved, in place of an earlier wish; the factor that
/// it has stays.
pub fn want(tx: &mut Tx, tenant: &TenantId, uid: &Uid, new: &New, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO second_factors (tenant, uid, factor, id, wanted_id, wanted, wanted_subject, wanted_at)
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7)
         ON CONFLICT (tenant, uid, factor) DO UPDATE SET wanted_id = excluded.wanted_id, wanted = excluded.wanted,
             wanted_subject = excluded.wanted_subject, wanted_at = excluded.wanted_at",
        &[tenant, uid, &new.factor, &new.id, &new.sealed, &new.subject, &now],
    )?;
    Ok(())
}

/// True for exactly one caller: the code of this step of the factor is used up, and with it those of every earlier step.
#[must_use = "false means that the code was used before"]
pub fn accept_step(tx: &mut Tx, tenant: &TenantId, uid: &Uid, factor: &str, step: i64) -> Result<bool> {
    let accepted = tx.execute(
        "UPDATE second_factors SET last_step = $4
         WHERE tenant = $1 AND uid = $2 AND factor = $3 AND verified_at IS NOT NULL AND (last_step IS NULL OR last_step < $4)",
        &[tenant, uid, &factor, &step],
    )?;
    Ok(accepted == 1)
}

/// Forgets a factor; true when there was a verified one. One that was only begun goes too.
#[must_use = "false means that there was no such factor"]
pub fn remove(tx: &mut Tx, tenant: &TenantId, uid: &Uid, factor: &str) -> Result<bool> {
    let removed: Option<(Option<Timestamp>,)> = tx.optional(
        "DELETE FROM second_factors WHERE tenant = $1 AND uid = $2 AND factor = $3 RETURNING verified_at",
        &[tenant, uid, &factor],
    )?;
    Ok(removed.is_some_and(|(verified_at,)| verified_at.is_some()))
}

/// Forgets every factor of an account, and the codes on paper that stand in for them.
pub fn remove_all(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    backup_codes::remove_all(tx, tenant, uid)?;
    tx.execute("DELETE FROM second_factors WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    Ok(())
}

/// How many other accounts prove themselves with this phone number or address.
pub fn others_with(tx: &mut Tx, tenant: &TenantId, uid: &Uid, factor: &str, subject: &Digest) -> Result<i64> {
    subject.forms().try_fold(0, |others, subject| {
        let (count,): (i64,) = tx.one(
            "SELECT COUNT(*) FROM second_factors WHERE tenant = $1 AND factor = $3 AND subject = $4 AND uid <> $2",
            &[tenant, uid, &factor, &subject],
        )?;
        Ok(others + count)
    })
}
