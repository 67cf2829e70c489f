//! Fills the database: through the store, many accounts in one transaction, as nobody could over HTTP.

use crate::machine::{MachineClock, MachineRandom};
use crate::population::{Person, Population, Role};
use crate::work::{CODE, PASSWORD, PIN, Tenant};
use anyhow::{Context, Result, anyhow};
use doorward_flows::hashing::HashPool;
use doorward_flows::limits::Velocity;
use doorward_flows::outside::{Clock, Outside, Random};
use doorward_flows::{App, Setup, code, pin, session, tenants};
use doorward_model::id::TenantId;
use doorward_model::keys::{Keys, Purpose as KeyPurpose};
use doorward_model::password::{self, Password};
use doorward_model::profile::{AccountDocument, Identity, Persona, Writer};
use doorward_model::secret::Secret;
use doorward_model::settings::{InstantSignin, LockKind, Settings};
use doorward_model::time::{Span, Timestamp};
use doorward_store::accounts::{self, Account};
use doorward_store::challenges::{self, Purpose, Quota};
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{Json, Store, Tx, passwords, pin_tokens, pins, sessions};
use serde_json::{Map, Value, json};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Accounts in one transaction: a few tens of milliseconds.
const BATCH: u64 = 250;

/// Transactions under way at once; PostgreSQL takes them side by side.
const AT_ONCE: usize = 8;

/// Sessions and codes live until long after the benchmark.
const LIFE: Span = Span::days(7);

/// The example profile, with every field set and one identity.
const FULL_PROFILE: &str = include_str!("../../model/tests/data/profile.json");

/// A tenant full of accounts.
pub(crate) struct Seeded {
    /// How it is called.
    pub(crate) tenant: Tenant,
    id: TenantId,
    master: [u8; 32],
    keys: Arc<Keys>,
    store: Store,
}

impl Seeded {
    /// Makes a tenant with so many accounts. `master` is the key that the server will be given.
    pub(crate) async fn new(store: &Store, master: [u8; 32], accounts: u64) -> Result<Seeded> {
        let created = create_tenant(store, &master, &format!("bench with {accounts} accounts")).await?;
        let seeded = Seeded {
            tenant: Tenant {
                api_key: created.api_key,
                api_secret: created.api_secret,
                population: Population::of(accounts),
            },
            id: created.id,
            master,
            keys: Arc::new(Keys::derive(&master, &[])),
            store: store.clone(),
        };
        seeded.add_accounts().await?;
        Ok(seeded)
    }

    /// The tenant's id.
    pub(crate) fn id(&self) -> &TenantId {
        &self.id
    }

    /// The keys that its tokens are hashed with.
    pub(crate) fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    /// Where it is stored.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    async fn add_accounts(&self) -> Result<()> {
        let now = MachineClock.now();
        let draft = Arc::new(Draft::new(self.tenant.population, self.id.clone(), Arc::clone(&self.keys), now)?);
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
        for from in turns.clone().step_by(usize::try_from(BATCH)?) {
            let (id, keys, population) = (self.id.clone(), Arc::clone(&self.keys), self.tenant.population);
            let batch = from..turns.end.min(from + BATCH);
            let issue = move |tx: &mut Tx<'_>| {
                batch.clone().try_for_each(|turn| issue_code(tx, &id, &keys, purpose, who(population, turn), now))
            };
            self.store.write(issue).await.context("issuing codes")?;
        }
        Ok(())
    }
}

/// People about to move into a tenant of their own, with ordinary profiles and the hashes of their passwords.
pub(crate) struct Mover {
    name: String,
    draft: Arc<Draft>,
    store: Store,
}

impl Mover {
    /// So many people, and an empty tenant beside the one that is `seeded`.
    pub(crate) async fn new(seeded: &Seeded, accounts: u64) -> Result<Mover> {
        let name = format!("bench to move into, {}", uuid::Uuid::new_v4());
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

async fn finish_one(writes: &mut JoinSet<doorward_store::Result<()>>) -> Result<()> {
    match writes.join_next().await {
        Some(done) => done?.context("adding accounts"),
        None => Ok(()),
    }
}

async fn create_tenant(store: &Store, master: &[u8; 32], name: &str) -> Result<tenants::Created> {
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
    let instant_signin = InstantSignin { sms: true, ..InstantSignin::default() };
    let mut settings = Settings { phone_login: true, instant_signin, ..Settings::default() };
    // A reset compares with the current password alone, see `scenario`.
    settings.password.history = 0;
    settings.pin.enabled = true;
    // Guesses at passwords are measured, not locks.
    settings.lockout.kind = LockKind::None;
    let created = tenants::create(&app, name, &settings).await;
    created.map_err(|error| match error {
        doorward_flows::Error::Failed(cause) => cause,
        doorward_flows::Error::Refused(refusal) => anyhow!("the tenant was refused: {:?}", refusal.reason),
    })
}

fn issue_code(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    keys: &Keys,
    purpose: Purpose,
    person: Person,
    now: Timestamp,
) -> doorward_store::Result<()> {
    let subject = code::subject(keys, tenant, Kind::Phone, &person.phone());
    let new = challenges::New {
        purpose,
        uid: Some(person.uid()),
        code: code::digest(keys, tenant, purpose, &subject, CODE),
        expires_at: now.plus(LIFE),
        subject,
    };
    let unlimited = Quota { sends: i64::MAX, window: LIFE };
    if !challenges::issue(tx, tenant, &new, unlimited, now)? {
        return Err(doorward_store::Error::Database("a quota without end was used up".to_owned()));
    }
    Ok(())
}

/// What all accounts have alike.
struct Draft {
    population: Population,
    tenant: TenantId,
    keys: Arc<Keys>,
    now: Timestamp,
    hash: String,
    pin: Vec<u8>,
    ordinary: Profile,
    full: Profile,
}

/// The stored texts of one profile.
struct Profile {
    persona: Json,
    document: Json,
    facts: Json,
    identity: Option<(String, Json)>,
}

impl Profile {
    fn of(body: &Map<String, Value>) -> Result<Profile> {
        let refused =
            |refusal: doorward_model::refusal::Refusal| anyhow!("the example was refused: {:?}", refusal.reason);
        let identity = body.get("Identities").and_then(|identities| identities.get(0)).and_then(Value::as_object);
        let identity = identity.map(|identity| {
            let provider = identity.get("Provider").and_then(Value::as_str).unwrap_or("facebook").to_owned();
            Identity::from_wire(identity).map(|identity| (provider, Json::from_text(identity.to_stored())))
        });
        Ok(Profile {
            persona: Json::from_text(Persona::from_wire(body, Writer::BackEnd).map_err(refused)?.to_stored()),
            document: Json::from_text(AccountDocument::from_wire(body, Writer::BackEnd).map_err(refused)?.to_stored()),
            facts: Json::of(&json!({}))?,
            identity: identity.transpose().map_err(refused)?,
        })
    }
}

/// As much as a usual registration form asks for.
fn ordinary() -> Value {
    json!({
        "FirstName": "Ada", "LastName": "Ordinary", "Gender": "F", "BirthDate": "12-10-1987", "Company": "Example Works",
        "City": "Hamburg", "State": "Hamburg", "TimeZone": "Europe/Berlin", "LocalLanguage": "de-DE",
        "Website": "https://ada.example.com", "ImageUrl": "https://images.example.com/people/ada.png",
        "Country": { "Code": "DE", "Name": "Germany" },
        "Addresses": [{ "Type": "Home", "Address1": "Example Street 1", "City": "Hamburg", "PostalCode": "20095", "Country": "Germany" }],
        "PhoneNumbers": [{ "PhoneType": "Mobile", "PhoneNumber": "+49 40 1234567" }],
        "CustomFields": { "newsletter": "weekly", "segment": "b2c" },
    })
}

impl Draft {
    fn new(population: Population, tenant: TenantId, keys: Arc<Keys>, now: Timestamp) -> Result<Draft> {
        let mut salt = [0; password::SALT_LENGTH];
        MachineRandom.fill(&mut salt);
        let ordinary = ordinary();
        let pin = password::hash(&Password::new(&Secret::new(PIN)), salt);
        let mut nonce = [0; 12];
        MachineRandom.fill(&mut nonce);
        Ok(Draft {
            pin: keys.seal(&pin::place(&tenant), &pin, nonce),
            population,
            tenant,
            keys,
            now,
            // One for all: a login costs the same whosever hash it is.
            hash: password::hash(&Password::new(&Secret::new(PASSWORD)), salt),
            ordinary: Profile::of(ordinary.as_object().context("the ordinary profile is an object")?)?,
            full: Profile::of(&serde_json::from_str(FULL_PROFILE)?)?,
        })
    }

    fn insert_all(&self, tx: &mut Tx<'_>, from: u64) -> doorward_store::Result<()> {
        self.population.slice(from, from + BATCH).try_for_each(|person| self.insert(tx, person))
    }

    fn insert(&self, tx: &mut Tx<'_>, person: Person) -> doorward_store::Result<()> {
        let (tenant, uid) = (&self.tenant, person.uid());
        let profile = if self.population.has_full_profile(person) { &self.full } else { &self.ordinary };
        self.insert_account(tx, person, profile)?;
        if let Some((provider, identity)) = &profile.identity {
            accounts::put_identity(tx, tenant, &uid, provider, &person.external_id(), identity)?;
        }
        if person.role() == Role::Guest {
            self.give_pin(tx, person)?;
        }
        if person.has_session() {
            sessions::start(tx, tenant, &uid, &self.session(person), self.now)?;
        }
        Ok(())
    }

    /// The account with what signs in.
    fn insert_account(&self, tx: &mut Tx<'_>, person: Person, profile: &Profile) -> doorward_store::Result<()> {
        let (tenant, uid) = (&self.tenant, person.uid());
        let is_new = accounts::add(tx, tenant, &self.account(person, profile))?
            && identifiers::add(tx, tenant, &uid, Kind::Email, &self.identifier(person.email(), "Primary"), 0)?
            && identifiers::add(tx, tenant, &uid, Kind::Phone, &self.identifier(person.phone(), ""), 1)?;
        if !is_new {
            return Err(doorward_store::Error::Database("two of the people are one".to_owned()));
        }
        passwords::set(tx, tenant, &uid, &self.hash, 0, self.now)
    }

    fn give_pin(&self, tx: &mut Tx<'_>, person: Person) -> doorward_store::Result<()> {
        let (tenant, uid) = (&self.tenant, person.uid());
        if !pins::add(tx, tenant, &uid, &self.pin, self.keys.id())? {
            return Err(doorward_store::Error::Database("somebody has two PINs".to_owned()));
        }
        let token = self.keys.digest(KeyPurpose::PinSession, tenant, &person.pin_session_token());
        pin_tokens::begin(tx, tenant, &uid, &token, "", self.now.plus(LIFE))
    }

    fn account(&self, person: Person, profile: &Profile) -> Account {
        Account {
            uid: person.uid(),
            persona: profile.persona.clone(),
            document: profile.document.clone(),
            facts: profile.facts.clone(),
            is_active: true,
            login_disabled: false,
            is_custom_uid: false,
            registration_provider: session::NATIVE.to_owned(),
            registration_source: "API".to_owned(),
            created_at: self.now,
            modified_at: self.now,
            profile_modified_at: self.now,
            last_login_at: Some(self.now),
            logins: 1,
        }
    }

    fn identifier(&self, value: String, label: &str) -> Identifier {
        Identifier {
            // Read from the database only; what is added says its kind apart.
            kind: String::new(),
            shown: value.clone(),
            value,
            label: label.to_owned(),
            verified_at: Some(self.now),
        }
    }

    fn session(&self, person: Person) -> sessions::New {
        sessions::New {
            id: person.session(),
            access: self.keys.digest(KeyPurpose::AccessToken, &self.tenant, &person.access_token()),
            refresh: Some(self.keys.digest(KeyPurpose::RefreshToken, &self.tenant, &person.refresh_token())),
            access_expires_at: self.now.plus(LIFE),
            refresh_expires_at: self.now.plus(LIFE),
            provider: session::NATIVE.to_owned(),
            ip: "127.0.0.1".to_owned(),
            user_agent: "doorward-bench".to_owned(),
            impersonated: false,
            remembered: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward_model::time::Timestamp;
    use doorward_store::{SqliteOptions, migrate};

    #[test]
    fn the_example_fills_every_stored_text() {
        let draft =
            Draft::new(Population::of(1000), TenantId::new("t"), Arc::new(Keys::derive(&[7; 32], &[])), Timestamp(0));
        let draft = draft.unwrap();
        assert!(draft.full.persona.as_str().len() > 4000 && draft.full.identity.is_some());
        assert!((300..1500).contains(&draft.ordinary.persona.as_str().len()) && draft.ordinary.identity.is_none());
    }

    #[test]
    fn the_password_is_one_that_the_server_would_take() {
        Password::new(&Secret::new(PASSWORD)).check_form(&Settings::default().password).unwrap();
    }

    #[tokio::test]
    async fn everybody_is_there_and_codes_can_be_issued_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_sqlite(folder.path().join("seed.db"), SqliteOptions::default()).unwrap();
        migrate::run(&store).await.unwrap();

        let seeded = Seeded::new(&store, [7; 32], 1001).await.unwrap();
        for (purpose, turns) in [(Purpose::ResetPassword, 0..300), (Purpose::Passwordless, 150..450)] {
            seeded.issue_codes(purpose, Population::anybody, &turns).await.unwrap();
            seeded.issue_codes(purpose, Population::resetter, &turns).await.unwrap();
        }

        let (id, population) = (seeded.id().clone(), seeded.tenant.population);
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
