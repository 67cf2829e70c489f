//! What stands under an earlier master key and outlives it: read in batches, and written anew.
//!
//! Every ciphertext begins with the id of its key, four bytes. Nothing here has an index on that: it is asked only while
//! an earlier key is held.

use crate::{Result, Tx, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::Digest;

/// The secret of a second factor.
#[derive(Debug, Clone)]
pub struct Factor {
    /// At which tenant.
    pub tenant: TenantId,
    /// Whose it is.
    pub uid: Uid,
    /// Its kind.
    pub factor: String,
    /// Names the row to the cipher.
    pub id: String,
    /// Its secret.
    pub sealed: Option<Vec<u8>>,
    /// Names what is to take its place to the cipher.
    pub wanted_id: Option<String>,
    /// The secret that is to take its place.
    pub wanted: Option<Vec<u8>>,
}
row!(Factor { tenant, uid, factor, id, sealed, wanted_id, wanted });

/// The same under the current key.
#[derive(Debug, Clone, Default)]
pub struct Renewed {
    /// The secret.
    pub sealed: Option<Vec<u8>>,
    /// Keyed hash of a phone number.
    pub subject: Option<Digest>,
    /// The secret that is to take its place.
    pub wanted: Option<Vec<u8>>,
    /// Keyed hash of the number that is to take its place.
    pub wanted_subject: Option<Digest>,
}

/// Up to `most` factors behind `after` that are not encrypted under `key`.
pub fn factors(tx: &mut Tx, key: &[u8], after: Option<&Factor>, most: i64) -> Result<Vec<Factor>> {
    let (tenant, uid, kind) =
        after.map_or(("", "", ""), |one| (one.tenant.as_str(), one.uid.as_str(), one.factor.as_str()));
    tx.all(
        "SELECT tenant, uid, factor, id, sealed, wanted_id, wanted FROM second_factors
         WHERE (tenant, uid, factor) > ($1, $2, $3) AND (substr(sealed, 1, 4) <> $4 OR substr(wanted, 1, 4) <> $4)
         ORDER BY tenant, uid, factor LIMIT $5",
        &[&tenant, &uid, &kind, &key.to_vec(), &most],
    )
}

/// Stores a factor anew, unless it became another one meanwhile.
pub fn renew_factor(tx: &mut Tx, old: &Factor, new: &Renewed) -> Result<()> {
    let wanted_id = old.wanted_id.as_deref().unwrap_or_default();
    tx.execute(
        "UPDATE second_factors SET sealed = $6, subject = $7, wanted = $8, wanted_subject = $9
         WHERE tenant = $1 AND uid = $2 AND factor = $3 AND id = $4 AND COALESCE(wanted_id, '') = $5",
        &[
            &old.tenant,
            &old.uid,
            &old.factor,
            &old.id,
            &wanted_id,
            &new.sealed,
            &new.subject,
            &new.wanted,
            &new.wanted_subject,
        ],
    )?;
    Ok(())
}

/// The answer to a security question.
#[derive(Debug, Clone)]
pub struct Answer {
    /// At which tenant.
    pub tenant: TenantId,
    /// Whose it is.
    pub uid: Uid,
    /// The question.
    pub question: String,
    /// The hash, encrypted.
    pub sealed: Vec<u8>,
}
row!(Answer { tenant, uid, question, sealed });

/// Up to `most` answers behind `after` that are not encrypted under `key`.
pub fn answers(tx: &mut Tx, key: &[u8], after: Option<&Answer>, most: i64) -> Result<Vec<Answer>> {
    let (tenant, uid, question) =
        after.map_or(("", "", ""), |one| (one.tenant.as_str(), one.uid.as_str(), one.question.as_str()));
    tx.all(
        "SELECT tenant, uid, question, sealed FROM security_answers
         WHERE (tenant, uid, question) > ($1, $2, $3) AND substr(sealed, 1, 4) <> $4
         ORDER BY tenant, uid, question LIMIT $5",
        &[&tenant, &uid, &question, &key.to_vec(), &most],
    )
}

/// Stores an answer anew, unless it was changed meanwhile.
pub fn renew_answer(tx: &mut Tx, old: &Answer, sealed: &[u8]) -> Result<()> {
    tx.execute(
        "UPDATE security_answers SET sealed = $5 WHERE tenant = $1 AND uid = $2 AND question = $3 AND sealed = $4",
        &[&old.tenant, &old.uid, &old.question, &old.sealed, &sealed.to_vec()],
    )?;
    Ok(())
}

/// An API secret, or a backup code that was not used yet: found by its hash, and told to nobody.
#[derive(Debug, Clone)]
pub struct Hashed {
    /// At which tenant.
    pub tenant: TenantId,
    /// Its keyed hash.
    pub hash: Digest,
    /// Its text, encrypted.
    pub sealed: Vec<u8>,
}
row!(Hashed { tenant, hash, sealed });

/// Up to `most` API secrets behind `after` that are not encrypted under `key`.
pub fn api_secrets(tx: &mut Tx, key: &[u8], after: Option<&Hashed>, most: i64) -> Result<Vec<Hashed>> {
    let after = after.map_or(Vec::new(), |one| one.hash.as_bytes().to_vec());
    tx.all(
        "SELECT tenant, secret AS hash, sealed FROM api_secrets WHERE secret > $1 AND substr(sealed, 1, 4) <> $2
         ORDER BY secret LIMIT $3",
        &[&after, &key.to_vec(), &most],
    )
}

/// Stores an API secret anew.
pub fn renew_api_secret(tx: &mut Tx, old: &Hashed, hash: &Digest, sealed: &[u8]) -> Result<()> {
    tx.execute(
        "UPDATE api_secrets SET secret = $2, sealed = $3 WHERE secret = $1",
        &[&old.hash, hash, &sealed.to_vec()],
    )?;
    Ok(())
}

/// Up to `most` backup codes behind `after` that are not encrypted under `key`. Those of before they were kept encrypted
/// are as good as the key that they were hashed under.
pub fn backup_codes(tx: &mut Tx, key: &[u8], after: Option<&Hashed>, most: i64) -> Result<Vec<Hashed>> {
    let (tenant, code) = after.map_or(("", Vec::new()), |one| (one.tenant.as_str(), one.hash.as_bytes().to_vec()));
    tx.all(
        "SELECT tenant, code AS hash, sealed FROM backup_codes
         WHERE (tenant, code) > ($1, $2) AND substr(sealed, 1, 4) <> $3 ORDER BY tenant, code LIMIT $4",
        &[&tenant, &code, &key.to_vec(), &most],
    )
}

/// Stores a backup code anew, unless it was used meanwhile.
pub fn renew_backup_code(tx: &mut Tx, old: &Hashed, hash: &Digest, sealed: &[u8]) -> Result<()> {
    tx.execute(
        "UPDATE backup_codes SET code = $3, sealed = $4 WHERE tenant = $1 AND code = $2 AND used_at IS NULL",
        &[&old.tenant, &old.hash, hash, &sealed.to_vec()],
    )?;
    Ok(())
}
