//! The only place that writes to standard output, and to standard error for a person.

use std::io::{self, Write};

/// Prints text as it is.
pub(super) fn text(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Prints a line.
pub(super) fn line(line: &str) -> anyhow::Result<()> {
    text(&format!("{line}\n"))
}

/// Says what went wrong.
pub(super) fn complain(problem: &str) {
    // Nobody can be told when even this fails.
    let _ = writeln!(io::stderr(), "{problem}");
}

/// So many things: `1 account`, `2 accounts`.
pub(super) fn counted(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}
