//! A profile that comes with the wish to sign in.

use crate::access::Caller;
use crate::profile::holdings::Holdings;
use crate::profile::identifiers::Named;
use crate::registration::newcomer::Newcomer;
use crate::registration::sott;
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone};
use doorward_model::profile::{AccountChange, Writer};
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::Tx;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::Kind;
use serde_json::{Map, Value};

/// What signs in: whoever proves the address or number need not be who sent the profile, and sets them themselves.
const CREDENTIALS: [&str; 4] = ["password", "pin", "pininfo", "securityquestionanswer"];

/// A profile that came with the wish to sign in.
#[derive(Debug)]
pub struct Profile<'a> {
    /// The body as it was sent.
    pub body: &'a Map<String, Value>,
    /// The registration token, if one was sent.
    pub sott: Option<Secret>,
}

impl Profile<'_> {
    /// The address: 908 without one, 1038 when it is malformed, 1201 when it has no type.
    pub(super) fn email(&self) -> Result<Email, Refusal> {
        let emails = self.holdings(Kind::Email)?.emails;
        let first = emails.into_iter().flatten().next();
        first.map(|(_, email)| email).ok_or_else(|| Refusal::missing("email"))
    }

    /// The login phone: 908 without one, 1096 when it is malformed.
    pub(super) fn phone(&self) -> Result<Phone, Refusal> {
        self.holdings(Kind::Phone)?.phone.ok_or_else(|| Refusal::missing("phoneid"))
    }

    fn holdings(&self, kind: Kind) -> Result<Holdings, Refusal> {
        Holdings::read(&AccountChange::from_wire(&self.heard(kind), Writer::User)?)
    }

    /// What is heard of the body: a profile with one identifier, and without what signs in.
    fn heard(&self, kind: Kind) -> Map<String, Value> {
        let other = if kind == Kind::Email { "phoneid" } else { "email" };
        let unheard = || CREDENTIALS.into_iter().chain([other, "username"]);
        let heard = self.body.iter().filter(|(name, _)| !unheard().any(|one| name.eq_ignore_ascii_case(one)));
        let mut heard: Map<String, Value> = heard.map(|(name, value)| (name.clone(), value.clone())).collect();
        for (name, value) in &mut heard {
            if let Value::Array(emails) = value
                && name.eq_ignore_ascii_case("email")
            {
                emails.truncate(1);
            }
        }
        heard
    }
}

/// A newcomer with the registration token that came with the profile.
#[derive(Clone)]
pub(super) struct Registration {
    newcomer: Newcomer,
    token: sott::Accepted,
}

impl Registration {
    /// Whoever is named, as a newcomer; none where the tenant registers nobody this way. Refused by the registration token
    /// (908, 1049) and by the rules of the profile's fields, whether somebody is registered or not.
    pub(super) async fn of(
        app: &App,
        caller: &Caller,
        profile: &Profile<'_>,
        named: &Named,
    ) -> Result<Option<Registration>> {
        if !caller.settings().registers_without_password() {
            return Ok(None);
        }
        let sott = profile.sott.as_ref().ok_or_else(|| Refusal::missing("sott"))?;
        let token = sott::accept(app, caller, sott).await?;
        let newcomer = Newcomer::new(app, caller, Purpose::Passwordless, named, profile.heard(named.kind))?;
        Ok(Some(Registration { newcomer, token }))
    }

    /// Waits until `expires_at`; the account that it becomes, unless somebody has the address or number.
    pub(super) fn wait(&self, tx: &mut Tx, caller: &Caller, expires_at: Timestamp) -> Result<Option<&Uid>> {
        self.token.spend(tx, &caller.tenant)?;
        self.newcomer.wait(tx, caller, expires_at)
    }
}
