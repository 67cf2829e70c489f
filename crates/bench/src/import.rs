//! Accounts that move in from a file with their password hashes, beside what the database takes of them at the most.

use crate::report::{Fact, Target};
use crate::seed::Mover;
use crate::served::Doorward;
use crate::stage::Stage;
use crate::statistics::{Spread, number};
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

/// Accounts in the file.
const ACCOUNTS: u64 = 100_000;

/// Imports the file by `doorward user import`, each time into a tenant of its own, and writes as many accounts straight
/// into the same database right before, each batch durable before the next.
pub(crate) async fn move_in(stage: &Stage<'_>, doorward: &Doorward) -> Result<Vec<Fact>> {
    let (mut seconds, mut rates, mut limits, mut shares) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let accounts = number(usize::try_from(ACCOUNTS)?);
    for _ in 0..stage.repeat() {
        let begun = Instant::now();
        stage.mover(ACCOUNTS).await?.write_raw().await?;
        let limit = accounts / begun.elapsed().as_secs_f64();

        let mover = stage.mover(ACCOUNTS).await?;
        let file = doorward.folder.join("people.jsonl");
        write_file(&mover, &file)?;
        let begun = Instant::now();
        import(doorward, &file, mover.name()).await?;
        let length = begun.elapsed().as_secs_f64();
        seconds.push(length);
        rates.push(accounts / length);
        limits.push(limit);
        shares.push(accounts / length / limit * 100.0);
    }
    let fact = |what: &str, unit, target, values: Vec<f64>| {
        let spread = Spread::of(values).context("nothing was imported")?;
        anyhow::Ok(stage.fact(what, unit, spread, target))
    };
    Ok(vec![
        fact(&format!("import of {ACCOUNTS}"), "s", Some(Target::AtMost(60.0)), seconds)?,
        fact("accounts imported", "/s", None, rates)?,
        fact("accounts written raw", "/s", None, limits)?,
        fact("accounts imported, of raw", "%", Some(Target::AtLeast(50.0)), shares)?,
    ])
}

fn write_file(mover: &Mover, path: &Path) -> Result<()> {
    let mut file = BufWriter::new(File::create(path).context("making the file to import")?);
    for row in mover.rows() {
        writeln!(file, "{row}")?;
    }
    Ok(file.flush()?)
}

async fn import(doorward: &Doorward, file: &Path, tenant: &str) -> Result<()> {
    let output = doorward.import(file, tenant).output().await.context("starting the import")?;
    if !output.status.success() {
        bail!("the import failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
