//! Answers to security questions: sealed hashes, one for each question that an account has answered.

use crate::{Result, Tx, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::time::Timestamp;

/// An answer as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The question's id.
    pub question: String,
    /// The encrypted hash of the answer.
    pub sealed: Vec<u8>,
}
row!(Stored { question, sealed });

/// The answers of an account, in the order of their questions' ids.
pub fn of(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Vec<Stored>> {
    tx.all(
        "SELECT question, sealed FROM security_answers WHERE tenant = $1 AND uid = $2 ORDER BY question",
        &[tenant, uid],
    )
}

/// Puts these answers in the place of all that the account had.
pub fn replace(tx: &mut Tx, tenant: &TenantId, uid: &Uid, answers: &[Stored], now: Timestamp) -> Result<()> {
    tx.execute("DELETE FROM security_answers WHERE tenant = $1 AND uid = $2", &[tenant, uid])?;
    for answer in answers {
        tx.execute(
            "INSERT INTO security_answers (tenant, uid, question, sealed, answered_at) VALUES ($1, $2, $3, $4, $5)",
            &[tenant, uid, &answer.question, &answer.sealed, &now],
        )?;
    }
    Ok(())
}
