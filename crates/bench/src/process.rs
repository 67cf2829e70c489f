//! What the kernel counts of a process: the time it ran and the memory it holds.

use anyhow::{Context, Result};
use serde::Serialize;
use std::fs;
use std::time::Duration;

/// Linux counts processor time in hundredths of a second for whoever reads `/proc`.
const TICK: Duration = Duration::from_millis(10);

/// A process of this machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process(u32);

/// How much memory a process holds, in MiB.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Memory {
    /// All of it: its own, its program text, and the parts of mapped files that it touched.
    pub(crate) resident: f64,
    /// Its own alone.
    pub(crate) private: f64,
}

impl Process {
    pub(crate) fn new(id: u32) -> Process {
        Process(id)
    }

    /// This program.
    pub(crate) fn own() -> Process {
        Process(std::process::id())
    }

    /// The processor time it has used, of all its threads, in the kernel and outside.
    pub(crate) fn processor_time(self) -> Result<Duration> {
        let text = self.read("stat")?;
        processor_time(&text).with_context(|| format!("/proc/{}/stat has an unknown form", self.0))
    }

    /// The memory it holds now.
    pub(crate) fn memory(self) -> Result<Memory> {
        let text = self.read("status")?;
        memory(&text).with_context(|| format!("/proc/{}/status has an unknown form", self.0))
    }

    fn read(self, file: &str) -> Result<String> {
        let path = format!("/proc/{}/{file}", self.0);
        fs::read_to_string(&path).with_context(|| format!("{path} cannot be read: did the process end?"))
    }
}

/// Fields 14 and 15. The second is the program's name in brackets, which may itself hold spaces and brackets.
fn processor_time(stat: &str) -> Option<Duration> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let ticks: Vec<u32> =
        after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    let [user, kernel] = ticks[..] else { return None };
    Some(TICK * (user + kernel))
}

fn memory(status: &str) -> Option<Memory> {
    let mebibytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        let kibibytes: u32 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(f64::from(kibibytes) / 1024.0)
    };
    Some(Memory { resident: mebibytes("VmRSS")?, private: mebibytes("RssAnon")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_found_behind_any_program_name() {
        let stat = "4242 (a (b) c) S 1 2 3 0 -1 4194560 100 0 0 0 250 50 7 7 20 0 9 0 100 200";
        assert_eq!(processor_time(stat), Some(Duration::from_secs(3)));
        assert_eq!(processor_time("4242 (a) S 1"), None);
    }

    #[test]
    fn memory_is_told_in_mebibytes() {
        let status = "Name:\tdoorward\nVmRSS:\t    2048 kB\nRssAnon:\t    1024 kB\n";
        assert_eq!(memory(status), Some(Memory { resident: 2.0, private: 1.0 }));
        assert_eq!(memory("Name:\tdoorward\n"), None);
    }

    #[test]
    fn this_very_process_can_be_read() {
        assert!(Process::own().processor_time().is_ok());
        assert!(Process::own().memory().unwrap().resident > 0.0);
    }
}
