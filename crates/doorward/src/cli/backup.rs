//! `doorward backup` and `doorward restore`

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use doorward_store::{SqliteOptions, Store, backup, migrate};

use super::{DatabaseArguments, block_on, output, quiet};
use crate::config::{Database, DatabaseUrl, Settings, Unsound};
use crate::{logging, outside, serve};

pub(super) const EXAMPLES: &str = "\
Examples:
  doorward backup /backups/monday.db            while the server runs
  doorward restore /backups/monday.db --replace   after it was stopped
  doorward backup demo.db --data doorward-demo    of a demo

The master key is not in the copy, which is of no use without it: keep both, apart from each other.";

pub(super) fn make(arguments: &DatabaseArguments, file: &Path) -> anyhow::Result<()> {
    let database = embedded(&arguments.settings()?.database)?;
    if file.exists() {
        bail!("{} is there already: name a file that is not, or remove it", file.display());
    }
    backup::copy(&database, file).with_context(|| format!("copying {}", database.display()))?;
    let size = fs::metadata(file).context("looking at the copy")?.len();
    output::line(&format!("{} is whole, {size} bytes. Keep the master key with another copy.", file.display()))
}

pub(super) fn restore(arguments: &DatabaseArguments, file: &Path, replace: bool) -> anyhow::Result<()> {
    logging::start(&quiet());
    let settings = arguments.settings()?;
    let database = embedded(&settings.database)?;
    let shown = database.display();
    if database.exists() && !replace {
        bail!("there is a database in {shown}; stop the server and give --replace to put the copy in its place");
    }
    let mut coming = OsString::from(&database);
    coming.push(".restored");
    let coming = PathBuf::from(coming);
    if coming.exists() {
        fs::remove_file(&coming).with_context(|| format!("removing {}", coming.display()))?;
    }
    backup::copy(file, &coming).with_context(|| format!("copying {}", file.display()))?;
    let exchanged = require_fit(&settings, &coming, file).and_then(|()| Ok(backup::exchange(&coming, &database)?));
    if exchanged.is_err() {
        // What went wrong before is what has to be told.
        let _ = fs::remove_file(&coming);
    }
    match exchanged? {
        Some(kept) => output::line(&format!("{shown} is restored; the one before is {}.", kept.display())),
        None => output::line(&format!("{shown} is restored.")),
    }
}

fn embedded(database: &Database) -> anyhow::Result<PathBuf> {
    match database.location().map_err(Unsound::from)? {
        DatabaseUrl::Sqlite(path) => Ok(path),
        DatabaseUrl::Postgres(_) => {
            bail!("the database is PostgreSQL, which has tools of its own: pg_dump, pg_restore")
        }
    }
}

/// Refuses what `serve` would refuse: another kind of database, a newer one, and one of another master key.
fn require_fit(settings: &Settings, copy: &Path, file: &Path) -> anyhow::Result<()> {
    let store = Store::open_sqlite(copy, SqliteOptions::default())?;
    block_on(async {
        let fit = is_fit(settings, &store, file).await;
        store.close().await;
        fit
    })
}

async fn is_fit(settings: &Settings, store: &Store, file: &Path) -> anyhow::Result<()> {
    let pending = migrate::pending(store).await?;
    if pending.len() == migrate::MIGRATIONS.len() {
        bail!("{} is no database of this program", file.display());
    }
    serve::app(settings, store.clone(), outside::caught(store)).await?;
    Ok(())
}
