//! Starts the program; everything else is in the library beside it.

use std::process::ExitCode;

/// Every password hash takes 19 MiB for a few milliseconds. This allocator gives them back; the system's would keep
/// several of them for each thread that ever hashed (docs/adr/0009).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    // First of all: the HTTP client and the mail client look for it when they are built.
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .expect("nothing has run before that could install one");
    doorward::cli::run()
}
