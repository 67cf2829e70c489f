//! What is in the hands of this machine: settings, database, keys, disk.

use std::path::Path;

use doorward_flows::installation::OtherMasterKey;
use doorward_flows::outside::Clock;
use doorward_model::time::Span;
use doorward_store::{Error, Store, backup, migrate};

use super::{Examined, Verdict, trouble};
use crate::config::{DatabaseUrl, Settings};
use crate::outside::{self, SystemClock};
use crate::serve;

/// A certificate with less time than this should have been renewed.
const RENEWED_BEFORE: Span = Span::days(14);

/// A gigabyte is room for a million accounts, or for the night until somebody looks.
const LEAST_FREE: u64 = 1 << 30;

pub(super) fn settings(settings: &Settings) -> Vec<Examined> {
    let unsound = settings.unsound();
    let wrong = |verdict| Examined { what: "settings", verdict };
    if unsound.is_empty() {
        return vec![wrong(Verdict::well("fit for `doorward serve`"))];
    }
    let told = unsound
        .into_iter()
        .map(|finding| wrong(Verdict::wrong(format!("{} {}", finding.place, finding.problem), finding.remedy)));
    told.collect()
}

/// Nothing where no certificate is set, or one that the settings complain of.
pub(super) fn certificate(settings: &Settings) -> Option<Examined> {
    let certificate = settings.server.tls.files()?.load().ok()?;
    let expires = certificate.expires.to_wire();
    let host = settings.server.public_host().unwrap_or_default();
    let verdict = if !certificate.is_for(host) {
        Verdict::wrong(
            format!("it is not for {host}, the host of public_url"),
            "Get one with that name, unless a proxy in front has it.",
        )
    } else if certificate.expires < SystemClock.now().plus(RENEWED_BEFORE) {
        Verdict::doubtful(format!("it expires at {expires}"), "Check why it was not renewed.")
    } else {
        Verdict::well(format!("for {host} until {expires}"))
    };
    Some(Examined { what: "certificate", verdict })
}

pub(super) async fn database(settings: &Settings, store: &Store) -> Vec<Examined> {
    let schema = schema(store).await.unwrap_or_else(|error| {
        let error = anyhow::Error::new(error);
        trouble(&error).unwrap_or_else(|| Verdict::wrong(error.to_string(), ELSEWHERE))
    });
    let is_current = matches!(schema, Verdict::Well(_));
    let mut found = vec![Examined { what: "database", verdict: schema }];
    if let Ok(DatabaseUrl::Sqlite(path)) = settings.database.location() {
        found.push(Examined { what: "database file", verdict: file(&path) });
    }
    if is_current {
        found.push(Examined { what: "master key", verdict: master_key(settings, store).await });
    }
    found
}

const ELSEWHERE: &str = "Look at the database, and at the log of its server or of the system.";

async fn schema(store: &Store) -> Result<Verdict, Error> {
    store.require_writable().await?;
    let pending = migrate::pending(store).await?;
    if pending.is_empty() {
        return Ok(Verdict::well("up to date"));
    }
    let lacks = format!("it lacks {}", pending.join(", "));
    if migrate::may_run(store).await? {
        return Ok(Verdict::wrong(lacks, "Run `doorward migrate`."));
    }
    Ok(Verdict::wrong(
        format!("{lacks}, and its user may not make tables there"),
        "Make that user the owner of the database (ALTER DATABASE name OWNER TO user), or migrate as another user.",
    ))
}

fn file(path: &Path) -> Verdict {
    match backup::damage(path) {
        Ok(None) => Verdict::well(format!("{} is whole", path.display())),
        Ok(Some(damage)) => Verdict::wrong(
            format!("{} is damaged: {damage}", path.display()),
            "Stop the server and `doorward restore` the last copy.",
        ),
        Err(error) => Verdict::wrong(error.to_string(), "Check the disk and the system's log."),
    }
}

async fn master_key(settings: &Settings, store: &Store) -> Verdict {
    match serve::app(settings, store.clone(), outside::caught(store)).await {
        Ok(_) => Verdict::well("the one that the database was made with"),
        Err(error) if error.chain().any(<dyn std::error::Error>::is::<OtherMasterKey>) => {
            Verdict::wrong(format!("{error:#}"), "Put the key back that the database was made with.")
        }
        // Nothing is said of a key that could not be looked at: it may be the right one.
        Err(error) => trouble(&error).unwrap_or_else(|| Verdict::wrong(format!("{error:#}"), ELSEWHERE)),
    }
}

/// Nothing where the database is on another machine.
pub(super) fn disk(settings: &Settings) -> Option<Examined> {
    let Ok(DatabaseUrl::Sqlite(path)) = settings.database.location() else { return None };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let verdict = match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let shown = format!("{} MiB free in {}", free >> 20, folder.display());
            if free < LEAST_FREE {
                Verdict::wrong(shown, "Make room: nothing can be stored on a full disk.")
            } else {
                Verdict::well(shown)
            }
        }
        Err(error) => {
            Verdict::wrong(format!("{}: {error}", folder.display()), "Make the folder, writable for this user.")
        }
    };
    Some(Examined { what: "disk", verdict })
}
