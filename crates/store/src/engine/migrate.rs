//! The schema, as one list of SQL files for both databases. Forward only; each file is one transaction.

use crate::engine::dialect::Engine;
use crate::engine::store::Store;
use crate::engine::tx::Tx;
use crate::error::{Error, Result};

/// All migrations in order: name and text. A file that has run anywhere is never changed again.
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_house", include_str!("../../migrations/0001_house.sql")),
    ("0002_own_account", include_str!("../../migrations/0002_own_account.sql")),
    ("0003_sessions", include_str!("../../migrations/0003_sessions.sql")),
    ("0004_import", include_str!("../../migrations/0004_import.sql")),
    ("0005_newcomers", include_str!("../../migrations/0005_newcomers.sql")),
    ("0006_waiting_devices", include_str!("../../migrations/0006_waiting_devices.sql")),
    ("0007_security_answers", include_str!("../../migrations/0007_security_answers.sql")),
    ("0008_password_policy", include_str!("../../migrations/0008_password_policy.sql")),
    ("0009_templates", include_str!("../../migrations/0009_templates.sql")),
    ("0010_second_factors", include_str!("../../migrations/0010_second_factors.sql")),
    ("0011_pins", include_str!("../../migrations/0011_pins.sql")),
    ("0012_authenticators", include_str!("../../migrations/0012_authenticators.sql")),
    ("0014_step_up", include_str!("../../migrations/0014_step_up.sql")),
    ("0015_passkeys", include_str!("../../migrations/0015_passkeys.sql")),
    ("0016_pages", include_str!("../../migrations/0016_pages.sql")),
    ("0021_rotation", include_str!("../../migrations/0021_rotation.sql")),
];

type Files = &'static [(&'static str, &'static str)];

/// Brings the database up to date; gives the names of the files it ran. Several processes may do so at once.
///
/// Refuses a database with migrations this program does not know ([`Error::Newer`]) or whose text was changed since.
pub async fn run(store: &Store) -> Result<Vec<String>> {
    run_files(store, MIGRATIONS).await
}

/// [`run`] with a list of one's own.
pub async fn run_files(store: &Store, files: Files) -> Result<Vec<String>> {
    let mut applied = Vec::new();
    for &(name, text) in files {
        let ran = store.write(move |tx| apply(tx, files, name, text)).await?;
        if ran {
            applied.push(name.to_owned());
        }
    }
    Ok(applied)
}

/// The names of the files that [`run`] would run. Refuses what it refuses.
pub async fn pending(store: &Store) -> Result<Vec<String>> {
    store
        .read(|tx| {
            let done = if exists(tx)? { history(tx)? } else { Vec::new() };
            check(&done, MIGRATIONS)?;
            let names = MIGRATIONS.iter().map(|(name, _)| (*name).to_owned());
            Ok(names.filter(|name| !done.iter().any(|(ran, _)| ran == name)).collect())
        })
        .await
}

/// Whether the user of the database may make the tables that migrations make.
pub async fn may_run(store: &Store) -> Result<bool> {
    const MAY_CREATE: &str = "SELECT COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE)";
    if store.engine() == Engine::Sqlite {
        return Ok(true);
    }
    let (may,): (bool,) = store.read::<_, Error>(|tx| tx.one(MAY_CREATE, &[])).await?;
    Ok(may)
}

fn apply(tx: &mut Tx<'_>, files: Files, name: &'static str, text: &'static str) -> Result<bool> {
    // Another process may be at a long file, and an index over a large table takes long by itself.
    tx.take_your_time()?;
    tx.script(tx.engine().lock_migrations())?;
    if !exists(tx)? {
        tx.script("CREATE TABLE migrations (name TEXT PRIMARY KEY, text TEXT NOT NULL)")?;
    }
    let done = history(tx)?;
    check(&done, files)?;
    if done.iter().any(|(ran, _)| ran == name) {
        return Ok(false);
    }
    tx.script(text)?;
    tx.execute("INSERT INTO migrations (name, text) VALUES ($1, $2)", &[&name, &text])?;
    Ok(true)
}

fn exists(tx: &mut Tx<'_>) -> Result<bool> {
    let (count,): (i64,) = tx.one(tx.engine().tables_named(), &[&"migrations"])?;
    Ok(count > 0)
}

fn history(tx: &mut Tx<'_>) -> Result<Vec<(String, String)>> {
    tx.all("SELECT name, text FROM migrations ORDER BY name", &[])
}

fn check(done: &[(String, String)], files: Files) -> Result<()> {
    let mut unknown = Vec::new();
    for (name, text) in done {
        match files.iter().find(|(known, _)| known == name) {
            Some((_, known)) if known == text => {}
            Some(_) => {
                return Err(Error::Database(format!(
                    "migration {name} was changed after it ran here: use the program's released version"
                )));
            }
            None => unknown.push(name.as_str()),
        }
    }
    if unknown.is_empty() { Ok(()) } else { Err(Error::Newer(unknown.join(", "))) }
}
