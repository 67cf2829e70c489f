//! A PostgreSQL server that only its test knows.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::database::{ask, execute};
use super::{Authority, Issued, until};

/// Started by the script that starts the server of all tests.
pub(crate) struct Cluster {
    /// Ends the server when its input is closed.
    script: Child,
    /// As its superuser, who needs no password.
    pub(crate) url: String,
    pub(crate) port: String,
    /// The way through its pooler, if it has one.
    pub(crate) pooler: String,
}

impl Cluster {
    /// `None` where tests have no PostgreSQL.
    pub(crate) fn start(options: &[&str]) -> Option<Cluster> {
        std::env::var_os("DOORWARD_TEST_POSTGRES")?;
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/postgres-for-tests");
        let told = "echo \"$DOORWARD_TEST_POSTGRES $DOORWARD_TEST_POOLER\"; cat";
        let command = [options, &["sh", "-c", told]].concat();
        let spawned = Command::new(script).args(command).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut script = spawned.unwrap();
        let mut line = String::new();
        BufReader::new(script.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let (url, pooler) = line.trim_end_matches('\n').split_once(' ').expect("the server was started");
        let (place, _) = url.rsplit_once('/').unwrap();
        let port = place.rsplit_once(':').unwrap().1.to_owned();
        Some(Cluster { url: url.to_owned(), port, pooler: pooler.to_owned(), script })
    }

    pub(crate) fn execute(&self, sql: &str) {
        execute(&self.url, sql);
    }

    /// Has it read its settings again; whoever connects after that meets the new ones.
    pub(crate) fn reload(&self) {
        const LOADED: &str = "SELECT pg_conf_load_time()";
        let before = ask(&self.url, LOADED);
        self.execute("SELECT pg_reload_conf()");
        until("the settings are read", || ask(&self.url, LOADED) != before);
    }

    /// Has it speak TLS with this certificate, and take those of clients that `authority` signed.
    pub(crate) fn speak_tls(&self, authority: &Authority, own: &Issued) {
        let (certificate, key) = own.pems();
        for (file, pem) in [("root.crt", authority.pem()), ("server.crt", certificate), ("server.key", key)] {
            self.execute(&format!(
                "COPY (SELECT unnest(string_to_array('{}', E'\\n'))) TO PROGRAM 'umask 077; cat > {file}'",
                pem.trim_end()
            ));
        }
        self.execute("ALTER SYSTEM SET ssl_ca_file = 'root.crt'");
        self.execute("ALTER SYSTEM SET ssl = on");
        self.reload();
    }

    /// Lets `doorward` in without a password, and others by these rules of `pg_hba.conf`.
    pub(crate) fn admit(&self, rules: &[&str]) {
        let rules = [&["host all doorward 127.0.0.1/32 trust"], rules].concat().join("\n");
        self.execute(&format!(
            "COPY (SELECT unnest(string_to_array('{rules}', E'\\n'))) TO PROGRAM 'cat > pg_hba.conf'"
        ));
        self.reload();
    }

    /// Its URL for somebody else, with more behind it.
    pub(crate) fn url_of(&self, login: &str, host: &str, rest: &str) -> String {
        format!("postgres://{login}@{host}:{}/{rest}", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        // The test has said all it had to say.
        let _ = self.script.wait();
    }
}
