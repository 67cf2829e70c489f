//! Web origins that belong to a tenant, and what matches them.

/// An entry of the domain list: `https://host[:port]`, `https://*.host` for exactly one more label, or
/// `http://localhost:*` for any port of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    scheme: String,
    host: String,
    port: Port,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Port {
    Any,
    Is(u16),
}

impl Pattern {
    /// Reads an entry; `None` when it is not of one of the three forms.
    pub fn parse(text: &str) -> Option<Pattern> {
        let (scheme, host, port) = split(text)?;
        let port = match port {
            Some("*") if host == "localhost" => Port::Any,
            port => Port::Is(number(&scheme, port)?),
        };
        let labels = host.strip_prefix("*.").unwrap_or(&host);
        is_host(labels).then_some(Pattern { scheme, host, port })
    }

    /// True when `origin`, as a browser sends it, is of this entry: scheme, host and port alike, no part of a host.
    pub fn matches(&self, origin: &str) -> bool {
        let Some((scheme, host, port)) = split(origin) else { return false };
        let Some(port) = number(&scheme, port) else { return false };
        let host_matches = match self.host.strip_prefix("*.") {
            Some(parent) => host.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == parent),
            None => host == self.host,
        };
        let port_matches = self.port == Port::Any || self.port == Port::Is(port);
        scheme == self.scheme && host_matches && port_matches && is_host(&host)
    }
}

/// Scheme, host and port text of `scheme://host[:port]`, lower-cased; nothing may follow.
fn split(text: &str) -> Option<(String, String, Option<&str>)> {
    let (scheme, rest) = text.trim().split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "https" && scheme != "http" {
        return None;
    }
    let (host, port) = match rest.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (rest, None),
    };
    Some((scheme, host.to_ascii_lowercase(), port))
}

fn number(scheme: &str, port: Option<&str>) -> Option<u16> {
    match port {
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => port.parse().ok(),
        Some(_) => None,
        None => Some(if scheme == "https" { 443 } else { 80 }),
    }
}

fn is_host(text: &str) -> bool {
    let label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    !text.is_empty() && text.split('.').all(label)
}

#[cfg(test)]
mod tests;
