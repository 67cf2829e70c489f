//! Where the demo is found: one origin that everything speaks of, and what its tenant has to know of it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use anyhow::Context;
use doorward_model::settings::Settings as TenantSettings;
use url::Url;

use super::Scheme;
use crate::serve;

#[cfg(test)]
mod tests;

/// The domain that the demo's passkeys are made for: browsers make none for an address.
pub(super) const PASSKEY_DOMAIN: &str = "localhost";

/// How often a free port is looked for that is free at both addresses of `localhost`.
const TRIES: usize = 32;

/// Where the demo is found, written as browsers write it: without the usual port of its scheme.
pub(super) struct Places {
    /// What is printed, and what links in messages begin with.
    pub(super) origin: String,
    /// The web origins that belong to the tenant: the demo itself, and applications that are written here.
    pub(super) domains: Vec<String>,
    /// Where passkeys are used.
    pub(super) passkey_origin: String,
    /// Where the hosted pages lead back to, under each name of this machine.
    pub(super) destinations: Vec<String>,
}

impl Places {
    /// Those of a demo that listens on `address`.
    pub(super) fn at(address: SocketAddr, scheme: Scheme) -> Places {
        let by_name = origin(scheme, PASSKEY_DOMAIN, address.port());
        let number = match address.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let by_number = origin(scheme, &number, address.port());
        // Of the numbers of this machine only the usual one is an address that a redirect may lead to.
        let returning = [(address.ip() == Ipv4Addr::LOCALHOST).then_some(&by_number), Some(&by_name)];
        let destinations = returning.into_iter().flatten().map(|origin| format!("{origin}{}", doorward_web::DEMO_BACK));
        let mut domains: Vec<String> = Vec::from_iter(address.is_ipv4().then(|| by_number.clone()));
        if scheme == Scheme::Https {
            domains.push("https://localhost:*".to_owned());
        }
        domains.push("http://localhost:*".to_owned());
        Places {
            destinations: destinations.collect(),
            origin: if other(address.ip()).is_some() { by_name.clone() } else { by_number },
            domains,
            passkey_origin: by_name,
        }
    }

    /// True when the tenant's settings name these places already.
    pub(super) fn are_known_to(&self, settings: &TenantSettings) -> bool {
        settings.domains == self.domains
            && settings.passkeys.origins == [self.passkey_origin.clone()]
            && self.destinations.iter().all(|url| settings.hosted_pages.leads_to(url))
    }

    /// What has to be set so that they do; other destinations of the tenant stay.
    pub(super) fn changes(&self, settings: &TenantSettings) -> anyhow::Result<Vec<(String, String)>> {
        let listed = settings.hosted_pages.redirect_urls.iter().filter(|url| !url.ends_with(doorward_web::DEMO_BACK));
        let destinations: Vec<&String> = listed.chain(&self.destinations).collect();
        Ok(vec![
            ("domains".to_owned(), serde_json::to_string(&self.domains)?),
            ("PassKeysConfig.RPOrigins".to_owned(), serde_json::to_string(&[&self.passkey_origin])?),
            ("hostedPages.enabled".to_owned(), "true".to_owned()),
            ("hostedPages.redirectUrls".to_owned(), serde_json::to_string(&destinations)?),
        ])
    }
}

fn origin(scheme: Scheme, host: &str, port: u16) -> String {
    let scheme = match scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    let url = format!("{scheme}://{host}:{port}");
    Url::parse(&url).map_or(url, |url| url.origin().ascii_serialization())
}

/// The other address of `localhost`, if `ip` is one.
fn other(ip: IpAddr) -> Option<IpAddr> {
    match ip {
        IpAddr::V4(Ipv4Addr::LOCALHOST) => Some(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V6(Ipv6Addr::LOCALHOST) => Some(Ipv4Addr::LOCALHOST.into()),
        _ => None,
    }
}

/// Takes the address, and for `localhost` both of its addresses: clients differ in which of them the name means.
pub(super) fn listen(address: SocketAddr) -> anyhow::Result<Vec<TcpListener>> {
    let mut tries = TRIES;
    loop {
        tries -= 1;
        let first = serve::bind(address)?;
        let Some(other) = other(address.ip()) else { return Ok(vec![first]) };
        let port = first.local_addr().context("asking for the port")?.port();
        match serve::bind((other, port).into()) {
            Ok(second) => return Ok(vec![first, second]),
            Err(error) => match error.downcast_ref::<io::Error>().map(io::Error::kind) {
                Some(io::ErrorKind::AddrInUse) if address.port() == 0 && tries > 0 => {}
                Some(io::ErrorKind::AddrInUse) => return Err(error.context("http://localhost would lead elsewhere")),
                // A machine without the other family has only one `localhost`.
                _ => return Ok(vec![first]),
            },
        }
    }
}
