//! `doorward init`

use std::ffi::OsString;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::{fs, path};

use anyhow::{Context, bail};
use clap::Args;
use url::Url;

use super::output;
use crate::closed;
use crate::config::{SecretText, Settings, Unsound, is_loopback};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doorward init --public-url https://id.example.com
  doorward init --folder /srv/doorward --public-url https://id.example.com \\
    --database-url postgres:///doorward?host=/run/postgresql
  doorward init --public-url https://id.example.com --listen 0.0.0.0:443 \\
    --certificate /etc/doorward/fullchain.pem --key /etc/doorward/privkey.pem

What is there already stays as it is. Everything is closed to other users.")]
pub(super) struct InitArguments {
    /// The folder for all of it, made if it is not there.
    #[arg(long, value_name = "FOLDER", default_value = "doorward")]
    folder: PathBuf,
    /// The address that people and applications will use, such as https://id.example.com.
    #[arg(long, value_name = "URL", value_parser = parse_address)]
    public_url: Url,
    /// The database, as sqlite:PATH or postgres://user:password@host/name; otherwise a file in the folder.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// The address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A proxy that ends TLS in front, by address or network; on loopback and without a certificate this machine's own.
    #[arg(long = "trusted-proxy", value_name = "ADDRESS", conflicts_with = "certificate")]
    trusted_proxies: Vec<String>,
    /// A PEM file with the certificate, where no proxy ends TLS.
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
    /// A PEM file with the key of the certificate.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
}

fn parse_address(text: &str) -> Result<Url, String> {
    let parsed = Url::parse(text).ok().filter(Url::has_host);
    parsed.ok_or_else(|| "write it with its scheme, as https://id.example.com".to_owned())
}

/// What is made, and where.
struct Places {
    settings: PathBuf,
    master_key: PathBuf,
    data: PathBuf,
    database: PathBuf,
}

impl Places {
    fn below(folder: &Path) -> Places {
        let data = folder.join("data");
        Places {
            settings: folder.join("doorward.toml"),
            master_key: folder.join("master.key"),
            database: data.join("doorward.db"),
            data,
        }
    }
}

pub(super) fn run(arguments: &InitArguments) -> anyhow::Result<()> {
    let folder = path::absolute(&arguments.folder).context("finding the folder")?;
    let places = Places::below(&folder);
    let text = settings(arguments, &places);
    require_sound(&text)?;
    let kept = Kept::look(&places, &text)?;
    let inside = arguments.database_url.is_none();
    if inside && places.database.exists() && !kept.master_key {
        bail!(
            "{} is there, but not the master key it was made with; put that back as {}, or choose another folder",
            places.database.display(),
            places.master_key.display()
        );
    }
    let made = |path: &Path| format!("making {}", path.display());
    closed::make_folder(&folder).with_context(|| made(&folder))?;
    if inside {
        closed::make_folder(&places.data).with_context(|| made(&places.data))?;
    }
    if !kept.master_key {
        let key = format!("{}\n", closed::new_master_key());
        closed::write_new(&places.master_key, &key).with_context(|| made(&places.master_key))?;
    }
    if !kept.settings {
        closed::write_new(&places.settings, &text).with_context(|| made(&places.settings))?;
    }
    output::text(&told(&places, &kept, inside))
}

/// What an earlier run made.
struct Kept {
    settings: bool,
    master_key: bool,
}

impl Kept {
    /// Refuses settings that say something else than would be written: they may be in use.
    fn look(places: &Places, text: &str) -> anyhow::Result<Kept> {
        let shown = places.settings.display();
        let settings = match places.settings.exists() {
            false => false,
            true if fs::read_to_string(&places.settings).with_context(|| format!("reading {shown}"))? == text => true,
            true => bail!("{shown} is there already and stays as it is: edit it, or name another place with --folder"),
        };
        Ok(Kept { settings, master_key: places.master_key.exists() })
    }
}

/// The settings file.
fn settings(arguments: &InitArguments, places: &Places) -> String {
    let address = arguments.public_url.as_str().trim_end_matches('/');
    let listen = arguments.listen.to_string();
    let mut text = format!(
        "# Settings of Doorward. docs/config.md has every key.\n\n[server]\npublic_url = {}\nlisten = {}\n",
        quoted(address),
        quoted(&listen)
    );
    let proxies = proxies(arguments);
    if !proxies.is_empty() {
        let quoted: Vec<String> = proxies.iter().map(|proxy| quoted(proxy)).collect();
        text += "# They end TLS in front, and are believed about who the client is.\n";
        let _ = writeln!(text, "trusted_proxies = [{}]", quoted.join(", "));
    }
    if let (Some(certificate), Some(key)) = (&arguments.certificate, &arguments.key) {
        let _ = writeln!(text, "\n[server.tls]\ncertificate = {}\nkey = {}", file(certificate), file(key));
    }
    let own = || format!("sqlite:{}", places.database.display());
    let database = arguments.database_url.clone().unwrap_or_else(own);
    let _ = writeln!(text, "\n[database]\nurl = {}", quoted(&database));
    text += "\n[keys]\n# Keep a copy of it apart from the database: neither is of use without the other.\n";
    let _ = writeln!(text, "master_file = {}", file(&places.master_key));
    text += "\n# Without these two, mail and text messages wait until they expire.\n\
             # [mail]\n# host = \"smtp.example.com\"\n# from = \"Example <id@example.com>\"\n\
             # user = \"doorward\"\n# password_file = \"/etc/doorward/mail.password\"\n\n\
             # [sms]\n# url = \"https://sms.example.com/messages\"\n";
    text
}

/// Whoever ends TLS for a server that listens on this machine alone is on this machine.
fn proxies(arguments: &InitArguments) -> Vec<String> {
    let ip = arguments.listen.ip();
    let has_own = arguments.trusted_proxies.is_empty() && arguments.certificate.is_none();
    if has_own && ip.is_loopback() && !is_loopback(&arguments.public_url) {
        return vec![ip.to_string()];
    }
    arguments.trusted_proxies.clone()
}

/// A file by its whole path: the server may be started elsewhere.
fn file(path: &Path) -> String {
    quoted(&path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string())
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// Refuses to write what `serve` would refuse to start with.
fn require_sound(text: &str) -> anyhow::Result<()> {
    let mut settings: Settings = toml::from_str(text).context("putting the settings together")?;
    // It is not written yet, or another that is as good.
    settings.keys.master = Some(SecretText::new(closed::new_master_key()));
    match settings.unsound() {
        found if found.is_empty() => Ok(()),
        found => Err(Unsound(found).into()),
    }
}

fn told(places: &Places, kept: &Kept, inside: bool) -> String {
    let mut told = match (kept.settings, kept.master_key) {
        (true, true) => "All of it is there already; nothing was changed.\n".to_owned(),
        (false, true) => "The settings are made; the master key was there already.\n".to_owned(),
        (true, false) => "The master key is made; the settings were there already.\n".to_owned(),
        (false, false) => "The settings and a new master key are made.\n".to_owned(),
    };
    let mut line = |what: &str, path: &Path| {
        writeln!(told, "  {what:<10}  {}", path.display()).expect("text takes all that is written to it");
    };
    line("Settings", &places.settings);
    line("Master key", &places.master_key);
    if inside {
        line("Database", &places.database);
    }
    let program = program();
    format!(
        "{told}
Keep a copy of the master key apart from the database. Next, as the user that the server will run as:

  export DOORWARD_CONFIG={}
  {program} migrate
  {program} tenant create acme
  {program} serve
",
        in_shell(&places.settings.display().to_string())
    )
}

/// This program as it was called, so that the lines can be pasted where this one was typed.
fn program() -> String {
    let called = std::env::args_os().next().map(OsString::into_string).and_then(Result::ok);
    in_shell(&called.unwrap_or_else(|| "doorward".to_owned()))
}

/// A text as one word of a shell.
fn in_shell(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@".contains(c);
    if text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
