//! Files and folders that only their owner can read, and that are never written over.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use data_encoding::BASE64;
use doorward_flows::app::outside::Random;

use crate::outside::MachineRandom;

/// Makes the folder, and those around it, unless it is there.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Writes a file that is not there yet.
pub(crate) fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A new master key, as it is written down.
pub(crate) fn new_master_key() -> String {
    let mut bytes = [0; 32];
    MachineRandom.fill(&mut bytes);
    BASE64.encode(&bytes)
}
