//! Measures a running server against the limits of its machine, see `docs/benchmarks.md`.
//!
//! What belongs here: accounts to drive, a load, the limits that are measured beside it, and a report. The server is
//! the real program in a process of its own; the accounts come in through the store.
//! What does not: anything the server itself needs.

mod authenticator;
mod bare;
mod command_line;
mod household;
mod http;
mod import;
mod limit;
mod load;
mod machine;
mod population;
mod process;
mod report;
mod run;
mod scenario;
mod seed;
mod served;
mod stage;
mod statistics;
mod storm;
mod waiting;
mod work;

use clap::Parser;
use command_line::{Command, CommandLine};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let command_line = CommandLine::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = perform(command_line) => outcome,
            () = told_to_stop() => Err(anyhow::anyhow!("stopped by a signal; the servers it started are stopped too")),
        }
    });
    // After a signal a load may still run for some seconds on its own threads; nobody waits for it.
    runtime.shutdown_background();
    outcome.map_or_else(|error| fail(&error), |()| ExitCode::SUCCESS)
}

async fn perform(command_line: CommandLine) -> anyhow::Result<()> {
    match command_line.command {
        Some(Command::Bare { bytes, listen }) => bare::serve(bytes, listen).await,
        None => run::run(command_line.run).await,
    }
}

async fn told_to_stop() {
    let listen = |kind| signal(kind).expect("a process may listen for the signals that stop it");
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate()), listen(SignalKind::interrupt()));
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    report::progress(format_args!("doorward-bench: {error:#}"));
    ExitCode::FAILURE
}
