//! From where somebody asks, as far as proxies that are believed say.

use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The peer, or what a chain of trusted proxies says in `X-Forwarded-For`: the last address that none of them has.
pub fn address<'a>(peer: IpAddr, forwarded: impl Iterator<Item = &'a str>, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
    let mut client = peer;
    for hop in hops.into_iter().rev() {
        if !is_trusted(&client) {
            break;
        }
        let Some(hop) = parse(hop) else { break };
        client = hop;
    }
    client
}

/// An address as proxies write it: bare, in brackets, or with a port.
pub fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    ip.map(|ip: IpAddr| ip.to_canonical())
}
