//! How a command ends: its exit code, and what it says when it failed.

use std::io;
use std::process::ExitCode;

use anyhow::Error;
use doorward_flows::app::installation::OtherMasterKey;

use super::output;
use crate::config::Unsound;
use crate::database::Outdated;

#[cfg(test)]
mod tests;

const FAILED: u8 = 1;
// 2, wrong usage, is given by the reader of the arguments.
const SETTINGS: u8 = 3;
const DATABASE: u8 = 4;

/// Tells what went wrong, if anything did, and gives the code to leave with.
pub(super) fn code(ended: anyhow::Result<()>) -> ExitCode {
    let Err(error) = ended else { return ExitCode::SUCCESS };
    if is_closed_pipe(&error) {
        // Whoever reads has seen enough: `doorward openapi | head` is no failure.
        return ExitCode::SUCCESS;
    }
    output::complain(&format!("doorward: {error:#}"));
    ExitCode::from(kind(&error))
}

fn kind(error: &Error) -> u8 {
    let holds = |found: fn(&(dyn std::error::Error + 'static)) -> bool| error.chain().any(found);
    match () {
        () if holds(<dyn std::error::Error>::is::<Unsound>) => SETTINGS,
        () if holds(<dyn std::error::Error>::is::<OtherMasterKey>) => SETTINGS,
        () if holds(<dyn std::error::Error>::is::<doorward_store::Error>) => DATABASE,
        () if holds(<dyn std::error::Error>::is::<Outdated>) => DATABASE,
        () => FAILED,
    }
}

fn is_closed_pipe(error: &Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
