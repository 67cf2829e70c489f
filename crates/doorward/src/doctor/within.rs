//! What is in the hands of this machine: settings, database, keys, disk.

use std::path::Path;

use doorward_flows::App;
use doorward_flows::app::installation::OtherMasterKey;
use doorward_flows::app::outside::Clock;
use doorward_flows::configuration::tenants;
use doorward_model::time::Span;
use doorward_store::{Store, backup, migrate};

use super::{Examined, Verdict, trouble};
use crate::config::{DatabaseUrl, Finding, Settings, Unsound};
use crate::flow_error::to_anyhow;
use crate::outside::{self, SystemClock};
use crate::serve;

#[cfg(test)]
mod tests;

/// A certificate with less time than this should have been renewed.
const RENEWED_BEFORE: Span = Span::days(14);

/// A gigabyte is room for a million accounts, or for the night until somebody looks.
const LEAST_FREE: u64 = 1 << 30;

const LOOK: &str = "Look at the database, and at the log of its server or of the system.";

pub(super) fn settings(findings: Vec<Finding>) -> Vec<Examined> {
    let told = |verdict| Examined { what: "settings", verdict };
    if findings.is_empty() {
        return vec![told(Verdict::well("fit for `doorward serve`"))];
    }
    let wrong =
        |finding: Finding| told(Verdict::wrong(format!("{} {}", finding.place, finding.problem), finding.remedy));
    findings.into_iter().map(wrong).collect()
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
        let (problem, remedy) = trouble(settings, &error, LOOK);
        Verdict::wrong(problem, remedy)
    });
    let is_current = matches!(schema, Verdict::Well(_));
    let mut found = vec![Examined { what: "database", verdict: schema }];
    if let Ok(DatabaseUrl::Sqlite(path)) = settings.database.location() {
        found.push(Examined { what: "database file", verdict: file(&path) });
    }
    if is_current {
        match serve::app(settings, store.clone(), outside::caught(store)).await {
            Ok(app) => {
                let verdict = Verdict::well("the one that the database was made with");
                found.push(Examined { what: "master key", verdict });
                found.extend(unfit_tenants(settings, &app).await);
            }
            Err(error) => found.push(Examined { what: "master key", verdict: master_key(settings, &error) }),
        }
    }
    found
}

/// Why nothing could be made of the database with this key. Whoever is told to put another key there, and is told wrongly,
/// makes it worse.
fn master_key(settings: &Settings, error: &anyhow::Error) -> Verdict {
    if error.chain().any(<dyn std::error::Error>::is::<OtherMasterKey>) {
        return Verdict::wrong(format!("{error:#}"), "Put the key back that the database was made with.");
    }
    if let Some(Unsound(findings)) = error.downcast_ref::<Unsound>() {
        let told: Vec<String> =
            findings.iter().map(|finding| format!("{} {}", finding.place, finding.problem)).collect();
        let remedy = findings.first().map(|finding| finding.remedy.clone()).unwrap_or_default();
        return Verdict::wrong(told.join("; "), remedy);
    }
    let (problem, remedy) = trouble(settings, error, "Leave the key as it is, and look at the database.");
    Verdict::wrong(format!("it could not be compared: {problem}"), remedy)
}

/// Tenants whose settings do not fit; all others are no news.
async fn unfit_tenants(settings: &Settings, app: &App) -> Vec<Examined> {
    match misfits(app).await {
        Ok(verdicts) => verdicts.into_iter().map(|verdict| Examined { what: "tenants", verdict }).collect(),
        Err(error) => {
            let (problem, remedy) = trouble(settings, &error, LOOK);
            let verdict = Verdict::wrong(problem, remedy);
            vec![Examined { what: "tenants", verdict }]
        }
    }
}

async fn misfits(app: &App) -> anyhow::Result<Vec<Verdict>> {
    let mut found = Vec::new();
    for listed in tenants::list(app).await.map_err(to_anyhow)? {
        let name = listed.name;
        let Some((_, opened)) = tenants::open(app, &name).await.map_err(to_anyhow)? else { continue };
        let remedy = format!("Set it anew: `doorward tenant set {name} KEY=VALUE`.");
        // What was read holds as it was stored; what was not read ends every request.
        let verdict = |told: String| {
            if opened.is_whole() {
                Verdict::doubtful(told, remedy.clone())
            } else {
                Verdict::wrong(told, remedy.clone())
            }
        };
        found.extend(opened.unfit.iter().map(|unfit| verdict(format!("{name}: {unfit}"))));
    }
    Ok(found)
}

async fn schema(store: &Store) -> anyhow::Result<Verdict> {
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
