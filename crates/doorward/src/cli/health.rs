//! `doorward health`

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail};

use super::{ConfigArguments, block_on, load, output};
use crate::config::Server;

/// A server that needs longer is as good as none.
const WITHIN: Duration = Duration::from_secs(3);

pub(super) fn run(arguments: &ConfigArguments) -> anyhow::Result<()> {
    let url = address(&load(arguments.config.as_deref())?.server);
    block_on(async {
        // It is on its way to itself and says nothing but this; its certificate has the name that others know it by.
        let client = reqwest::Client::builder().timeout(WITHIN).no_proxy().tls_danger_accept_invalid_certs(true);
        let answer = client.build()?.get(&url).send().await.with_context(|| format!("asking {url}"))?;
        let (status, told) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            bail!("not ready: {told}");
        }
        output::line(&told)
    })
}

fn address(server: &Server) -> String {
    let scheme = if server.tls.files().is_some() { "https" } else { "http" };
    let ip = match server.listen.ip() {
        IpAddr::V4(all) if all.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(all) if all.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        one => one,
    };
    format!("{scheme}://{}/health/ready", SocketAddr::from((ip, server.listen.port())))
}
