//! `doorward user export`

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, anyhow};
use doorward_flows::App;
use doorward_flows::accounts::export;

use doorward_flows::accounts::export::Hashes;
use doorward_model::id::Uid;
use serde_json::json;

use super::ExportArguments;
use crate::cli::output::{self, counted};
use crate::flow_error::to_anyhow;

/// Accounts read at once.
const PAGE: usize = 250;

pub(super) async fn run(app: &App, arguments: &ExportArguments, as_json: bool) -> anyhow::Result<()> {
    let tenant = super::tenant(app, &arguments.tenant).await?;
    let hashes = if arguments.without_hashes { Hashes::Without } else { Hashes::With };
    let mut file = arguments.out.as_deref().map(create).transpose()?.map(BufWriter::new);
    let (mut after, mut written) = (Uid::new(""), 0);
    loop {
        let page =
            export::export(app, &tenant, after.clone(), i64::try_from(PAGE)?, hashes).await.map_err(to_anyhow)?;
        written += page.len();
        let text: String = page.iter().flat_map(|account| [account.line.as_str(), "\n"]).collect();
        match &mut file {
            Some(file) => file.write_all(text.as_bytes())?,
            None => output::text(&text)?,
        }
        match page.into_iter().next_back() {
            Some(last) => after = last.uid,
            None => break,
        }
    }
    let (Some(mut file), Some(path)) = (file, &arguments.out) else { return Ok(()) };
    file.flush().context("writing the export")?;
    let shown = path.display().to_string();
    if as_json {
        return output::line(&json!({ "written": written, "file": shown }).to_string());
    }
    output::line(&format!("Wrote {} to {shown}, which only you can read.", counted(written as u64, "account")))
}

/// A new file that its owner alone may read: it holds personal data and hashes.
fn create(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => anyhow!("{} is there already: name a file that is not", path.display()),
        _ => anyhow::Error::new(error).context(format!("making {}", path.display())),
    })
}
