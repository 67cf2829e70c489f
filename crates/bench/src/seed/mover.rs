//! People about to move in: as rows of a file, and straight into the database.

use super::draft::{Draft, ordinary};
use super::{BATCH, Home, Seeded, create_tenant};
use crate::household::Household;
use crate::machine::MachineClock;
use crate::population::Population;
use anyhow::{Context, Result};
use doorward_flows::app::outside::Clock;
use doorward_store::Store;
use serde_json::Value;
use std::sync::Arc;
use uuid::Uuid;

/// People about to move into a tenant of their own, with ordinary profiles and the hashes of their passwords.
pub(crate) struct Mover {
    name: String,
    people: Population,
    draft: Arc<Draft>,
    store: Store,
}

impl Mover {
    /// So many people, and an empty tenant beside the one that is `seeded`.
    pub(crate) async fn new(seeded: &Seeded, accounts: u64) -> Result<Mover> {
        let name = format!("bench to move into {}", Uuid::new_v4());
        let created = create_tenant(&seeded.store, &seeded.master, &name, Household::Plain).await?;
        let (people, home) = (Population::of(accounts), Home { id: created.id, ..seeded.home.clone() });
        let draft = Arc::new(Draft::new(people, home, MachineClock.now())?);
        Ok(Mover { name, people, draft, store: seeded.store.clone() })
    }

    /// The name of the tenant.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The people as an import takes them.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Value> {
        self.people.slice(0, self.people.accounts()).map(|person| {
            let mut row = ordinary();
            row["Email"] = person.email().into();
            row["EmailVerified"] = true.into();
            row["PhoneId"] = person.phone().into();
            row["PhoneIdVerified"] = true.into();
            row["PasswordHash"] = self.draft.password_hash().into();
            row
        })
    }

    /// Writes them straight into the database, each batch durable before the next.
    pub(crate) async fn write_raw(&self) -> Result<()> {
        for from in (0..self.people.accounts()).step_by(usize::try_from(BATCH)?) {
            let draft = Arc::clone(&self.draft);
            self.store.write(move |tx| draft.insert_accounts(tx, from)).await.context("adding accounts")?;
        }
        Ok(())
    }
}
