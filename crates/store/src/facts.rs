//! What the database knows of itself.

use crate::{Result, Tx};

/// The value under this name.
pub fn get(tx: &mut Tx, name: &str) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> = tx.optional("SELECT value FROM facts WHERE name = $1", &[&name])?;
    Ok(row.map(|(value,)| value))
}

/// Sets a value in place of an earlier one.
pub fn set(tx: &mut Tx, name: &str, value: &[u8]) -> Result<()> {
    tx.execute(
        "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[&name, &value],
    )?;
    Ok(())
}

/// Sets a value that is not there yet; an earlier one stays.
pub fn set_once(tx: &mut Tx, name: &str, value: &[u8]) -> Result<()> {
    tx.execute("INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", &[&name, &value])?;
    Ok(())
}
