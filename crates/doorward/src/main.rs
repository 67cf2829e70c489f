//! Starts the program; everything else is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    // First of all: the HTTP client and the mail client look for it when they are built.
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .expect("nothing has run before that could install one");
    doorward::cli::run()
}
