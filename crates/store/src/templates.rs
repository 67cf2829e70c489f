//! A tenant's own versions of messages.

use crate::{Result, Tx, row};
use doorward_model::id::TenantId;
use doorward_model::time::Timestamp;

/// One version: a message type on a channel, under a name, in a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The message type, such as `verify-email`.
    pub kind: String,
    /// `email`, `sms` or `voice`.
    pub channel: String,
    /// The name that requests choose it by; `default` for the one that needs no choosing.
    pub name: String,
    /// The language, such as `en`.
    pub language: String,
    /// The subject of an email; without one the shipped subject stands.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// The text as HTML; without one it is laid out from the text.
    pub html: Option<String>,
    /// When it was stored.
    pub modified_at: Timestamp,
}
row!(Stored { kind, channel, name, language, subject, text, html, modified_at });

/// Stores a version, in place of the one that had its name and language.
pub fn set(tx: &mut Tx, tenant: &TenantId, new: &Stored) -> Result<()> {
    tx.execute(
        "INSERT INTO templates (tenant, kind, channel, name, language, subject, text, html, modified_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (tenant, kind, channel, name, language) DO UPDATE
             SET subject = excluded.subject, text = excluded.text, html = excluded.html, modified_at = excluded.modified_at",
        &[
            tenant,
            &new.kind,
            &new.channel,
            &new.name,
            &new.language,
            &new.subject,
            &new.text,
            &new.html,
            &new.modified_at,
        ],
    )?;
    Ok(())
}

/// All versions of one message type on one channel.
pub fn of_kind(tx: &mut Tx, tenant: &TenantId, kind: &str, channel: &str) -> Result<Vec<Stored>> {
    tx.all(
        "SELECT kind, channel, name, language, subject, text, html, modified_at FROM templates
         WHERE tenant = $1 AND kind = $2 AND channel = $3 ORDER BY name, language",
        &[tenant, &kind, &channel],
    )
}

/// All versions.
pub fn list(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<Stored>> {
    tx.all(
        "SELECT kind, channel, name, language, subject, text, html, modified_at FROM templates
         WHERE tenant = $1 ORDER BY kind, channel, name, language",
        &[tenant],
    )
}

/// Forgets the versions of one name, in one language or in all; how many there were.
pub fn remove(
    tx: &mut Tx,
    tenant: &TenantId,
    kind: &str,
    channel: &str,
    name: &str,
    language: Option<&str>,
) -> Result<u64> {
    tx.execute(
        "DELETE FROM templates WHERE tenant = $1 AND kind = $2 AND channel = $3 AND name = $4
             AND language = COALESCE($5, language)",
        &[tenant, &kind, &channel, &name, &language],
    )
}
