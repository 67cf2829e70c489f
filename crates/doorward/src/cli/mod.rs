//! The commands, what they print, and how they end.

mod backup;
mod breached;
mod demo;
mod doctor;
mod exit;
mod health;
mod init;
mod manual;
mod output;
mod template;
mod tenant;
mod usage;
mod user;

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use doorward_store::migrate;

use crate::config::{self, Finding, Level, Logging, Settings};
use crate::demo::Folder;
use crate::{database, logging, serve};

/// Customer identity in one program.
#[derive(Debug, Parser)]
#[command(name = "doorward", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  doorward demo                                       a first look: no settings, no network, no mail
  doorward demo --json --listen 127.0.0.1:0           the same for tests, on a free port
  doorward demo --tls                                 the same over https, for SDKs that speak nothing else
  doorward init --public-url https://id.example.com   settings, a master key and a folder for production
  doorward config --check                             what is unsafe or missing in doorward.toml
  doorward doctor                                     what is wrong with the machine, the database or the network
  doorward serve                                      production, from doorward.toml and DOORWARD_*
  doorward tenant create acme                         a new tenant with its key and secret
  doorward template preview acme verify-email         what its people get, with values made up
  doorward backup /backups/monday.db                  a copy of the database while the server runs
  doorward user import people.csv --tenant acme       accounts from elsewhere, with their password hashes

Exit codes:
  0  done     1  failed     2  wrong usage     3  unsafe or invalid settings     4  database trouble";

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs everything from one folder, with one tenant, every feature on and a mailbox for its messages.
    Demo(DemoArguments),
    /// Makes what `serve` needs in one folder: settings, a master key, and room for the database.
    Init(init::InitArguments),
    /// Runs for production; refuses to start on an unsafe setting and says which.
    Serve(ConfigArguments),
    /// Brings the database up to date.
    Migrate(ConfigArguments),
    /// Makes, lists, shows and sets tenants, also while a server runs on the same database.
    Tenant(tenant::TenantArguments),
    /// Lists, sets, shows and tries out the messages of a tenant.
    Template(template::TemplateArguments),
    /// Takes accounts over from elsewhere, and writes them out.
    User(user::UserArguments),
    /// Makes files of stolen passwords that nobody may choose.
    Breached(breached::BreachedArguments),
    /// Looks at everything that a server depends on, and says what to do about what is wrong.
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(DatabaseArguments),
    /// Copies the embedded database into a file, also while a server runs on it.
    #[command(after_help = backup::EXAMPLES)]
    Backup {
        /// A file that is not there yet.
        file: PathBuf,
        #[command(flatten)]
        database: DatabaseArguments,
    },
    /// Puts a copy in the place of the embedded database; the server must be stopped.
    #[command(after_help = backup::EXAMPLES)]
    Restore {
        /// A file that `backup` made.
        file: PathBuf,
        /// Also when there is a database, which is kept under another name.
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        database: DatabaseArguments,
    },
    /// Prints the effective settings without secrets.
    Config {
        /// Only says whether `serve` would start with them.
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        config: ConfigArguments,
    },
    /// Prints the OpenAPI document.
    Openapi,
    /// Asks the server that runs with these settings whether it is ready, for containers and supervisors.
    Health(ConfigArguments),
    /// Prints what a shell needs to complete commands.
    #[command(after_help = "\
Examples:
  doorward completions bash > ~/.local/share/bash-completion/completions/doorward
  doorward completions zsh > ~/.zfunc/_doorward
  doorward completions fish > ~/.config/fish/completions/doorward.fish")]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Prints the manual page, or writes one for each command.
    #[command(after_help = "\
Examples:
  doorward man | man -l -
  doorward man --write ~/.local/share/man/man1")]
    Man {
        /// A folder for the pages of all commands, made if it is not there.
        #[arg(long, value_name = "FOLDER")]
        write: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doorward demo
  doorward demo --listen 127.0.0.1:9000 --data /tmp/doorward
  doorward demo --tls                           https, with a certificate of an authority of its own
  doorward demo --json --listen 127.0.0.1:0     prints {\"url\",\"api_key\",\"api_secret\",\"mailbox\"}, with --tls also \"ca\"")]
struct DemoArguments {
    /// The folder for the database and its master key; the same folder gives the same tenant and keys again.
    #[arg(long, value_name = "FOLDER", default_value = "doorward-demo")]
    data: PathBuf,
    /// The loopback address to listen on; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Speaks https, with a certificate of an authority of its own that is kept in the folder, and prints how to trust it.
    #[arg(long)]
    tls: bool,
    /// Prints one line of JSON as soon as requests are answered, and nothing else.
    #[arg(long)]
    json: bool,
    /// Tells on standard error of every request.
    #[arg(long)]
    verbose: bool,
}

#[derive(Debug, Args)]
struct ConfigArguments {
    /// The settings file; without it doorward.toml, if there is one.
    #[arg(long, value_name = "FILE", env = "DOORWARD_CONFIG")]
    config: Option<PathBuf>,
}

/// Which settings a command on the database uses.
#[derive(Debug, Args)]
struct DatabaseArguments {
    /// The folder of a demo, instead of the settings.
    #[arg(long, value_name = "FOLDER", global = true, conflicts_with = "config")]
    data: Option<PathBuf>,
    /// The settings file; without it doorward.toml, if there is one.
    #[arg(long, value_name = "FILE", env = "DOORWARD_CONFIG", global = true)]
    config: Option<PathBuf>,
}

impl DatabaseArguments {
    fn settings(&self) -> anyhow::Result<Settings> {
        match &self.data {
            Some(folder) => Folder::at(folder).settings(),
            None => sound(self.config.as_deref(), Settings::unsound_stores),
        }
    }
}

/// Runs the command that the arguments of this process name.
pub fn run() -> ExitCode {
    let ended = match usage::parse::<Cli>().command {
        Command::Demo(arguments) => demo::run(arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Serve(arguments) => run_serve(&arguments),
        Command::Migrate(arguments) => run_migrate(&arguments),
        Command::Tenant(arguments) => tenant::run(arguments),
        Command::Template(arguments) => template::run(arguments),
        Command::User(arguments) => user::run(arguments),
        Command::Breached(arguments) => breached::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Backup { file, database } => backup::make(&database, &file),
        Command::Restore { file, replace, database } => backup::restore(&database, &file, replace),
        Command::Config { check, config } => run_config(&config, check),
        Command::Openapi => print_openapi(),
        Command::Health(arguments) => health::run(&arguments),
        Command::Completions { shell } => manual::print_completions(shell),
        Command::Man { write } => manual::run(write.as_deref()),
    };
    exit::code(ended)
}

fn run_serve(arguments: &ConfigArguments) -> anyhow::Result<()> {
    let settings = sound(arguments.config.as_deref(), Settings::unsound)?;
    logging::start(&settings.logging);
    let store = database::open(&settings.database)?;
    block_on(serve::serve(&settings, store))
}

fn run_migrate(arguments: &ConfigArguments) -> anyhow::Result<()> {
    let settings = sound(arguments.config.as_deref(), |settings| settings.database.unsound())?;
    logging::start(&quiet());
    let store = database::open(&settings.database)?;
    let applied = block_on(async {
        let applied = migrate::run(&store).await;
        store.close().await;
        Ok(applied?)
    })?;
    match applied.as_slice() {
        [] => output::line("The database is up to date."),
        applied => output::line(&format!("The database is up to date now: {} applied.", applied.join(", "))),
    }
}

fn run_config(arguments: &ConfigArguments, check: bool) -> anyhow::Result<()> {
    if check {
        sound(arguments.config.as_deref(), Settings::unsound)?;
        return output::line("These settings are fit for `doorward serve`.");
    }
    output::text(&sound(arguments.config.as_deref(), |_| Vec::new())?.to_toml())
}

fn print_openapi() -> anyhow::Result<()> {
    output::line(&serde_json::to_string_pretty(&doorward_api::openapi())?)
}

fn read(file: Option<&Path>) -> config::Read {
    #[expect(clippy::disallowed_methods, reason = "this hands the variables to the settings, once")]
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    config::read(file, variables)
}

/// The settings, if they can be read and `unsound` finds nothing in them; otherwise everything that is wrong.
fn sound(file: Option<&Path>, unsound: impl Fn(&Settings) -> Vec<Finding>) -> anyhow::Result<Settings> {
    Ok(read(file).sound(unsound)?)
}

/// A command that prints its result tells on standard error only what went wrong.
fn quiet() -> Logging {
    Logging { level: Level::Warn, ..Logging::default() }
}

fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Runtime::new().context("starting the threads of the program")?.block_on(work)
}
