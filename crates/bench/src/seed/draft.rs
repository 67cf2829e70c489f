//! The rows of one person, as the store takes them.

use super::{BATCH, Home, LIFE};
use crate::household::Household;
use crate::machine::MachineRandom;
use crate::population::{Factor, Person, Population, Role};
use crate::work::{PASSWORD, PIN};
use anyhow::{Context, Result, anyhow};
use doorward_flows::app::outside::Random;
use doorward_flows::factors::{mfa, pin};
use doorward_flows::{challenge, profile};

use doorward_model::keys::Purpose as KeyPurpose;
use doorward_model::password::{self, Password};
use doorward_model::profile::{AccountDocument, Identity, Persona, Writer};
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::accounts::{self, Account};
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{Json, Tx, passkeys, passwords, pin_tokens, pins, second_factors, sessions};
use serde_json::{Map, Value, json};

/// The example profile, with every field set and one identity.
const FULL_PROFILE: &str = include_str!("../../../model/tests/data/profile.json");

/// What all accounts have alike.
pub(super) struct Draft {
    population: Population,
    home: Home,
    now: Timestamp,
    hash: String,
    pin: Vec<u8>,
    public_key: Json,
    ordinary: Profile,
    full: Profile,
}

/// The stored texts of one profile.
pub(super) struct Profile {
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
pub(super) fn ordinary() -> Value {
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
    /// Of these people, in this tenant.
    pub(super) fn new(population: Population, home: Home, now: Timestamp) -> Result<Draft> {
        let mut salt = [0; password::SALT_LENGTH];
        MachineRandom.fill(&mut salt);
        let ordinary = ordinary();
        let pin = password::hash(&Password::new(&Secret::new(PIN)), salt);
        Ok(Draft {
            pin: home.keys.seal(&pin::place(&home.id), &pin, nonce()),
            public_key: Json::of(&home.authenticator.public_key()?)?,
            population,
            home,
            now,
            // One for all: a login costs the same whosever hash it is.
            hash: password::hash(&Password::new(&Secret::new(PASSWORD)), salt),
            ordinary: Profile::of(ordinary.as_object().context("the ordinary profile is an object")?)?,
            full: Profile::of(&serde_json::from_str(FULL_PROFILE)?)?,
        })
    }

    /// What everybody's password is kept as.
    pub(super) fn password_hash(&self) -> &str {
        &self.hash
    }

    /// Everybody of the batch that begins with this number, with all that they have.
    pub(super) fn insert_all(&self, tx: &mut Tx<'_>, from: u64) -> doorward_store::Result<()> {
        self.population.slice(from, from + BATCH).try_for_each(|person| self.insert(tx, person))
    }

    /// The same with accounts of ordinary length and nothing else.
    pub(super) fn insert_accounts(&self, tx: &mut Tx<'_>, from: u64) -> doorward_store::Result<()> {
        let mut batch = self.population.slice(from, from + BATCH);
        batch.try_for_each(|person| self.insert_account(tx, person, &self.ordinary))
    }

    fn insert(&self, tx: &mut Tx<'_>, person: Person) -> doorward_store::Result<()> {
        let (tenant, uid) = (&self.home.id, person.uid());
        let profile = if self.population.has_full_profile(person) { &self.full } else { &self.ordinary };
        self.insert_account(tx, person, profile)?;
        if let Some((provider, identity)) = &profile.identity {
            accounts::put_identity(tx, tenant, &uid, provider, &person.external_id(), identity)?;
        }
        match self.home.household {
            Household::Plain if person.has_session() => {
                sessions::start(tx, tenant, &uid, &self.session(person), self.now)
            }
            Household::Pins if person.role() == Role::Guest => self.give_pin(tx, person),
            Household::SecondFactors => self.give_factor(tx, person),
            Household::Plain | Household::Pins => Ok(()),
        }
    }

    /// The account with what signs in.
    fn insert_account(&self, tx: &mut Tx<'_>, person: Person, profile: &Profile) -> doorward_store::Result<()> {
        let (tenant, uid) = (&self.home.id, person.uid());
        let is_new = accounts::add(tx, tenant, &self.account(person, profile))?
            && identifiers::add(tx, tenant, &uid, Kind::Email, &self.identifier(person.email(), "Primary"), 0)?
            && identifiers::add(tx, tenant, &uid, Kind::Phone, &self.identifier(person.phone(), ""), 1)?;
        if !is_new {
            return Err(doorward_store::Error::Database("two of the people are one".to_owned()));
        }
        passwords::set(tx, tenant, &uid, &self.hash, 0, self.now)
    }

    fn give_pin(&self, tx: &mut Tx<'_>, person: Person) -> doorward_store::Result<()> {
        let (tenant, uid) = (&self.home.id, person.uid());
        if !pins::add(tx, tenant, &uid, &self.pin, self.home.keys.id())? {
            return Err(doorward_store::Error::Database("somebody has two PINs".to_owned()));
        }
        let token = self.home.keys.digest(KeyPurpose::PinSession, tenant, &person.pin_session_token());
        pin_tokens::begin(tx, tenant, &uid, &token, "", self.now.plus(LIFE))
    }

    fn give_factor(&self, tx: &mut Tx<'_>, person: Person) -> doorward_store::Result<()> {
        let (tenant, uid) = (&self.home.id, person.uid());
        match person.factor() {
            Factor::Sms => second_factors::put(tx, tenant, &uid, &self.phone_as_factor(person), self.now),
            Factor::Passkey if passkeys::add(tx, tenant, &uid, &self.passkey(person), self.now)? => Ok(()),
            Factor::Passkey => Err(doorward_store::Error::Database("two of the passkeys are one".to_owned())),
        }
    }

    fn phone_as_factor(&self, person: Person) -> second_factors::New {
        let (tenant, keys, id, phone) = (&self.home.id, &self.home.keys, person.factor_id(), person.phone());
        second_factors::New {
            factor: mfa::Factor::Sms.as_str(),
            sealed: Some(keys.seal(&mfa::place(tenant, &id), &phone, nonce())),
            subject: Some(challenge::subject(keys, tenant, Kind::Phone, &phone)),
            id,
        }
    }

    fn passkey(&self, person: Person) -> passkeys::New {
        passkeys::New {
            id: person.factor_id(),
            purpose: passkeys::Purpose::SecondFactor,
            credential: person.credential(),
            public_key: self.public_key.clone(),
            counter: 0,
            transports: Json::from_text("[\"internal\"]".to_owned()),
            aaguid: "00".repeat(16),
            identifier: person.email(),
            backup_eligible: false,
            backup_state: false,
        }
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
            registration_provider: profile::NATIVE.to_owned(),
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
            access: self.home.keys.digest(KeyPurpose::AccessToken, &self.home.id, &person.access_token()),
            refresh: Some(self.home.keys.digest(KeyPurpose::RefreshToken, &self.home.id, &person.refresh_token())),
            access_expires_at: self.now.plus(LIFE),
            refresh_expires_at: self.now.plus(LIFE),
            provider: profile::NATIVE.to_owned(),
            ip: "127.0.0.1".to_owned(),
            user_agent: "doorward-bench".to_owned(),
            impersonated: false,
            remembered: false,
        }
    }
}

fn nonce() -> [u8; 12] {
    let mut nonce = [0; 12];
    MachineRandom.fill(&mut nonce);
    nonce
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_fills_every_stored_text() {
        let draft = Draft::new(Population::of(1000), Home::for_tests(), Timestamp(0)).unwrap();
        assert!(draft.full.persona.as_str().len() > 4000 && draft.full.identity.is_some());
        assert!((300..1500).contains(&draft.ordinary.persona.as_str().len()) && draft.ordinary.identity.is_none());
    }
}
