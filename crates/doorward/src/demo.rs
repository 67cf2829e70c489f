//! The demo: everything in one folder, one tenant with every feature on, and messages caught in a mailbox.

mod authority;
mod places;

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use doorward_flows::App;
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
use crate::outside;
use crate::serve::{self, Server};
use crate::tls::Https;
use crate::{closed, database, doors};
use authority::Authority;
use places::{PASSKEY_DOMAIN, Places};

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
        closed::make_folder(&self.0).with_context(|| format!("making the folder {shown}"))?;
        let (key, database) = (self.master_key(), self.0.join("doorward.db"));
        if key.exists() {
            return Ok(());
        }
        if database.exists() {
            bail!(
                "{shown} has a database, but not the master key it was made with; put it back, or remove the folder to start anew"
            );
        }
        let made = format!("{}\n", closed::new_master_key());
        closed::write_new(&key, &made).with_context(|| format!("writing the master key {}", key.display()))
    }

    fn master_key(&self) -> PathBuf {
        self.0.join("master.key")
    }
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
        let listeners = places::listen(self.listen)?;
        let address = listeners[0].local_addr().context("asking for the port")?;
        let certificate = self.authority.as_ref().map(|authority| authority.issue(address.ip())).transpose()?;
        let https = certificate.map(Https::with).transpose()?;
        let places = Places::at(address, if https.is_some() { Scheme::Https } else { Scheme::Http });
        let url = places.origin.clone();
        self.settings.server = ServerSettings { public_url: Some(Url::parse(&url)?), ..ServerSettings::default() };
        // A test suite is one address that asks a lot.
        self.settings.limits = Limits { requests_per_ten_seconds: 0, failures_per_minute: 0, ..Limits::default() };
        let app = serve::app(&self.settings, self.store.clone(), outside::caught(&self.store)).await?;
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
        let server = Server { router, app, listeners, https, drain, head_within };
        server.run(stop, move |_| started(ready)).await
    }
}

/// The keys of the demo's tenant, which is made at the first start and follows where the demo is found.
async fn tenant(app: &App, places: &Places) -> anyhow::Result<DemoKeys> {
    let Some((listed, stored)) = tenants::open(app, TENANT).await.map_err(to_anyhow)? else {
        let created = tenants::create(app, TENANT, &features(places)).await.map_err(to_anyhow)?;
        return Ok(DemoKeys { tenant: TENANT, api_key: created.api_key, api_secret: created.api_secret, ca: None });
    };
    if !places.are_known_to(&stored.settings) {
        // Scheme and port may be others than last time.
        let changes = places.changes(&stored.settings)?;
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
            origins: vec![places.passkey_origin.clone()],
            ..Passkeys::default()
        },
        hosted_pages,
        domains: places.domains.clone(),
        ..TenantSettings::default()
    }
}
