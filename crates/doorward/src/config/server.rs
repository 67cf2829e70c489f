//! `[server]`

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use url::{Host, Url};

use super::Tls;
use super::finding::Finding;

/// Where the server listens and under which address the world reaches it.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on, speaking plain HTTP unless `[server.tls]` is set. Without TLS, anything but loopback needs `trusted_proxies`.
    #[schemars(with = "String")]
    pub listen: SocketAddr,
    /// The address people and applications use, such as `https://id.example.com`. Required by `serve`: links in messages are made from it, never from what a request claims.
    #[schemars(with = "Option<String>")]
    pub public_url: Option<Url>,
    /// Addresses or networks of the proxies that end TLS in front of this server; only they are believed about who the client is.
    #[serde(deserialize_with = "networks")]
    #[schemars(with = "Vec<String>")]
    pub trusted_proxies: Vec<IpNet>,
    /// How long running requests may take to finish after SIGTERM, in seconds.
    pub drain_seconds: u64,
    /// The certificate of a server that speaks https itself. Without it the server speaks plain HTTP, to a proxy in front of it.
    ///
    /// Both files are read again when they change, and on SIGHUP; connections stay open. A pair that cannot be used
    /// is logged, and the one before stays.
    pub tls: Tls,
}

impl Default for Server {
    fn default() -> Server {
        Server {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            trusted_proxies: Vec::new(),
            drain_seconds: 30,
            tls: Tls::default(),
        }
    }
}

/// A drain longer than this would outlast every supervisor's patience.
const LONGEST_DRAIN: u64 = 600;

impl Server {
    /// The host of `public_url`.
    pub fn public_host(&self) -> Option<&str> {
        self.public_url.as_ref()?.host_str()
    }

    /// That there are no settings of a server: nobody said where it is found.
    pub fn unset(&self) -> Vec<Finding> {
        let finding = || {
            Finding::new(
                "[server] public_url",
                "is not set, so links in messages would have to believe the Host header, which any client can forge",
                "Set it to the address people use, for example public_url = \"https://id.example.com\", or name the settings \
                 file with --config.",
            )
        };
        Vec::from_iter(self.public_url.is_none().then(finding))
    }

    pub(super) fn unsound(&self) -> Vec<Finding> {
        let mut found = self.public_url.as_ref().map_or_else(|| self.unset(), unsound_url);
        let is_in_clear = self.tls.files().is_none() && self.trusted_proxies.is_empty();
        if !self.listen.ip().is_loopback() && is_in_clear {
            found.push(Finding::new(
                "[server] listen",
                format!(
                    "{} is not loopback, and plain HTTP there shows passwords and tokens to the network",
                    self.listen
                ),
                "Set certificate and key in [server.tls], or put a proxy that ends TLS in front and list it in trusted_proxies, or listen on 127.0.0.1.",
            ));
        }
        if self.tls.files().is_some() && self.public_url.as_ref().is_some_and(|url| url.scheme() != "https") {
            found.push(Finding::new(
                "[server] public_url",
                "is not https, but [server.tls] makes this server speak nothing else",
                "Use the https address.",
            ));
        }
        found.extend(self.tls.unsound());
        if self.trusted_proxies.iter().any(|network| network.prefix_len() == 0) {
            found.push(Finding::new(
                "[server] trusted_proxies",
                "trusts every address, so each client could choose the address that its limits are counted under",
                "List only the addresses or networks of your own proxies.",
            ));
        }
        if self.drain_seconds > LONGEST_DRAIN {
            found.push(Finding::new(
                "[server] drain_seconds",
                format!("{} is more than {LONGEST_DRAIN}", self.drain_seconds),
                "Choose less than your supervisor waits before it kills the process; 30 is usual.",
            ));
        }
        found
    }
}

fn unsound_url(url: &Url) -> Vec<Finding> {
    let mut found = Vec::new();
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url)) {
        found.push(Finding::new(
            "[server] public_url",
            format!("{url} is not https, and links in messages carry tokens"),
            "Use the https address; plain http is for localhost only.",
        ));
    }
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !bare || !url.username().is_empty() || url.password().is_some() {
        found.push(Finding::new(
            "[server] public_url",
            "has more than a scheme, a host and a port, but the API stands at the root of its host",
            "Leave out the path, the query and the user, as in https://id.example.com.",
        ));
    }
    found
}

/// True when the host of `url` can only be this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_loopback_name(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// True when `host`, a name or an address, can only be this machine.
pub(crate) fn is_loopback_name(host: &str) -> bool {
    let host = host.trim_end_matches('.').trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let listed = Vec::<String>::deserialize(deserializer)?;
    listed
        .iter()
        .map(|text| text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)))
        .collect::<Result<_, _>>()
        .map_err(|_| de::Error::custom("each proxy is an address like 10.0.0.5 or a network like 10.0.0.0/24"))
}
