//! Stolen passwords in a file of the operator's: the first six bytes of the SHA-1 of each, sorted, found by halving.
//!
//! Of a list of n passwords, one in 2^48 / n others is taken for one of them by chance: with a thousand million, one in
//! 280,000.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, ensure};
use data_encoding::HEXLOWER_PERMISSIVE;
use doorward_flows::app::outside::{BoxFuture, BreachList};
use doorward_model::password::Password;
use doorward_model::secret::Secret;
use tokio::task::spawn_blocking;

#[cfg(test)]
mod tests;

/// What a file begins with: the form and its version.
const MAGIC: &[u8; 8] = b"DWBREACH";
/// Bytes kept of each hash.
const KEPT: usize = 6;

type Entry = [u8; KEPT];

/// The file of `[passwords] breached_list`.
pub(crate) struct BreachFile(Arc<Sorted>);

struct Sorted {
    file: Mutex<File>,
    entries: u64,
}

impl BreachFile {
    /// Opens a file that [`build`] wrote.
    pub(crate) fn open(path: &Path) -> anyhow::Result<BreachFile> {
        let shown = path.display();
        let mut file = File::open(path).with_context(|| format!("opening {shown}"))?;
        let mut magic = [0; MAGIC.len()];
        let is_ours = file.read_exact(&mut magic).is_ok() && &magic == MAGIC;
        ensure!(is_ours, "{shown} was not made by `doorward breached build`");
        let bytes = file.metadata()?.len() - MAGIC.len() as u64;
        ensure!(bytes.is_multiple_of(KEPT as u64), "{shown} is cut short; build it again");
        Ok(BreachFile(Arc::new(Sorted { file: Mutex::new(file), entries: bytes / KEPT as u64 })))
    }
}

impl Sorted {
    /// Some thirty reads of six bytes, nearly all of them from what the system remembers of the file.
    fn find(&self, wanted: Entry) -> io::Result<bool> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut from, mut to) = (0, self.entries);
        while from < to {
            let middle = u64::midpoint(from, to);
            file.seek(SeekFrom::Start(MAGIC.len() as u64 + middle * KEPT as u64))?;
            let mut entry = Entry::default();
            file.read_exact(&mut entry)?;
            match entry.cmp(&wanted) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
                std::cmp::Ordering::Equal => return Ok(true),
            }
        }
        Ok(false)
    }
}

impl BreachList for BreachFile {
    fn holds<'a>(&'a self, sha1: &'a [u8; 20]) -> BoxFuture<'a, anyhow::Result<bool>> {
        Box::pin(async move {
            let (sorted, wanted) = (self.0.clone(), kept(sha1));
            spawn_blocking(move || sorted.find(wanted)).await?.context("reading [passwords] breached_list")
        })
    }
}

/// Makes a file of a list, one password or SHA-1 to a line; how many different ones there were. A line is a hash when it
/// is forty hexadecimal digits, with or without a colon and a count behind them.
pub fn build(list: &Path, to: &Path) -> anyhow::Result<u64> {
    let read = File::open(list).with_context(|| format!("opening {}", list.display()))?;
    let mut entries = Vec::new();
    for line in BufReader::new(read).split(b'\n') {
        let line = line.with_context(|| format!("reading {}", list.display()))?;
        entries.extend(entry(line.strip_suffix(b"\r").unwrap_or(&line)));
    }
    entries.sort_unstable();
    entries.dedup();

    // Written beside it and moved there: a server that reads the file has the old one or the new one.
    let beside = to.with_added_extension("new");
    let writing = || format!("writing {}", to.display());
    let mut file = BufWriter::new(File::create(&beside).with_context(writing)?);
    file.write_all(MAGIC).with_context(writing)?;
    entries.iter().try_for_each(|entry| file.write_all(entry)).with_context(writing)?;
    file.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all()).with_context(writing)?;
    std::fs::rename(&beside, to).with_context(writing)?;
    Ok(entries.len() as u64)
}

/// What is kept of a line; nothing of an empty one, or of one that is no text.
fn entry(line: &[u8]) -> Option<Entry> {
    let digits = line.split(|byte| *byte == b':').next().unwrap_or(line);
    let hash = HEXLOWER_PERMISSIVE.decode(digits).ok().and_then(|hash| <[u8; 20]>::try_from(hash).ok());
    if let Some(hash) = hash {
        return Some(kept(&hash));
    }
    let password = std::str::from_utf8(line).ok().filter(|text| !text.is_empty())?;
    Some(kept(&Password::new(&Secret::new(password)).sha1()))
}

fn kept(sha1: &[u8; 20]) -> Entry {
    std::array::from_fn(|at| sha1[at])
}
