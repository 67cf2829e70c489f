//! Fills the database: through the store, many accounts in one transaction, as nobody could over HTTP.

use crate::authenticator::Authenticator;
use crate::household::Household;
use crate::machine::{MachineClock, MachineRandom};
use crate::population::{Factor, Person, Population};
use crate::waiting::Waiting;
use crate::work::{CODE, Tenant};
use anyhow::{Context, Result, anyhow};
use doorward_flows::app::Velocity;
use doorward_flows::app::hashing::HashPool;
use doorward_flows::app::outside::{Clock, Outside};
use doorward_flows::challenge;
use doorward_flows::configuration::tenants;
use doorward_flows::factors::{mfa, passkey};

use doorward_flows::{App, Setup};
use doorward_model::id::TenantId;
use doorward_model::keys::{Digest, Keys, Purpose as KeyPurpose};
use doorward_model::time::{Span, Timestamp};
use doorward_store::challenges::{self, Purpose, Quota};
use doorward_store::identifiers::Kind;
use doorward_store::{Store, Tx, mfa_codes, mfa_transactions, passkey_ceremonies};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;
use tokio::task::JoinSet;

mod draft;
mod mover;

use draft::Draft;
pub(crate) use mover::Mover;

/// Accounts in one transaction: a few tens of milliseconds.
const BATCH: u64 = 250;

/// Transactions under way at once; PostgreSQL takes them side by side.
const AT_ONCE: usize = 8;

/// Sessions and codes live until long after the benchmark.
const LIFE: Span = Span::days(7);

/// A tenant full of accounts.
pub(crate) struct Seeded {
    /// How it is called.
    pub(crate) tenant: Tenant,
    /// What its rows are bound to.
    pub(crate) home: Home,
    master: [u8; 32],
    store: Store,
}

/// What the rows of a tenant are bound to.
#[derive(Clone)]
pub(crate) struct Home {
    /// The tenant's id.
    pub(crate) id: TenantId,
    /// What its people do.
    pub(crate) household: Household,
    /// The keys that its tokens are hashed with.
    pub(crate) keys: Arc<Keys>,
    /// What signs for everybody who has a passkey.
    authenticator: Arc<Authenticator>,
}

impl Home {
    #[cfg(test)]
    fn for_tests() -> Home {
        Home {
            id: TenantId::new("t"),
            household: Household::Plain,
            keys: Arc::new(Keys::derive(&[7; 32], &[])),
            authenticator: Arc::new(Authenticator::new().expect("a key can be made")),
        }
    }
}

impl Seeded {
    /// Makes a tenant with so many accounts. `master` is the key that the server will be given.
    pub(crate) async fn new(store: &Store, master: [u8; 32], household: Household, accounts: u64) -> Result<Seeded> {
        let name = format!("{} {accounts}", household.name());
        let created = create_tenant(store, &master, &name, household).await?;
        let seeded = Seeded {
            tenant: Tenant {
                api_key: created.api_key,
                api_secret: created.api_secret,
                population: Population::of(accounts),
            },
            home: Home {
                id: created.id,
                household,
                keys: Arc::new(Keys::derive(&master, &[])),
                authenticator: Arc::new(Authenticator::new()?),
            },
            master,
            store: store.clone(),
        };
        seeded.add_accounts().await?;
        Ok(seeded)
    }

    /// Where it is stored.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    async fn add_accounts(&self) -> Result<()> {
        let now = MachineClock.now();
        let draft = Arc::new(Draft::new(self.tenant.population, self.home.clone(), now)?);
        let mut writes = JoinSet::new();
        for from in (0..self.tenant.population.accounts()).step_by(usize::try_from(BATCH)?) {
            if writes.len() >= AT_ONCE {
                finish_one(&mut writes).await?;
            }
            let (store, draft) = (self.store.clone(), Arc::clone(&draft));
            #[expect(clippy::disallowed_methods, reason = "they are all waited for, here and below")]
            writes.spawn(async move { store.write(move |tx| draft.insert_all(tx, from)).await });
        }
        while !writes.is_empty() {
            finish_one(&mut writes).await?;
        }
        Ok(())
    }

    /// Issues a code for this purpose to everybody whose turns these are.
    pub(crate) async fn issue_codes(
        &self,
        purpose: Purpose,
        who: fn(Population, u64) -> Person,
        turns: &Range<u64>,
    ) -> Result<()> {
        let now = MachineClock.now();
        let (home, population) = (self.home.clone(), self.tenant.population);
        self.in_batches(turns, move |tx, turn| issue_code(tx, &home, purpose, who(population, turn), now)).await
    }

    /// Has logins wait for a second factor, one for each turn.
    pub(crate) async fn begin_logins(&self, factor: Factor, turns: &Range<u64>) -> Result<()> {
        let now = MachineClock.now();
        let (home, population) = (self.home.clone(), self.tenant.population);
        self.in_batches(turns, move |tx, turn| begin_login(tx, &home, Waiting::of(population, factor, turn), now)).await
    }

    /// What the browsers of those logins send, in the order of the turns.
    pub(crate) fn sign(&self, turns: &Range<u64>) -> Result<Vec<String>> {
        let population = self.tenant.population;
        turns
            .clone()
            .map(|turn| self.home.authenticator.answer(Waiting::of(population, Factor::Passkey, turn)))
            .collect()
    }

    async fn in_batches(
        &self,
        turns: &Range<u64>,
        write: impl Fn(&mut Tx<'_>, u64) -> doorward_store::Result<()> + Clone + Send + 'static,
    ) -> Result<()> {
        for from in turns.clone().step_by(usize::try_from(BATCH)?) {
            let (batch, write) = (from..turns.end.min(from + BATCH), write.clone());
            let issue = move |tx: &mut Tx<'_>| batch.clone().try_for_each(|turn| write(tx, turn));
            self.store.write(issue).await.context("preparing what is to be used up")?;
        }
        Ok(())
    }
}

async fn finish_one(writes: &mut JoinSet<doorward_store::Result<()>>) -> Result<()> {
    match writes.join_next().await {
        Some(done) => done?.context("adding accounts"),
        None => Ok(()),
    }
}

async fn create_tenant(store: &Store, master: &[u8; 32], name: &str, household: Household) -> Result<tenants::Created> {
    let app = App::new(Setup {
        store: store.clone(),
        outside: Outside {
            clock: Arc::new(MachineClock),
            random: Arc::new(MachineRandom),
            mail: None,
            sms: None,
            voice: None,
            breach_lists: Vec::new(),
            former_home: None,
        },
        keys: Keys::derive(master, &[]),
        hashing: HashPool::start(NonZeroUsize::MIN, 1),
        velocity: Velocity::unlimited(),
        trusted_proxies: Vec::new(),
        public_url: String::new(),
    });
    let created = tenants::create(&app, name, &household.settings()).await;
    created.map_err(|error| match error {
        doorward_flows::Error::Failed(cause) => cause,
        doorward_flows::Error::Refused(refusal) => anyhow!("the tenant was refused: {:?}", refusal.reason),
    })
}

fn issue_code(
    tx: &mut Tx<'_>,
    home: &Home,
    purpose: Purpose,
    person: Person,
    now: Timestamp,
) -> doorward_store::Result<()> {
    let (tenant, keys) = (&home.id, &home.keys);
    let subject = challenge::subject(keys, tenant, Kind::Phone, &person.phone());
    let new = challenges::New {
        purpose,
        uid: Some(person.uid()),
        code: challenge::digest(keys, tenant, purpose, &subject, CODE),
        expires_at: now.plus(LIFE),
        subject,
    };
    let unlimited = Quota { sends: i64::MAX, window: LIFE };
    if !challenges::issue(tx, tenant, &new, unlimited, now)? {
        return Err(doorward_store::Error::Database("a quota without end was used up".to_owned()));
    }
    Ok(())
}

fn begin_login(tx: &mut Tx<'_>, home: &Home, login: Waiting, now: Timestamp) -> doorward_store::Result<()> {
    let (tenant, keys, uid, expires_at) = (&home.id, &home.keys, login.person.uid(), now.plus(LIFE));
    let token = keys.digest(KeyPurpose::SecondFactorToken, tenant, &login.token());
    let new = mfa_transactions::New {
        token: token.clone(),
        id: login.id(),
        first_factor: "password",
        spent: None,
        expires_at,
        ip: "127.0.0.1".to_owned(),
        user_agent: "doorward-bench".to_owned(),
        remembered: false,
        authenticator: None,
    };
    mfa_transactions::open(tx, tenant, &uid, &new, i64::MAX, now)?;
    match login.person.factor() {
        Factor::Sms => send_code(tx, home, &token, login.person, now),
        Factor::Passkey => {
            let new = passkey_ceremonies::New {
                challenge: passkey::challenge_digest(keys, tenant, &login.challenge()),
                kind: passkey_ceremonies::Kind::SecondFactor,
                uid: Some(uid),
                token: Some(token),
                subject: None,
                expires_at,
            };
            passkey_ceremonies::begin(tx, tenant, &new, now)
        }
    }
}

fn send_code(
    tx: &mut Tx<'_>,
    home: &Home,
    token: &Digest,
    person: Person,
    now: Timestamp,
) -> doorward_store::Result<()> {
    let (tenant, keys) = (&home.id, &home.keys);
    let subject = challenge::subject(keys, tenant, Kind::Phone, &person.phone());
    let code = mfa::code_digest(keys, tenant, token, &subject, CODE);
    let new = mfa_codes::New { channel: "sms", subject, code, expires_at: now.plus(LIFE) };
    let limits = mfa_codes::Limits { tries: i64::MAX, sends: i64::MAX };
    if !mfa_codes::issue(tx, tenant, token, &new, limits, now)? {
        return Err(doorward_store::Error::Database("a login had all its codes".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::PASSWORD;
    use doorward_model::password::Password;
    use doorward_model::secret::Secret;
    use doorward_store::{SqliteOptions, accounts, identifiers, migrate};

    #[test]
    fn the_password_is_one_that_the_server_would_take() {
        let policy = Household::Plain.settings().password;
        Password::new(&Secret::new(PASSWORD)).check_form(&policy).unwrap();
    }

    #[tokio::test]
    async fn everybody_is_there_and_codes_can_be_issued_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_sqlite(folder.path().join("seed.db"), SqliteOptions::default()).unwrap();
        migrate::run(&store).await.unwrap();

        let seeded = Seeded::new(&store, [7; 32], Household::Plain, 1001).await.unwrap();
        for (purpose, turns) in [(Purpose::ResetPassword, 0..300), (Purpose::Passwordless, 150..450)] {
            seeded.issue_codes(purpose, Population::anybody, &turns).await.unwrap();
            seeded.issue_codes(purpose, Population::resetter, &turns).await.unwrap();
        }

        let (id, population) = (seeded.home.id.clone(), seeded.tenant.population);
        store
            .read(move |tx| {
                for person in population.slice(0, 1001) {
                    assert!(accounts::find(tx, &id, &person.uid())?.is_some());
                    assert_eq!(identifiers::list(tx, &id, &person.uid())?.len(), 2);
                }
                Ok::<_, doorward_store::Error>(())
            })
            .await
            .unwrap();
    }
}
