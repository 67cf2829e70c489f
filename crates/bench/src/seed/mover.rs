//! People about to move in: as rows of a file, and straight into the database.

use super::{BATCH, Draft, Seeded, create_tenant, ordinary};
use crate::machine::MachineClock;
use crate::population::Population;
use anyhow::{Context, Result};
use doorward_flows::outside::Clock;
use doorward_store::{Store, Tx};
use serde_json::Value;
use std::sync::Arc;
use uuid::Uuid;

/// People about to move into a tenant of their own, with ordinary profiles and the hashes of their passwords.
pub(crate) struct Mover {
    name: String,
    draft: Arc<Draft>,
    store: Store,
}

impl Mover {
    /// So many people, and an empty tenant beside the one that is `seeded`.
    pub(crate) async fn new(seeded: &Seeded, accounts: u64) -> Result<Mover> {
        let name = format!("bench to move into {}", Uuid::new_v4());
        let created = create_tenant(&seeded.store, &seeded.master, &name).await?;
        let (people, keys) = (Population::of(accounts), Arc::clone(&seeded.keys));
        let draft = Arc::new(Draft::new(people, created.id, keys, MachineClock.now())?);
        Ok(Mover { name, draft, store: seeded.store.clone() })
    }

    /// The name of the tenant.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The people as an import takes them.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Value> {
        let people = self.draft.population;
        people.slice(0, people.accounts()).map(|person| {
            let mut row = ordinary();
            row["Email"] = person.email().into();
            row["EmailVerified"] = true.into();
            row["PhoneId"] = person.phone().into();
            row["PhoneIdVerified"] = true.into();
            row["PasswordHash"] = self.draft.hash.as_str().into();
            row
        })
    }

    /// Writes them straight into the database, each batch durable before the next.
    pub(crate) async fn write_raw(&self) -> Result<()> {
        let people = self.draft.population;
        for from in (0..people.accounts()).step_by(usize::try_from(BATCH)?) {
            let draft = Arc::clone(&self.draft);
            let insert = move |tx: &mut Tx<'_>| {
                let mut batch = people.slice(from, from + BATCH);
                batch.try_for_each(|person| draft.insert_account(tx, person, &draft.ordinary))
            };
            self.store.write(insert).await.context("adding accounts")?;
        }
        Ok(())
    }
}
