//! What is written to standard error while the program runs.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Format, Level, Logging};

/// Starts to write events. Libraries are heard from `warn` on: what they tell below that may hold what a request held.
pub(crate) fn start(logging: &Logging) {
    let level = match logging.level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    };
    let libraries = if logging.level == Level::Error { "error" } else { "warn" };
    let filter = EnvFilter::new(format!("{libraries},doorward={level}"));
    let colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours)
        .with_writer(std::io::stderr)
        // It would complain on standard error of a line that could not be written there, and panic when that fails:
        // a log that is full or gone must not end the requests.
        .log_internal_errors(false);
    // Only a test has started before; then its events go where it wants them.
    let _ = match logging.format {
        Format::Text => lines.try_init(),
        Format::Json => lines.json().flatten_event(true).try_init(),
    };
}
