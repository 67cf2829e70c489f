//! One installed Doorward: a folder with its settings, and its database.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::Certificate;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::database::Database;
use super::{Api, Ended, Keys, Program, Provider};

/// The master key of every installation.
pub(crate) const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// The tenant of every installation.
pub(crate) const TENANT: &str = "acme";

/// An installation that ends with its test; the running program must go first.
pub(crate) struct Installation {
    folder: TempDir,
    database: Database,
    variables: BTreeMap<String, String>,
}

impl Installation {
    /// Settings, and a database that is not yet migrated. No limit holds for one address: a test is one.
    pub(crate) fn bare() -> Installation {
        let folder = TempDir::new().unwrap();
        let database = Database::create(folder.path());
        let installation = Installation { folder, database, variables: BTreeMap::new() };
        installation.write_settings();
        installation
    }

    /// The same with the tenant [`TENANT`], phone and user-name login on.
    pub(crate) fn new() -> (Installation, Keys) {
        let installation = Installation::bare();
        let keys = installation.create_tenant();
        (installation, keys)
    }

    /// The same with text messages going to a service that takes them.
    pub(crate) fn with_sms() -> (Installation, Keys, Provider) {
        let (mut installation, keys) = Installation::new();
        let sms = Provider::sms();
        installation.send_texts_to(&sms);
        (installation, keys, sms)
    }

    fn write_settings(&self) {
        let url = self.database.url();
        let settings = format!(
            r#"
            [server]
            listen = "127.0.0.1:0"
            public_url = "http://localhost"
            [database]
            url = "{url}"
            threads = 8
            [keys]
            master = "{MASTER_KEY}"
            [limits]
            requests_per_ten_seconds = 0
            failures_per_minute = 0
            requests_per_identifier_per_minute = 0
            [logging]
            format = "json"
            "#
        );
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.path("doorward.toml"));
        file.unwrap().write_all(settings.as_bytes()).unwrap();
    }

    pub(crate) fn create_tenant(&self) -> Keys {
        let settings = json!({ "IsPhoneLogin": true, "IsUserNameLogin": true, "EmailVerificationFlow": "optional" });
        fs::write(self.path("acme.json"), settings.to_string()).unwrap();
        self.run(&["migrate"]).ok();
        Keys::of(&self.run(&["tenant", "create", TENANT, "--settings", "acme.json", "--json"]).json())
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Sets a `DOORWARD_SECTION_KEY` for every run from here on.
    pub(crate) fn set(&mut self, name: &str, value: impl ToString) {
        self.variables.insert(format!("DOORWARD_{name}"), value.to_string());
    }

    pub(crate) fn send_texts_to(&mut self, provider: &Provider) {
        self.set("SMS_URL", format!("http://{}/send", provider.address()));
        self.set("SMS_BODY", r##"{"to":"#receiver#","text":"#template#","id":"#id#"}"##);
        self.set("SMS_TIMEOUT_SECONDS", 2);
    }

    pub(crate) fn send_calls_to(&mut self, provider: &Provider) {
        self.set("VOICE_URL", format!("http://{}/call", provider.address()));
        self.set("VOICE_BODY", r##"{"to":"#receiver#","text":"#voice# #language#: #template#","id":"#id#"}"##);
        self.set("VOICE_TIMEOUT_SECONDS", 2);
    }

    pub(crate) fn send_mail_to(&mut self, provider: &Provider) {
        self.set("MAIL_HOST", "127.0.0.1");
        self.set("MAIL_PORT", provider.address().port());
        self.set("MAIL_TLS", "none");
        self.set("MAIL_FROM", "Doorward <no-reply@example.com>");
    }

    /// A command of the program in the folder, without any setting from outside.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
        command.args(arguments).current_dir(self.folder.path()).env_clear().envs(&self.variables);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(&mut self.command(arguments))
    }

    /// `doorward tenant set`.
    pub(crate) fn set_tenant(&self, change: &str) {
        self.run(&["tenant", "set", TENANT, change]).ok();
    }

    /// `doorward serve`, and a caller for it with these keys.
    pub(crate) fn serve(&self, keys: &Keys) -> (Program, Api) {
        let mut program = Program::start(&mut self.command(&["serve"]));
        let api = Api::new(&format!("http://{}", program.address()), keys);
        (program, api)
    }

    /// `doorward demo`, and a caller for it.
    pub(crate) fn demo(&self, arguments: &[&str]) -> (Program, Api, Value) {
        let arguments = [&["demo", "--json", "--listen", "127.0.0.1:0", "--data", "demo"], arguments].concat();
        let mut program = Program::start(&mut self.command(&arguments));
        let ready: Value = program.printed("the line of the demo", |line| serde_json::from_str(line).ok());
        let authority = ready["ca"].as_str().map(|path| Certificate::from_pem(&fs::read(path).unwrap()).unwrap());
        let api = Api::trusting(authority.as_slice(), ready["url"].as_str().unwrap(), &Keys::of(&ready));
        (program, api, ready)
    }

    pub(crate) fn execute(&self, sql: &str) {
        self.database.execute(sql);
    }

    pub(crate) fn check_integrity(&self) {
        self.database.check_integrity();
    }

    /// The SQLite file; `None` on a database server.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        match &self.database {
            Database::Sqlite(path) => Some(path.into()),
            Database::Postgres { .. } => None,
        }
    }

    pub(crate) fn cut_off_database(&self) {
        self.database.cut_off();
    }

    pub(crate) fn let_database_in(&self) {
        self.database.let_in();
    }
}
