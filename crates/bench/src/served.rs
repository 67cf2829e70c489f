//! The programs that are measured: each runs as a child process on a free port of the loopback, and ends with us.

use crate::http::{Connection, get};
use crate::process::Process;
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// A server that does not answer after so long never will.
const START_WITHIN: Duration = Duration::from_mins(1);

/// How often it is asked meanwhile.
const BETWEEN_PROBES: Duration = Duration::from_millis(1);

/// Longer than the server's own patience with requests under way.
const STOP_WITHIN: Duration = Duration::from_secs(45);

/// A program that can be started.
#[derive(Clone)]
pub(crate) enum Program {
    /// The server.
    Doorward(Doorward),
    /// The bare endpoint, which answers so many bytes.
    Bare(usize),
}

/// How the server is set up.
#[derive(Clone)]
pub(crate) struct Doorward {
    /// Its binary.
    pub(crate) path: PathBuf,
    /// The folder it runs in.
    pub(crate) folder: PathBuf,
    /// The URL of its database.
    pub(crate) database: String,
    /// Its master key.
    pub(crate) master: [u8; 32],
    /// What takes its text messages.
    pub(crate) gateway: SocketAddr,
    /// Where its log goes.
    pub(crate) log: Option<PathBuf>,
}

impl Program {
    fn command(&self, address: SocketAddr) -> Result<Command> {
        match self {
            Program::Doorward(doorward) => doorward.command(address),
            Program::Bare(bytes) => {
                let own = std::env::current_exe().context("finding this program")?;
                let mut command = Command::new(own);
                command.args(["bare", "--bytes", &bytes.to_string(), "--listen", &address.to_string()]);
                Ok(command)
            }
        }
    }

    /// The path that answers 200 as soon as there is a server.
    fn probe(&self) -> &'static str {
        match self {
            Program::Doorward(_) => "/health/ready",
            Program::Bare(_) => "/",
        }
    }
}

impl Doorward {
    /// Settings come through variables alone, so that no file of the machine is mixed in.
    fn command(&self, address: SocketAddr) -> Result<Command> {
        let log = match &self.log {
            Some(path) => {
                File::options().create(true).append(true).open(path).context("opening the server's log")?.into()
            }
            None => Stdio::null(),
        };
        let mut command = self.program();
        command.arg("serve").stderr(log).envs([
            ("DOORWARD_SERVER_LISTEN", address.to_string()),
            ("DOORWARD_SERVER_PUBLIC_URL", format!("http://{address}")),
            // All the load comes from one address.
            ("DOORWARD_LIMITS_REQUESTS_PER_TEN_SECONDS", "0".to_owned()),
            ("DOORWARD_LIMITS_FAILURES_PER_MINUTE", "0".to_owned()),
            // People are few, and in a hurry.
            ("DOORWARD_LIMITS_REQUESTS_PER_IDENTIFIER_PER_MINUTE", "0".to_owned()),
            ("DOORWARD_SMS_URL", format!("http://{}/", self.gateway)),
        ]);
        Ok(command)
    }

    /// The command that moves the accounts of a file into this tenant.
    pub(crate) fn import(&self, file: &Path, tenant: &str) -> Command {
        let mut command = self.program();
        command.args(["user", "import", "--tenant", tenant]).arg(file).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    fn program(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.current_dir(&self.folder).env_clear().envs([
            ("DOORWARD_DATABASE_URL", self.database.clone()),
            ("DOORWARD_KEYS_MASTER", data_encoding::BASE64.encode(&self.master)),
        ]);
        command
    }
}

/// A program that runs. It is killed when this goes.
pub(crate) struct Served {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// How long it took from its start to its first 200.
    pub(crate) started_in: Duration,
    process: Process,
    child: Child,
}

impl Served {
    /// Starts a program and waits until it answers.
    pub(crate) async fn start(program: &Program) -> Result<Served> {
        let address = free_address()?;
        let mut command = program.command(address)?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
        let begun = Instant::now();
        let mut child = command.spawn().context("starting a server")?;
        let id = child.id().context("the server ended at once")?;
        while !answers(address, program.probe()).await {
            if let Some(status) = child.try_wait()? {
                bail!("the server ended before it answered ({status}); run again with --server-log FILE to see why");
            }
            if begun.elapsed() > START_WITHIN {
                bail!("the server did not answer within {} s", START_WITHIN.as_secs());
            }
            tokio::time::sleep(BETWEEN_PROBES).await;
        }
        Ok(Served { address, started_in: begun.elapsed(), process: Process::new(id), child })
    }

    /// What the kernel counts of it.
    pub(crate) fn process(&self) -> Process {
        self.process
    }

    /// Ends it as an operator would, so that it leaves its database in order.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let id = self.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        kill_process(id.context("the server had ended by itself")?, Signal::TERM)?;
        let ended = tokio::time::timeout(STOP_WITHIN, self.child.wait()).await;
        let status = ended.with_context(|| format!("the server did not stop within {} s", STOP_WITHIN.as_secs()))??;
        if !status.success() {
            bail!("the server did not stop in order: {status}");
        }
        Ok(())
    }
}

fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("looking for a free port")?;
    Ok(listener.local_addr()?)
}

async fn answers(address: SocketAddr, path: &str) -> bool {
    let mut request = Vec::new();
    get(&mut request, format_args!("{path}"), format_args!(""));
    let Ok(mut connection) = Connection::open(address).await else { return false };
    connection.exchange(&request).await.is_ok_and(|answer| answer.status == 200)
}
