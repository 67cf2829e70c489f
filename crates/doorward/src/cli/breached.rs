//! `doorward breached`

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::output;
use crate::outside;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doorward breached build stolen.txt /var/lib/doorward/breached.bin

A line of the list is a password, or its SHA-1 as forty hexadecimal digits with or without :COUNT behind them. The file
has 6 bytes for each, building it takes as much memory; name it in [passwords] breached_list. A running server reads the
file it was started with until it is started again.")]
pub(super) struct BreachedArguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Makes the file that `serve` looks passwords up in.
    Build {
        /// Stolen passwords or their SHA-1, one to a line.
        list: PathBuf,
        /// The file to make, or to replace.
        file: PathBuf,
    },
}

pub(super) fn run(arguments: &BreachedArguments) -> anyhow::Result<()> {
    let Action::Build { list, file } = &arguments.action;
    let count = outside::build_breach_file(list, file)?;
    output::line(&format!("Made {} of {}.", file.display(), output::counted(count, "different password")))
}
