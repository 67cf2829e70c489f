//! The demo: everything in one folder, one tenant with every feature on, and messages caught in a mailbox.

mod authority;

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use data_encoding::BASE64;
use doorward_flows::App;
use doorward_flows::app::outside::Random;
use doorward_flows::configuration::tenants;
use doorward_model::secret::Secret;
use doorward_model::settings::{
    EmailVerification, HostedPages, InstantSignin, Passkeys, PinAuthentication, SecondFactor,
    Settings as TenantSettings, Voice,
};
use doorward_store::{Store, mailbox, migrate};
use doorward_web::DemoKeys;
use url::Url;

use crate::config::{Database, Finding, Keys, Limits, SecretText, Server as ServerSettings, Settings, Unsound};
use crate::flow_error::to_anyhow;
use crate::outside::{self, MachineRandom};
use crate::serve::{self, Server};
use crate::tls::Https;
use crate::{database, doors};
use authority::Authority;

/// The name of the demo's tenant.
pub const TENANT: &str = "demo";

/// A folder with a database and the master key it was made with.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// The demo's folder at `path`.
    pub fn at(path: impl Into<PathBuf>) -> Folder {
        Folder(path.into())
    }

    /// Settings that use this folder's database and master key, which must be there.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let path = self.master_key();
        let text = fs::read_to_string(&path).with_context(|| {
            format!(
                "reading the master key {}: is {} a folder that `doorward demo` made?",
                path.display(),
                self.0.display()
            )
        })?;
        Ok(Settings {
            database: Database {
                url: Some(SecretText::new(format!("sqlite:{}", self.0.join("doorward.db").display()))),
                ..Database::default()
            },
            keys: Keys { master: Some(SecretText::new(text.trim())), ..Keys::default() },
            ..Settings::default()
        })
    }

    /// Makes the folder and its master key, unless they are there.
    fn prepare(&self) -> anyhow::Result<()> {
        let shown = self.0.display();
        make_folder(&self.0).with_context(|| format!("making the folder {shown}"))?;
        let (key, database) = (self.master_key(), self.0.join("doorward.db"));
        if key.exists() {
            return Ok(());
        }
        if database.exists() {
            bail!(
                "{shown} has a database, but not the master key it was made with; put it back, or remove the folder to start anew"
            );
        }
        write_new_key(&key).with_context(|| format!("writing the master key {}", key.display()))
    }

    fn master_key(&self) -> PathBuf {
        self.0.join("master.key")
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

fn write_new_key(path: &Path) -> io::Result<()> {
    let mut bytes = [0; 32];
    MachineRandom.fill(&mut bytes);
    write_closed(path, &format!("{}\n", BASE64.encode(&bytes)))
}

/// Writes a file that is not there yet and that only its owner can read.
fn write_closed(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// What a newcomer needs to use the demo.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Where it answers, without a trailing slash.
    pub url: String,
    /// The tenant's public key.
    pub api_key: String,
    /// The tenant's secret.
    pub api_secret: Secret,
    /// The page that shows the messages.
    pub mailbox: String,
    /// The certificate that a client of `https` has to trust.
    pub ca: Option<PathBuf>,
}

/// How the demo is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// In clear, which nobody else can hear on loopback.
    Http,
    /// With TLS, for clients that speak nothing else.
    Https,
}

/// A demo whose database is open and not yet running.
pub struct Demo {
    settings: Settings,
    store: Store,
    listen: SocketAddr,
    authority: Option<Authority>,
}

impl Demo {
    /// Prepares the folder and opens its database. Only loopback addresses are taken: the secret is printed, the
    /// mailbox is open to whoever connects.
    pub fn open(folder: &Folder, listen: SocketAddr, scheme: Scheme) -> anyhow::Result<Demo> {
        if !listen.ip().is_loopback() {
            let finding = Finding::new(
                "--listen",
                format!("{listen} is not loopback, and the demo shows every message and code to whoever connects"),
                "Use 127.0.0.1 or [::1] for the demo; for other machines there is `doorward serve`.",
            );
            return Err(Unsound::from(finding).into());
        }
        folder.prepare()?;
        let settings = folder.settings()?;
        let authority = match scheme {
            Scheme::Http => None,
            Scheme::Https => Some(Authority::at(&folder.0)?),
        };
        let store = database::open(&settings.database)?;
        Ok(Demo { settings, store, listen, authority })
    }

    /// Runs until `stop` is done; `started` hears what there is as soon as it answers.
    pub async fn run(
        mut self,
        stop: impl Future<Output = ()> + Send + 'static,
        started: impl FnOnce(Ready) + Send + 'static,
    ) -> anyhow::Result<()> {
        migrate::run(&self.store).await?;
        self.store.write(mailbox::create).await?;
        let listener = serve::bind(self.listen)?;
        let address = listener.local_addr().context("asking for the port")?;
        let certificate = self.authority.as_ref().map(|authority| authority.issue(address.ip())).transpose()?;
        let https = certificate.map(Https::with).transpose()?;
        let url = format!("{}://{address}", if https.is_some() { "https" } else { "http" });
        self.settings.server = ServerSettings { public_url: Some(Url::parse(&url)?), ..ServerSettings::default() };
        // A test suite is one address that asks a lot.
        self.settings.limits = Limits { requests_per_ten_seconds: 0, failures_per_minute: 0, ..Limits::default() };
        let app = serve::app(&self.settings, self.store.clone(), outside::caught(&self.store)).await?;
        let places = Places {
            domains: domains(&url, address),
            origin: passkey_origin(&url, address),
            destinations: destinations(&url, address),
        };
        let mut keys = tenant(&app, &places).await?;
        keys.ca = self.authority.map(|authority| authority.certificate().to_owned());
        let ready = Ready {
            mailbox: format!("{url}/dev/mailbox"),
            url,
            api_key: keys.api_key.clone(),
            api_secret: keys.api_secret.clone(),
            ca: keys.ca.clone(),
        };
        let router = doors::demonstrating(app.clone(), keys);
        let (drain, head_within) = (Duration::from_secs(5), serve::HEAD_WITHIN);
        let server = Server { router, app, listener, https, drain, head_within };
        server.run(stop, move |_| started(ready)).await
    }
}

/// The keys of the demo's tenant, which is made at the first start.
/// Where the demo is found, as its tenant has to know it.
struct Places {
    domains: Vec<String>,
    /// Where passkeys are used.
    origin: String,
    /// Where the hosted pages lead back to.
    destinations: Vec<String>,
}

async fn tenant(app: &App, places: &Places) -> anyhow::Result<DemoKeys> {
    let Some((listed, settings)) = tenants::show(app, TENANT).await.map_err(to_anyhow)? else {
        let created = tenants::create(app, TENANT, &features(places)).await.map_err(to_anyhow)?;
        return Ok(DemoKeys { tenant: TENANT, api_key: created.api_key, api_secret: created.api_secret, ca: None });
    };
    let Places { domains, origin, destinations } = places;
    let is_same = settings.domains == *domains
        && settings.passkeys.origins == [origin.clone()]
        && destinations.iter().all(|url| settings.hosted_pages.leads_to(url));
    if !is_same {
        // Scheme and port may be others than last time.
        let listed = settings.hosted_pages.redirect_urls.iter().filter(|url| !url.ends_with(doorward_web::DEMO_BACK));
        let destinations: Vec<&String> = listed.chain(destinations).collect();
        let changes = [
            ("domains".to_owned(), serde_json::to_string(domains)?),
            ("PassKeysConfig.RPOrigins".to_owned(), serde_json::to_string(&[origin])?),
            ("hostedPages.enabled".to_owned(), "true".to_owned()),
            ("hostedPages.redirectUrls".to_owned(), serde_json::to_string(&destinations)?),
        ];
        tenants::set(app, TENANT, &changes).await.map_err(to_anyhow)?;
    }
    let secret = tenants::secret(app, &listed.id).await.map_err(to_anyhow);
    let secret = secret
        .map_err(|error| anyhow!("{error:#}: the folder's master key is not the one its database was made with"))?;
    Ok(DemoKeys { tenant: TENANT, api_key: listed.api_key, api_secret: secret, ca: None })
}

fn features(places: &Places) -> TenantSettings {
    let hosted_pages = HostedPages {
        enabled: true,
        title: "Demo".to_owned(),
        redirect_urls: places.destinations.clone(),
        ..HostedPages::default()
    };
    TenantSettings {
        email_verification: EmailVerification::Optional,
        phone_login: true,
        user_name_login: true,
        one_touch_login: true,
        // Nothing leaves the machine, so that there is nothing to keep machines from.
        one_touch_captcha: false,
        smart_login: true,
        login_on_password_reset: true,
        pin: PinAuthentication { enabled: true, ..PinAuthentication::default() },
        instant_signin: InstantSignin { email: true, sms: true },
        otp_passwordless: true,
        passwordless_registration: true,
        force_logout: true,
        second_factor: SecondFactor { enabled: true, security_question: true, ..SecondFactor::default() },
        voice: Voice { enabled: true, ..Voice::default() },
        passkeys: Passkeys {
            enabled: true,
            rp_id: PASSKEY_DOMAIN.to_owned(),
            origins: vec![places.origin.clone()],
            ..Passkeys::default()
        },
        hosted_pages,
        domains: places.domains.clone(),
        ..TenantSettings::default()
    }
}

/// The domain that the demo's passkeys are made for: browsers make none for an address.
const PASSKEY_DOMAIN: &str = "localhost";

/// The origin on which they are used, whatever address of loopback the demo listens on.
fn passkey_origin(url: &str, address: SocketAddr) -> String {
    let (scheme, port) = (url.split(':').next().unwrap_or("http"), address.port());
    format!("{scheme}://{PASSKEY_DOMAIN}:{port}")
}

/// Where the demo's application gets people back, under each name of this machine.
fn destinations(url: &str, address: SocketAddr) -> Vec<String> {
    let scheme = url.split("://").next().unwrap_or("http");
    // Of the numbers of this machine only the usual one is an address that a redirect may lead to.
    let hosts = (address.ip() == Ipv4Addr::LOCALHOST)
        .then(|| address.ip().to_string())
        .into_iter()
        .chain(["localhost".to_owned()]);
    hosts.map(|host| format!("{scheme}://{host}:{}{}", address.port(), doorward_web::DEMO_BACK)).collect()
}

/// The origins of the demo itself, and of the applications that are written here.
fn domains(url: &str, address: SocketAddr) -> Vec<String> {
    let mut domains: Vec<String> = address.is_ipv4().then(|| url.to_owned()).into_iter().collect();
    if url.starts_with("https:") {
        domains.push("https://localhost:*".to_owned());
    }
    domains.push("http://localhost:*".to_owned());
    domains
}
