//! `doorward completions` and `doorward man`

use std::fs;
use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, output};

const NAME: &str = "doorward";

pub(super) fn print_completions(shell: Shell) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut script);
    output::text(&String::from_utf8(script)?)
}

pub(super) fn run(folder: Option<&Path>) -> anyhow::Result<()> {
    let Some(folder) = folder else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        return output::text(&String::from_utf8(page)?);
    };
    let write = || {
        fs::create_dir_all(folder)?;
        clap_mangen::generate_to(Cli::command(), folder)
    };
    write().with_context(|| format!("writing to {}", folder.display()))?;
    output::line(&format!("Wrote a page for each command to {}.", folder.display()))
}
