//! Accounts on their way out, in the form in which they come in.

use crate::app::Tenant;
use crate::{App, Error, Result, profile};
use anyhow::Context;
use doorward_model::id::Uid;
use doorward_store::{accounts, passwords};
use serde_json::Value;
use std::sync::Arc;

/// Whether exported accounts bring the hashes of their passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hashes {
    /// They do, in `PasswordHash`.
    With,
    /// They do not.
    Without,
}

/// An account on its way out.
#[derive(Debug)]
pub struct Exported {
    /// Its uid, behind which the next ones follow.
    pub uid: Uid,
    /// The profile as one line of JSON, which [`import`](crate::accounts::import::import) takes back in.
    pub line: String,
}

/// Up to `most` accounts in the order of their uids, those behind `after`.
pub async fn export(app: &App, tenant: &Arc<Tenant>, after: Uid, most: i64, hashes: Hashes) -> Result<Vec<Exported>> {
    let (within, now) = (tenant.clone(), app.now());
    let loaded = app
        .store
        .scan(move |tx| {
            let mut loaded = Vec::new();
            for uid in accounts::uids_after(tx, &within.id, &after, most)? {
                let Some(profile) = profile::load(tx, &within, &uid, now)? else { continue };
                let hash = match hashes {
                    Hashes::With => passwords::current(tx, &within.id, &uid)?.map(|current| current.hash),
                    Hashes::Without => None,
                };
                loaded.push((uid, profile, hash));
            }
            Ok::<_, Error>(loaded)
        })
        .await?;
    loaded.into_iter().map(|(uid, profile, hash)| line(uid, &profile, hash)).collect()
}

fn line(uid: Uid, loaded: &profile::Loaded, hash: Option<String>) -> Result<Exported> {
    let rendered = profile::render(loaded)?;
    let line = match hash {
        Some(hash) => {
            let members = rendered.get().strip_suffix('}').context("a profile is an object")?;
            format!("{members},\"PasswordHash\":{}}}", Value::String(hash))
        }
        None => rendered.get().to_owned(),
    };
    Ok(Exported { uid, line })
}
