//! The mailbox of the demo: messages as they would have gone out. The table exists where the demo made it, nowhere else.

use crate::{Result, Tx, row};
use doorward_model::time::Timestamp;

/// A caught message.
#[derive(Debug, Clone)]
pub struct Caught {
    /// The message's id.
    pub id: String,
    /// When it was caught.
    pub at: Timestamp,
    /// The address or number it is for.
    pub receiver: String,
    /// `email`, `sms` or `voice`.
    pub channel: String,
    /// The name of its template.
    pub template: String,
    /// The subject of an email.
    pub subject: Option<String>,
    /// Its text.
    pub body: String,
    /// The code in it.
    pub code: Option<String>,
    /// The link in it.
    pub link: Option<String>,
}
row!(Caught { id, at, receiver, channel, template, subject, body, code, link });

/// Makes the table, unless it is there.
pub fn create(tx: &mut Tx) -> Result<()> {
    tx.execute(
        "CREATE TABLE IF NOT EXISTS mailbox (id TEXT PRIMARY KEY, at BIGINT NOT NULL, receiver TEXT NOT NULL,
             channel TEXT NOT NULL, template TEXT NOT NULL, subject TEXT, body TEXT NOT NULL, code TEXT, link TEXT)",
        &[],
    )?;
    tx.execute("CREATE INDEX IF NOT EXISTS mailbox_of_receiver ON mailbox (lower(receiver), at)", &[])?;
    Ok(())
}

/// Catches a message; the same message handed over twice is one.
pub fn add(tx: &mut Tx, caught: &Caught) -> Result<()> {
    tx.execute(
        "INSERT INTO mailbox (id, at, receiver, channel, template, subject, body, code, link)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        &[
            &caught.id,
            &caught.at,
            &caught.receiver,
            &caught.channel,
            &caught.template,
            &caught.subject,
            &caught.body,
            &caught.code,
            &caught.link,
        ],
    )?;
    Ok(())
}

/// The newest messages, newest first; of one receiver, whatever the case, or channel if named.
pub fn list(tx: &mut Tx, receiver: Option<&str>, channel: Option<&str>, most: i64) -> Result<Vec<Caught>> {
    tx.all(
        "SELECT id, at, receiver, channel, template, subject, body, code, link FROM mailbox
         WHERE ($1 IS NULL OR lower(receiver) = lower($1)) AND ($2 IS NULL OR channel = $2) ORDER BY at DESC, id DESC LIMIT $3",
        &[&receiver, &channel, &most],
    )
}
