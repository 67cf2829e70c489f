//! `doorward user import`

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use aws_lc_rs::digest;
use doorward_flows::App;
use doorward_flows::accounts::import;

use doorward_flows::accounts::import::{Duplicates, Outcome, Refused, Rules, Seen};
use doorward_flows::app::Tenant;
use doorward_model::password::foreign::Recipe;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Map, Value, json};

use super::rows::Batches;
use super::{ImportArguments, progress};
use crate::cli::output::{self, counted};
use crate::flow_error::to_anyhow;

/// Batches under way at once: one is written while others are read and judged; PostgreSQL writes them side by side.
const AT_ONCE: usize = 4;

pub(super) async fn run(app: &App, arguments: &ImportArguments, as_json: bool) -> anyhow::Result<()> {
    let tenant = super::tenant(app, &arguments.tenant).await?;
    let (rules, recipe) = rules(arguments)?;
    let batches = Batches::open(&arguments.file, arguments.format)?;
    let report = Report::at(arguments);
    report.clear()?;

    let outcome = if arguments.dry_run {
        look(app, &tenant, &rules, batches).await?
    } else {
        let import = identity(&arguments.file, &rules, &recipe)?;
        let bytes = fs::metadata(&arguments.file)?.len();
        let outcome = write(app, &tenant, &rules, batches, &import, bytes).await?;
        import::conclude(app, &tenant, import).await.map_err(to_anyhow)?;
        outcome
    };
    report.write(&outcome.refused)?;
    tell(&outcome, &report, arguments.dry_run, as_json)?;
    let (rows, did) =
        (counted(outcome.refused.len() as u64, "row"), if arguments.dry_run { "would be" } else { "were" });
    match (&report.path, outcome.refused.len()) {
        (_, 0) => Ok(()),
        (Some(path), _) => Err(anyhow!("{rows} {did} refused; {} says which and why", path.display())),
        (None, _) => Err(anyhow!("{rows} {did} refused; mend them, or import the others and leave these out")),
    }
}

/// How rows are read, and the text of the recipe.
fn rules(arguments: &ImportArguments) -> anyhow::Result<(Rules, Vec<u8>)> {
    let duplicates = if arguments.overwrite { Duplicates::Overwrite } else { Duplicates::Refuse };
    let Some(file) = &arguments.password_encryption else {
        return Ok((Rules { recipe: None, duplicates }, Vec::new()));
    };
    let shown = file.display();
    let text = fs::read(file).with_context(|| format!("reading {shown}"))?;
    let document: Map<String, Value> =
        serde_json::from_slice(&text).map_err(|_| anyhow!("{shown} is no JSON object"))?;
    let recipe = Recipe::read(&document).with_context(|| format!("{shown} does not say how hashes were made"))?;
    Ok((Rules { recipe: Some(recipe), duplicates }, text))
}

/// Names this import: the same file read in the same way goes on where it stopped.
fn identity(path: &Path, rules: &Rules, recipe: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&[u8::from(rules.duplicates == Duplicates::Overwrite)]);
    context.update(&(recipe.len() as u64).to_be_bytes());
    context.update(recipe);
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1024 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(context.finish().as_ref().to_vec()),
            read => context.update(&buffer[..read]),
        }
    }
}

async fn write(
    app: &App,
    tenant: &Arc<Tenant>,
    rules: &Rules,
    batches: Batches,
    import: &[u8],
    bytes: u64,
) -> anyhow::Result<Outcome> {
    let bar = progress::bar(bytes);
    let written = stream::iter((0..).zip(batches)).map(|(number, batch)| async move {
        let batch = batch?;
        let place = import::Batch { import: import.to_vec(), number };
        let outcome = import::import(app, tenant, rules, batch.rows, place).await.map_err(to_anyhow)?;
        anyhow::Ok((outcome, batch.end))
    });
    let mut written = written.buffered(AT_ONCE);
    let mut outcome = Outcome::default();
    while let Some((batch, end)) = written.try_next().await.context("stopped; the same command goes on from here")? {
        outcome.add(batch);
        bar.set_position(end);
        bar.set_message(format!("{} accounts", outcome.inserted + outcome.updated));
    }
    bar.finish_and_clear();
    Ok(outcome)
}

async fn look(app: &App, tenant: &Arc<Tenant>, rules: &Rules, batches: Batches) -> anyhow::Result<Outcome> {
    let (mut outcome, mut seen) = (Outcome::default(), Seen::default());
    for batch in batches {
        let batch = import::look(app, tenant, rules, batch?.rows, &mut seen).await.map_err(to_anyhow)?;
        outcome.add(batch);
    }
    Ok(outcome)
}

/// The list of refused rows: line, code and reason, never what stood in the row.
struct Report {
    /// None in a dry run that names none.
    path: Option<PathBuf>,
}

impl Report {
    fn at(arguments: &ImportArguments) -> Report {
        let beside = || {
            let mut name = arguments.file.clone().into_os_string();
            name.push(".refused.csv");
            PathBuf::from(name)
        };
        let own = (!arguments.dry_run).then(beside);
        Report { path: arguments.report.clone().or(own) }
    }

    /// Takes the report of an earlier run away, which would be mistaken for this one's.
    fn clear(&self) -> anyhow::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("removing the earlier report {}", path.display()))
            }
            _ => Ok(()),
        }
    }

    fn write(&self, refused: &[Refused]) -> anyhow::Result<()> {
        let Some(path) = self.path.as_ref().filter(|_| !refused.is_empty()) else { return Ok(()) };
        let shown = path.display();
        let mut report = csv::Writer::from_path(path).with_context(|| format!("writing {shown}"))?;
        report.write_record(["line", "code", "reason"])?;
        for row in refused {
            report.write_record([&row.number.to_string(), &row.code.to_string(), &row.why])?;
        }
        report.flush().with_context(|| format!("writing {shown}"))
    }
}

/// Refused rows that are shown where there is no report to list them.
const MOST_SHOWN: usize = 20;

fn tell(outcome: &Outcome, report: &Report, dry_run: bool, as_json: bool) -> anyhow::Result<()> {
    let Outcome { inserted, updated, refused } = outcome;
    if as_json {
        let path = report.path.as_ref().filter(|_| !refused.is_empty()).map(|path| path.display().to_string());
        let mut document =
            json!({ "inserted": inserted, "updated": updated, "refused": refused.len(), "report": path });
        if report.path.is_none() {
            let row = |row: &Refused| json!({ "line": row.number, "code": row.code, "reason": row.why });
            document["rows"] = refused.iter().map(row).collect();
        }
        return output::line(&document.to_string());
    }
    let (added, rows) = (counted(*inserted, "account"), counted(refused.len() as u64, "row"));
    output::line(&if dry_run {
        format!("Would add {added}, change {updated} and refuse {rows}; nothing was stored.")
    } else {
        format!("Added {added}, changed {updated}, refused {rows}.")
    })?;
    if report.path.is_some() {
        return Ok(());
    }
    for row in refused.iter().take(MOST_SHOWN) {
        output::line(&format!("  line {}: {} {}", row.number, row.code, row.why))?;
    }
    match refused.len().saturating_sub(MOST_SHOWN) {
        0 => Ok(()),
        more => output::line(&format!("  and {more} more; --report FILE lists them all")),
    }
}
