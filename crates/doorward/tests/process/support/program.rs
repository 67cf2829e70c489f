//! One run of the program.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use super::{eventually, until};

/// A run that came to its end.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn of(command: &mut Command) -> Ended {
        // A program that was just copied is busy while another test's child, born meanwhile, still holds it open.
        let output = loop {
            match command.stdin(Stdio::null()).output() {
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => thread::yield_now(),
                output => break output.unwrap(),
            }
        };
        Ended {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What a run that succeeded printed.
    #[track_caller]
    pub(crate) fn ok(&self) -> &str {
        assert_eq!(self.code, 0, "{self:?}");
        &self.out
    }

    /// The same as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.ok()).unwrap()
    }

    /// That it failed with this code, printed nothing, and said all of `told`, whatever the line ends.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, told: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        for told in told {
            assert!(self.err.contains(told), "{told:?} is not said: {self:?}");
        }
    }
}

/// A running program, which ends with its test.
pub(crate) struct Program {
    child: Child,
    out: Said,
    err: Said,
}

impl Program {
    pub(crate) fn start(command: &mut Command) -> Program {
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.unwrap();
        let out = Said::by(child.stdout.take().unwrap());
        let err = Said::by(child.stderr.take().unwrap());
        Program { child, out, err }
    }

    /// The first line of standard output that `wanted` sees something in.
    pub(crate) fn printed<T>(&mut self, what: &str, wanted: impl Fn(&str) -> Option<T>) -> T {
        let out = self.out.clone();
        self.look(what, || out.text().lines().find_map(&wanted))
    }

    /// Where `serve` says that it listens.
    pub(crate) fn address(&mut self) -> SocketAddr {
        let err = self.err.clone();
        let address = |line: &str| line.split(|c: char| !(c.is_ascii_digit() || ".:".contains(c))).find_map(parsed);
        self.look("it listens", || err.text().lines().filter(|line| line.contains("listening")).find_map(address))
    }

    fn look<T>(&mut self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        eventually(what, || {
            // Asked first, so that what it said last is not missed.
            let ended = self.child.try_wait().unwrap();
            let seen = look();
            assert!(seen.is_some() || ended.is_none(), "it ended with {ended:?}: {}", self.err.text());
            seen
        })
    }

    /// What was printed so far.
    pub(crate) fn out(&self) -> String {
        self.out.text()
    }

    /// What was logged so far.
    pub(crate) fn log(&self) -> String {
        self.err.text()
    }

    /// Closes the ends of what it prints and logs, as a log collector does that dies.
    pub(crate) fn stop_listening(&self) {
        for said in [&self.out, &self.err] {
            said.0.lock().unwrap().heeded = false;
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// `kill -9`, and waits for the end.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end: exit code and everything that was said.
    pub(crate) fn ended(mut self) -> Ended {
        let status = eventually("the program ends", || self.child.try_wait().unwrap());
        let (out, err) = (self.out.to_the_end(), self.err.to_the_end());
        Ended { code: status.code().unwrap_or(-1), out, err }
    }

    /// Asks it to stop as a supervisor does, and waits for the end.
    pub(crate) fn terminate(self) -> Ended {
        self.signal("TERM");
        self.ended()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn parsed(text: &str) -> Option<SocketAddr> {
    text.parse().ok()
}

/// What a program says on one way; read all the time, so that it never waits for its reader.
#[derive(Clone)]
struct Said(Arc<Mutex<Heard>>);

struct Heard {
    text: String,
    /// Whether more is wanted.
    heeded: bool,
    over: bool,
}

impl Said {
    fn by(pipe: impl Read + Send + 'static) -> Said {
        let heard = Arc::new(Mutex::new(Heard { text: String::new(), heeded: true, over: false }));
        let said = Said(heard.clone());
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines() {
                let line = line.unwrap();
                let mut heard = heard.lock().unwrap();
                if !heard.heeded {
                    break;
                }
                heard.text += &line;
                heard.text.push('\n');
            }
            heard.lock().unwrap().over = true;
        });
        said
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().text.clone()
    }

    fn to_the_end(&self) -> String {
        until("the program closes its output", || self.0.lock().unwrap().over);
        self.text()
    }
}
