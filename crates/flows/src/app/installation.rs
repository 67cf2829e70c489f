//! What must be true of a database before anything is served from it.

use super::App;
use super::error::Result;
use anyhow::{Context, anyhow};
use doorward_model::keys::Unopened;
use doorward_store::facts;
use std::fmt;

/// The fact that was sealed when the database was first used.
const PROOF: &str = "master key";

/// The master key is not the one that the database was made with; for the administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherMasterKey;

impl fmt::Display for OtherMasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the database was made with another master key; set [keys] master to that one, or list it under [keys] previous",
        )
    }
}

impl std::error::Error for OtherMasterKey {}

/// Makes the database the current key's own: the one before it is not needed any more to open what lasts.
pub(crate) async fn own_master_key(app: &App) -> Result<()> {
    let sealed = app.keys.seal(PROOF, PROOF, app.random());
    let key = app.keys.id().to_vec();
    app.write(move |tx| {
        let stored = facts::get(tx, PROOF)?;
        if stored.is_some_and(|stored| !stored.starts_with(&key)) {
            facts::set(tx, PROOF, &sealed)?;
        }
        Ok(())
    })
    .await
}

/// Fails when the database was made with another master key: every token, code and secret in it would be unknown, and
/// nobody could tell why. The first call on a new database makes it this key's own.
pub async fn check_master_key(app: &App) -> Result<()> {
    let sealed = app.keys.seal(PROOF, PROOF, app.random());
    let stored = app
        .write(move |tx| {
            if let Some(stored) = facts::get(tx, PROOF)? {
                return Ok(stored);
            }
            facts::set_once(tx, PROOF, &sealed)?;
            Ok(facts::get(tx, PROOF)?.context("a fact that was just set")?)
        })
        .await?;
    match app.keys.open(PROOF, &stored) {
        Ok(_) => Ok(()),
        Err(Unopened::UnknownKey) => Err(anyhow::Error::new(OtherMasterKey).into()),
        Err(Unopened::Damaged) => {
            Err(anyhow!("the database's proof of its master key is damaged; restore it from a backup").into())
        }
    }
}
