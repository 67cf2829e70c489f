//! `doorward health`

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use super::{ConfigArguments, block_on, output, sound};
use crate::config::Server;

/// A server that needs longer is as good as none.
const WITHIN: Duration = Duration::from_secs(3);

pub(super) fn run(arguments: &ConfigArguments) -> anyhow::Result<()> {
    // Whatever listens on the usual port is not this server unless somebody set one up.
    let settings = sound(arguments.config.as_deref(), |settings| settings.server.unset())?;
    let url = address(&settings.server);
    block_on(async {
        // It is on its way to itself and says nothing but this; its certificate has the name that others know it by.
        let client = reqwest::Client::builder().timeout(WITHIN).no_proxy().tls_danger_accept_invalid_certs(true);
        let answer = client.build()?.get(&url).send().await;
        let answer =
            answer.with_context(|| format!("asking {url}: is `doorward serve` running with these settings?"))?;
        let (status, told) = (answer.status(), answer.text().await?);
        let told_status =
            serde_json::from_str::<Value>(&told).ok().and_then(|told| told["status"].as_str().map(str::to_owned));
        let Some(told_status) = told_status else { bail!("{url} is answered by another program, with {status}") };
        if !status.is_success() {
            bail!("not ready: {told_status}; `doorward doctor` says what to do");
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
