//! What can be asked of the program.

use crate::scenario::Scenario;
use clap::{Args, Parser, Subcommand};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// Measures a Doorward server against the limits of its machine.
///
/// It makes accounts in a database of its own, starts the server over it on the loopback, drives it, and prints each
/// figure beside the physical limit that was measured next to it. docs/benchmarks.md explains the columns.
#[derive(Debug, Parser)]
#[command(name = "doorward-bench", version, args_conflicts_with_subcommands = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: Options,
}

/// What else it can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves one answer of so many bytes on the server's HTTP stack: the limit that reads are held against.
    Bare {
        /// The length of the answer.
        #[arg(long, default_value_t = 128)]
        bytes: usize,
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:8099")]
        listen: SocketAddr,
    },
}

/// How to measure.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// The server to measure [default: `doorward` beside this program].
    #[arg(long, value_name = "PATH")]
    pub(crate) server: Option<PathBuf>,
    /// How many accounts there are; several sizes are measured one after the other and compared.
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "10000", value_parser = accounts)]
    pub(crate) accounts: Vec<u64>,
    /// How long one measurement takes, in seconds.
    #[arg(long, value_name = "S", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub(crate) seconds: u64,
    /// How often each is repeated; the median counts and the spread is shown.
    #[arg(long, value_name = "R", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=20))]
    pub(crate) repeat: u64,
    /// `sqlite`, or the URL of an empty PostgreSQL database that may be filled. May be given more than once.
    #[arg(long, value_name = "sqlite|URL", default_value = "sqlite")]
    pub(crate) database: Vec<Database>,
    /// What to measure.
    #[arg(long, value_name = "NAME", value_enum, num_args = 1.., value_delimiter = ',', default_values_t = Scenario::ALL)]
    pub(crate) scenario: Vec<Scenario>,
    /// With how many connections at once.
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "1,16,64", value_parser = connections)]
    pub(crate) connections: Vec<usize>,
    /// Where to write the figures as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Where the SQLite database is made, and removed at the end [default: the system's folder for temporary files].
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// Where the server's log goes; without it the server writes it all the same, to nowhere.
    #[arg(long, value_name = "FILE")]
    pub(crate) server_log: Option<PathBuf>,
}

/// Fewer could not give every connection an account of its own in every role.
const FEWEST_ACCOUNTS: u64 = 1000;
const MOST_ACCOUNTS: u64 = 5_000_000;
const MOST_CONNECTIONS: usize = 128;

fn accounts(text: &str) -> Result<u64, String> {
    within(text, FEWEST_ACCOUNTS, MOST_ACCOUNTS)
}

fn connections(text: &str) -> Result<usize, String> {
    within(text, 1, MOST_CONNECTIONS)
}

fn within<T: FromStr + PartialOrd + fmt::Display + Copy>(text: &str, least: T, most: T) -> Result<T, String> {
    let number = text.replace('_', "").parse().map_err(|_| "is not a whole number".to_owned())?;
    if (least..=most).contains(&number) { Ok(number) } else { Err(format!("must be from {least} to {most}")) }
}

/// A database to measure on.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Database {
    /// The one inside the program, in a file that is removed at the end.
    Sqlite,
    /// PostgreSQL at this URL.
    Postgres(String),
}

impl Database {
    /// Its name in the report.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Database::Sqlite => "sqlite",
            Database::Postgres(_) => "postgres",
        }
    }
}

impl FromStr for Database {
    type Err = String;

    fn from_str(text: &str) -> Result<Database, String> {
        match text {
            "sqlite" => Ok(Database::Sqlite),
            url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Database::Postgres(url.to_owned()))
            }
            _ => Err("is neither `sqlite` nor a URL like postgres://user@127.0.0.1/name".to_owned()),
        }
    }
}

/// A URL may hold a password.
impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_options_are_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn lists_are_given_with_commas_or_spaces() {
        let arguments = "doorward-bench --connections 1,64 --accounts 10_000,1000000 --scenario login validate";
        let options = CommandLine::try_parse_from(arguments.split(' ')).unwrap().run;
        assert_eq!(options.connections, [1, 64]);
        assert_eq!(options.accounts, [10_000, 1_000_000]);
        assert_eq!(options.scenario, [Scenario::Login, Scenario::Validate]);
        assert_eq!(options.database, [Database::Sqlite]);
    }

    #[test]
    fn what_would_never_end_or_cannot_be_measured_is_refused() {
        for argument in ["--accounts=10", "--connections=0", "--seconds=0", "--repeat=1000", "--database=mysql://x"] {
            assert!(CommandLine::try_parse_from(["doorward-bench", argument]).is_err(), "{argument}");
        }
    }

    #[test]
    fn the_password_of_a_database_is_not_shown() {
        let database: Database = "postgres://user:hidden@127.0.0.1/name".parse().unwrap();
        assert_eq!(format!("{database:?}"), "postgres");
    }
}
