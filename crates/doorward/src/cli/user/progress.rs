//! How far it is, on standard error, when that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over so many bytes.
pub(super) fn bar(bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes);
    let style = ProgressStyle::with_template("{bar:40} {percent:>3}%  {msg}  {elapsed} (about {eta} left)");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
