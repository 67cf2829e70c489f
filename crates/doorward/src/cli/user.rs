//! `doorward user`

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use doorward_flows::App;
use doorward_flows::app::Tenant;
use doorward_flows::configuration::tenants;

use super::{DatabaseArguments, block_on, quiet};
use crate::flow_error::to_anyhow;
use crate::{database, logging, outside, serve};

mod export;
mod import;
mod progress;
mod rows;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doorward user import people.jsonl --tenant acme --dry-run
  doorward user import people.csv --tenant acme --password-encryption hashes.json
  doorward user export --tenant acme --out acme.jsonl

A row is a profile, one JSON object to a line or one CSV row under a heading of field names, such as
  {\"Email\":\"ann@example.com\",\"EmailVerified\":true,\"FirstName\":\"Ann\",\"PasswordHash\":\"$2b$12$...\"}
An import that was interrupted goes on where it stopped when the same command is given again.")]
pub(super) struct UserArguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    database: DatabaseArguments,
    /// Prints JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Takes accounts over from a file, with the hashes of their passwords.
    Import(ImportArguments),
    /// Writes all accounts of a tenant as JSON lines, which `import` takes back in.
    Export(ExportArguments),
}

#[derive(Debug, Args)]
struct ImportArguments {
    /// JSON lines or CSV.
    file: PathBuf,
    /// The name of the tenant.
    #[arg(long, value_name = "NAME")]
    tenant: String,
    /// How the file is written; otherwise its ending says: .jsonl, .ndjson, .json or .csv.
    #[arg(long)]
    format: Option<Format>,
    /// A JSON document that says how password hashes were made which do not say it themselves.
    #[arg(long, value_name = "FILE")]
    password_encryption: Option<PathBuf>,
    /// Changes accounts that are there, instead of refusing their rows.
    #[arg(long)]
    overwrite: bool,
    /// Only says what would happen, and writes nothing but the report that --report names.
    #[arg(long)]
    dry_run: bool,
    /// Where refused rows are listed by line, code and reason; otherwise beside the file, ending in .refused.csv, and on
    /// standard output in a dry run.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON object to a line.
    Jsonl,
    /// CSV with a heading of field names.
    Csv,
}

#[derive(Debug, Args)]
struct ExportArguments {
    /// The name of the tenant.
    #[arg(long, value_name = "NAME")]
    tenant: String,
    /// The file to make, readable by its owner alone; otherwise standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Leaves the hashes of passwords out.
    #[arg(long)]
    without_hashes: bool,
}

pub(super) fn run(arguments: UserArguments) -> anyhow::Result<()> {
    logging::start(&quiet());
    let settings = arguments.database.settings()?;
    let store = database::open(&settings.database)?;
    block_on(async {
        database::require_up_to_date(&store).await?;
        let app = serve::app(&settings, store.clone(), outside::real(&settings)?).await?;
        let ended = match &arguments.action {
            Action::Import(import) => import::run(&app, import, arguments.json).await,
            Action::Export(export) => export::run(&app, export, arguments.json).await,
        };
        store.close().await;
        ended
    })
}

async fn tenant(app: &App, name: &str) -> anyhow::Result<Arc<Tenant>> {
    let found = tenants::tenant(app, name).await.map_err(to_anyhow)?;
    found.ok_or_else(|| tenants::no_tenant(name))
}
