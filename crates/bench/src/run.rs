//! The whole run: every database, every size, and how they compare.

use crate::command_line::{Database, Options};
use crate::import;
use crate::limit;
use crate::machine::MachineRandom;
use crate::report::{Cell, Fact, Report, Target, progress};
use crate::scenario::Scenario;
use crate::served::{Doorward, Program, Served};
use crate::stage::{Stage, start_times};
use crate::statistics::{Spread, number};
use crate::storm;
use anyhow::{Context, Result, bail};
use doorward_flows::app::outside::Random;
use doorward_store::{PostgresOptions, SqliteOptions, Store, migrate, tenants};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Where the server is looked for, beside this program.
const SERVER: &str = "doorward";

/// What a server that was just started still tidies up.
const SETTLES_WITHIN: Duration = Duration::from_secs(1);

/// Bytes that the gateway of text messages answers with.
const GATEWAY_ANSWER: usize = 2;

/// Measures what the options ask for, and prints it.
pub(crate) async fn run(options: Options) -> Result<()> {
    let server = find_server(options.server.as_deref())?;
    progress(format_args!("this takes about {} minutes", expected(&options).as_secs().div_ceil(60)));

    let mut report = Report::new(&options);
    let size = number(usize::try_from(fs::metadata(&server)?.len() / 1024)?) / 1024.0;
    report.add(Fact::overall("binary of the server", "MB", Spread::only(size), Some(Target::AtMost(40.0))));
    compare_hashes(&options, &mut report).await?;
    for database in &options.database {
        progress(format_args!("database: {}", database.name()));
        measure_database(&options, &server, database, &mut report).await?;
    }
    compare(&mut report);

    if let Some(path) = &options.json {
        fs::write(path, report.json()?).with_context(|| format!("writing {}", path.display()))?;
    }
    report.print()
}

async fn compare_hashes(options: &Options, report: &mut Report) -> Result<()> {
    progress(format_args!("one hash .."));
    let (mut ours, mut others, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.repeat {
        let (one, other) = limit::candidates(Duration::from_secs(options.seconds)).await?;
        ours.push(one);
        others.push(other);
        ratios.push(one / one.min(other));
    }
    for (what, unit, values, target) in [
        ("one hash", "ms", ours, None),
        ("one hash, RustCrypto's", "ms", others, None),
        ("one hash, of the faster one's time", "x", ratios, Some(Target::AtMost(1.1))),
    ] {
        let spread = Spread::of(values).context("nothing was hashed")?;
        report.add(Fact::overall(what, unit, spread, target));
    }
    Ok(())
}

async fn measure_database(options: &Options, server: &Path, database: &Database, report: &mut Report) -> Result<()> {
    let mut master = [0; 32];
    MachineRandom.fill(&mut master);
    let ground = Ground::open(database, options.folder.as_deref()).await?;
    let gateway = Served::start(&Program::Bare(GATEWAY_ANSWER)).await?;
    let program = Program::Doorward(Doorward {
        path: server.to_owned(),
        folder: ground.folder.path().to_owned(),
        database: ground.url.clone(),
        master,
        gateway: gateway.address,
        log: options.server_log.as_deref().map(std::path::absolute).transpose()?,
    });
    let starts = start_times(&program, options.repeat).await?;
    let target = Some(Target::AtMost(50.0));
    report.add(Fact::new(database.name(), 0, "start to first 200", "ms", starts, target));
    for accounts in &options.accounts {
        let stage = Stage::new(options, database.name(), &ground.store, master, *accounts).await?;
        measure_stage(options, &stage, &program, report).await?;
    }
    ground.store.close().await;
    Ok(())
}

/// Measures everything that was asked for on one database with so many accounts.
async fn measure_stage(options: &Options, stage: &Stage<'_>, program: &Program, report: &mut Report) -> Result<()> {
    let starts = start_times(program, options.repeat).await?;
    report.add(stage.fact("start to first 200", "ms", starts, Some(Target::AtMost(150.0))));

    let server = Served::start(program).await?;
    tokio::time::sleep(SETTLES_WITHIN).await;
    stage.note_memory(&server, "idle", Some(Target::AtMost(25.0)), report)?;
    for scenario in &options.scenario {
        match scenario.limit() {
            Some((limit, target)) => stage.measure_grid(&server, *scenario, limit, target, report).await?,
            None => measure_beside(stage, program, &server, *scenario, report).await?,
        }
        stage.note_memory(&server, &format!("after {}", scenario.name()), None, report)?;
    }
    server.stop().await
}

/// Measures what has no limit of its kind beside it, and so no place in the grid.
async fn measure_beside(
    stage: &Stage<'_>,
    program: &Program,
    server: &Served,
    scenario: Scenario,
    report: &mut Report,
) -> Result<()> {
    progress(format_args!("{} ..", scenario.name()));
    let facts = match (scenario, program) {
        (Scenario::Import, Program::Doorward(doorward)) => import::move_in(stage, doorward).await,
        (Scenario::HashStorm, _) => storm::weather(stage, server).await,
        _ => storm::enumerate(stage, server).await,
    };
    for fact in facts.with_context(|| scenario.name())? {
        report.add(fact);
    }
    Ok(())
}

/// A database that is ours alone, up to date and empty.
struct Ground {
    store: Store,
    url: String,
    /// Holds the file, if the database is one; the server runs in it.
    folder: TempDir,
}

impl Ground {
    async fn open(database: &Database, folder: Option<&Path>) -> Result<Ground> {
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix("doorward-bench-");
        let folder = match folder {
            Some(parent) => builder.tempdir_in(std::path::absolute(parent)?),
            None => builder.tempdir(),
        }
        .context("making a folder for the database")?;
        let (url, store) = match database {
            Database::Sqlite => {
                let path = folder.path().join("doorward.db");
                (format!("sqlite:{}", path.display()), Store::open_sqlite(&path, SqliteOptions::default())?)
            }
            Database::Postgres(url) => (url.clone(), open_postgres(url.clone()).await?),
        };
        migrate::run(&store).await?;
        let in_use = store.read(|tx| Ok::<_, doorward_store::Error>(!tenants::list(tx)?.is_empty())).await?;
        if in_use {
            bail!("the database holds tenants already: name an empty one, which may be filled");
        }
        Ok(Ground { store, url, folder })
    }
}

/// Connecting waits on its thread.
async fn open_postgres(url: String) -> Result<Store> {
    let opening = tokio::task::spawn_blocking(move || Store::open_postgres(&url, PostgresOptions::default()));
    Ok(opening.await??)
}

fn find_server(named: Option<&Path>) -> Result<PathBuf> {
    let path = match named {
        Some(path) => path.to_owned(),
        None => std::env::current_exe().context("finding this program")?.with_file_name(SERVER),
    };
    path.canonicalize()
        .with_context(|| format!("{} is not there: build the server, or name it with --server", path.display()))
}

/// A fifth is added to each measurement for warming up, and each has a limit beside it.
fn expected(options: &Options) -> Duration {
    let measurement = Duration::from_secs(options.seconds) * 6 / 5;
    let grid = options.scenario.iter().filter(|scenario| scenario.limit().is_some()).count();
    let beside = options.scenario.len() - grid;
    let each = grid * options.connections.len() * 2 + beside * 3;
    let all = each * options.database.len() * options.accounts.len() * usize::try_from(options.repeat).unwrap_or(1);
    measurement * u32::try_from(all).unwrap_or(u32::MAX)
}

/// Sizes with the first size, and PostgreSQL with SQLite, at the most connections that were measured.
fn compare(report: &mut Report) {
    let cells = report.cells_at_most_connections();
    let mut facts = Vec::new();
    for cell in &cells {
        let find = |is_wanted: &dyn Fn(&Cell) -> bool| {
            cells.iter().find(|other| other.scenario == cell.scenario && is_wanted(other))
        };
        if let Some(first) = find(&|other| other.database == cell.database && other.accounts < cell.accounts) {
            let what = format!("{}: p50, of that with {} accounts", cell.scenario.name(), first.accounts);
            let grown = Spread::only(cell.p50.median / first.p50.median);
            facts.push(Fact::new(cell.database, cell.accounts, &what, "x", grown, Some(Target::AtMost(1.25))));
        }
        let is_inside = |other: &Cell| other.database == Database::Sqlite.name() && other.accounts == cell.accounts;
        if let Some(inside) = find(&is_inside).filter(|inside| inside.database != cell.database) {
            let what = format!("{}: requests/s, of SQLite's", cell.scenario.name());
            let target = Target::AtLeast(if cell.scenario.writes() { 25.0 } else { 40.0 });
            let share = Spread::only(cell.per_second.median / inside.per_second.median * 100.0);
            facts.push(Fact::new(cell.database, cell.accounts, &what, "%", share, Some(target)));
        }
    }
    for fact in facts {
        report.add(fact);
    }
}
