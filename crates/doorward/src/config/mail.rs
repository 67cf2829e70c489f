//! `[mail]`

use std::path::PathBuf;

use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::extension::ClientId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Host;

use super::finding::Finding;
use super::secret_text::SecretText;
use super::server::is_loopback_name;

/// The SMTP server that takes outgoing mail. Without `host` no mail can be sent.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// The name of the SMTP server.
    pub host: Option<String>,
    /// Its port; without it 587 for `starttls`, 465 for `tls` and 25 for `none`.
    pub port: Option<u16>,
    /// How the connection is protected; `none` only for a server on this machine.
    pub tls: Security,
    /// The user name to log in with.
    pub user: Option<String>,
    /// The password of `user`.
    pub password: Option<SecretText>,
    /// A file that holds `password`.
    pub password_file: Option<PathBuf>,
    /// The sender, such as `Example <no-reply@example.com>`. Required with `host`.
    pub from: Option<String>,
    /// The name that the SMTP server is greeted with (EHLO): a full host name, or an address. Without it, the host of `public_url`.
    pub hello: Option<String>,
}

/// How the connection to the SMTP server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Starts in clear and must switch to TLS before anything is said.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// In clear.
    None,
}

impl Mail {
    /// The port given, or the usual one for this kind of protection.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Security::Starttls => 587,
            Security::Tls => 465,
            Security::None => 25,
        })
    }

    /// The sender as it is written on the wire: a domain with letters beyond ASCII in its ASCII form, as every server takes
    /// it. The error says why there is none.
    pub fn sender(&self) -> Result<Mailbox, &'static str> {
        let given: Mailbox = self.from.as_deref().ok_or("is not set")?.parse().map_err(|_| "is no address")?;
        let (user, domain) = (given.email.user(), given.email.domain());
        if !user.is_ascii() {
            return Err("has letters beyond ASCII before the @, which most servers refuse");
        }
        let domain =
            if domain.is_ascii() { domain.to_owned() } else { ascii(domain).ok_or("has a domain that cannot be")? };
        let address = Address::new(user, domain).map_err(|_| "is no address")?;
        Ok(Mailbox::new(given.name, address))
    }

    /// Who this program says it is, on a machine that is known as `public_host`. A bare machine name, as containers have,
    /// is refused by many servers.
    pub fn greeting(&self, public_host: Option<&str>) -> ClientId {
        self.hello.as_deref().or(public_host).and_then(client_id).unwrap_or_default()
    }

    pub(super) fn unsound(&self) -> Vec<Finding> {
        let Some(host) = &self.host else { return Vec::new() };
        let mut found = Vec::new();
        if self.tls == Security::None && !is_loopback_name(host) {
            found.push(Finding::new(
                "[mail] tls",
                format!(
                    "is none, but {host} is another machine, and messages carry codes and links that log people in"
                ),
                "Use starttls or tls; none is for a server on this machine.",
            ));
        }
        if self.user.is_some() != self.password.is_some() {
            found.push(Finding::new(
                "[mail] user",
                "a user and a password go together, and only one of them is set",
                "Set user together with password or password_file, or neither.",
            ));
        }
        if let Err(problem) = self.sender() {
            found.push(Finding::new(
                "[mail] from",
                problem,
                "Set it to an address the SMTP server lets you send as, for example from = \"Example <no-reply@example.com>\".",
            ));
        }
        if self.hello.as_deref().is_some_and(|hello| client_id(hello).is_none()) {
            found.push(Finding::new(
                "[mail] hello",
                "is neither a host name nor an address",
                "Leave it out to use the host of public_url, or set it to the name that this machine's address has in DNS.",
            ));
        }
        found
    }
}

fn ascii(domain: &str) -> Option<String> {
    match Host::parse(domain) {
        Ok(Host::Domain(domain)) => Some(domain),
        _ => None,
    }
}

fn client_id(text: &str) -> Option<ClientId> {
    match Host::parse(text).or_else(|_| Host::parse(&format!("[{text}]"))).ok()? {
        Host::Domain(name) => Some(ClientId::Domain(name)),
        Host::Ipv4(address) => Some(ClientId::Ipv4(address)),
        Host::Ipv6(address) => Some(ClientId::Ipv6(address)),
    }
}
