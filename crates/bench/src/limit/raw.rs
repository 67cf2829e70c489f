//! What flows ask and write in the database, without anything around it.

use crate::machine::MachineClock;
use crate::population::{Factor, Person};
use crate::seed::{Home, Seeded};
use crate::waiting::Waiting;
use crate::work::CODE;
use doorward_flows::app::outside::Clock;
use doorward_flows::challenge;
use doorward_flows::factors::passkey as ceremony;

use doorward_model::id::{SessionId, TenantId, Uid};
use doorward_model::keys::{Digest, Purpose};
use doorward_model::time::{Span, Timestamp};
use doorward_store::challenges::{self, Purpose as Sent};
use doorward_store::identifiers::{self, Kind};
use doorward_store::passkeys::{self, Purpose as GoodFor, Use};
use doorward_store::{
    Error, Json, Store, Tx, accounts, failures, mfa_codes, mfa_transactions, passkey_ceremonies, passwords,
    second_factors, sessions,
};
use std::sync::Arc;
use uuid::Uuid;

/// Wrong tries that a code of the tenant bears.
const TRIES: i64 = 5;

/// A tenant's database.
pub(super) struct Raw {
    store: Store,
    home: Home,
}

impl Raw {
    /// That of this tenant.
    pub(super) fn of(seeded: &Seeded) -> Arc<Raw> {
        Arc::new(Raw { store: seeded.store().clone(), home: seeded.home.clone() })
    }

    /// What `session::refresh` does.
    pub(super) async fn renew(&self, token: &str, next: &str) -> Result<(), Error> {
        let (tenant, now) = (self.home.id.clone(), MachineClock.now());
        let digest = self.home.keys.digest(Purpose::RefreshToken, &tenant, token);
        let new = self.session("", next);
        let work = move |tx: &mut Tx<'_>| {
            let found = sessions::refresh(tx, &tenant, &digest)?.ok_or_else(gone)?;
            accounts::state(tx, &tenant, &found.uid)?.ok_or_else(gone)?;
            if !sessions::rotate(tx, &tenant, &digest, now)? {
                return Err(gone());
            }
            sessions::renew(tx, &tenant, &found.session, &new)
        };
        self.store.write(work).await
    }

    /// What `passwordless_login_phone_verification` does.
    pub(super) async fn arrive(&self, person: Person) -> Result<(), Error> {
        let (tenant, now, phone) = (self.home.id.clone(), MachineClock.now(), person.phone());
        let subject = challenge::subject(&self.home.keys, &tenant, Kind::Phone, &phone);
        let right = challenge::digest(&self.home.keys, &tenant, Sent::Passwordless, &subject, CODE);
        let (new, failures_of) = (self.next_session(), failures_of(&person.uid()));
        let work = move |tx: &mut Tx<'_>| {
            let uid = identifiers::owner(tx, &tenant, Kind::Phone, &phone)?.ok_or_else(gone)?.uid;
            failures::lock_of(tx, &tenant, &failures_of, "login", now)?;
            challenges::try_once(tx, &tenant, Sent::Passwordless, &subject, TRIES, now)?.ok_or_else(gone)?;
            challenges::forgive(tx, &tenant, Sent::Passwordless, &subject)?;
            accounts::state(tx, &tenant, &uid)?.ok_or_else(gone)?;
            if !challenges::consume(tx, &tenant, Sent::Passwordless, &subject, &right, TRIES, now)? {
                return Err(gone());
            }
            identifiers::verify(tx, &tenant, &uid, Kind::Phone, &phone, now)?;
            failures::clear(tx, &tenant, &failures_of, "login")?;
            sign_in(tx, &tenant, &uid, &new, now)
        };
        self.store.write(work).await
    }

    /// What `verify_mfa_sms_otp` or `finish_mfa_passkey_login` does, whichever this login waits for.
    pub(super) async fn prove(&self, login: Waiting) -> Result<(), Error> {
        let (tenant, now, person) = (self.home.id.clone(), MachineClock.now(), login.person);
        let token = self.home.keys.digest(Purpose::SecondFactorToken, &tenant, &login.token());
        let challenge = ceremony::challenge_digest(&self.home.keys, &tenant, &login.challenge());
        let (new, failures_of) = (self.next_session(), failures_of(&person.uid()));
        let work = move |tx: &mut Tx<'_>| {
            let uid = mfa_transactions::find(tx, &tenant, &token)?.ok_or_else(gone)?.uid;
            accounts::lock(tx, &tenant, &uid)?;
            mfa_transactions::find(tx, &tenant, &token)?;
            accounts::state(tx, &tenant, &uid)?;
            failures::lock_of(tx, &tenant, &failures_of, "login", now)?;
            second_factors::list(tx, &tenant, &uid)?;
            passkeys::has(tx, &tenant, &uid, GoodFor::SecondFactor)?;
            match person.factor() {
                Factor::Sms => drop(mfa_codes::try_once(tx, &tenant, &token, "sms", TRIES)?.ok_or_else(gone)?),
                Factor::Passkey => answer(tx, &tenant, person, &challenge, now)?,
            }
            sign_in(tx, &tenant, &uid, &new, now)?;
            if !mfa_transactions::consume(tx, &tenant, &token, &Json::from_text("{}".to_owned()), now)? {
                return Err(gone());
            }
            failures::clear(tx, &tenant, &failures_of, "second-factor")
        };
        self.store.write(work).await
    }

    fn next_session(&self) -> sessions::New {
        self.session(&Uuid::new_v4().to_string(), &Uuid::new_v4().to_string())
    }

    /// A session with this id, whose both tokens are `token`.
    fn session(&self, id: &str, token: &str) -> sessions::New {
        let later = MachineClock.now().plus(Span::days(7));
        sessions::New {
            id: SessionId::new(id),
            access: self.home.keys.digest(Purpose::AccessToken, &self.home.id, token),
            refresh: Some(self.home.keys.digest(Purpose::RefreshToken, &self.home.id, token)),
            access_expires_at: later,
            refresh_expires_at: later,
            provider: String::new(),
            ip: String::new(),
            user_agent: String::new(),
            impersonated: false,
            remembered: false,
        }
    }
}

/// What beginning a session does, with what the profile is rendered from.
fn sign_in(tx: &mut Tx<'_>, tenant: &TenantId, uid: &Uid, new: &sessions::New, now: Timestamp) -> Result<(), Error> {
    accounts::count_login(tx, tenant, uid, now)?.ok_or_else(gone)?;
    sessions::start(tx, tenant, uid, new, now)?;
    identifiers::list(tx, tenant, uid)?;
    passwords::current(tx, tenant, uid)?;
    accounts::identities(tx, tenant, uid)?;
    failures::lock_of(tx, tenant, &failures_of(uid), "login", now)?;
    Ok(())
}

/// What a signature does, from the look before it is judged.
fn answer(tx: &mut Tx<'_>, tenant: &TenantId, person: Person, challenge: &Digest, now: Timestamp) -> Result<(), Error> {
    let kind = passkey_ceremonies::Kind::SecondFactor;
    let passkey = passkeys::find(tx, tenant, &person.credential())?.ok_or_else(gone)?;
    for _ in ["before it is judged", "afterwards"] {
        passkey_ceremonies::find(tx, tenant, challenge, kind, now)?.ok_or_else(gone)?;
    }
    let used = Use { before: 0, counter: 0, backup_state: false };
    let is_answered = passkey_ceremonies::consume(tx, tenant, challenge, now)?
        && passkeys::note_use(tx, tenant, &passkey.id, used, now)?;
    if is_answered { Ok(()) } else { Err(gone()) }
}

/// Under what the failures of an account are counted.
fn failures_of(uid: &Uid) -> String {
    format!("account:{uid}")
}

fn gone() -> Error {
    Error::Database("something that the benchmark seeded is gone".to_owned())
}
