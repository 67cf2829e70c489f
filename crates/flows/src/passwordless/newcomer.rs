//! Somebody who registers by signing in. Their profile waits until the code or link comes back and only then becomes an
//! account, so that nobody can take an address or number that is not theirs, and known ones cost the same.

use crate::access::Caller;
use crate::accounts::draft::{Draft, Holdings};
use crate::identifiers::Named;
use crate::register::source;
use crate::{App, Error, Result, sott};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone};
use doorward_model::keys::Digest;
use doorward_model::profile::{AccountChange, Writer};
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::Tx;
use doorward_store::identifiers::{self, Kind};
use doorward_store::pending_registrations::{self, Pending};
use serde_json::{Map, Value};

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

    /// What is heard of the body: a profile with one identifier, and without a password.
    fn heard(&self, kind: Kind) -> Map<String, Value> {
        let other = if kind == Kind::Email { "phoneid" } else { "email" };
        let unheard = [other, "username", "password"];
        let heard = self.body.iter().filter(|(name, _)| !unheard.iter().any(|one| name.eq_ignore_ascii_case(one)));
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

/// A registration about to wait for its proof.
#[derive(Clone)]
pub(super) struct Newcomer {
    named: Named,
    subject: Digest,
    pending: Pending,
    token: sott::Accepted,
}

impl Newcomer {
    /// Whoever is named, as a newcomer; none where the tenant registers nobody this way. Refused by the registration token
    /// (908, 1049) and by the rules of the profile's fields, whether somebody is registered or not.
    pub(super) async fn of(
        app: &App,
        caller: &Caller,
        profile: &Profile<'_>,
        named: &Named,
    ) -> Result<Option<Newcomer>> {
        if !caller.settings().registers_without_password() {
            return Ok(None);
        }
        let sott = profile.sott.as_ref().ok_or_else(|| Refusal::missing("sott"))?;
        let token = sott::accept(app, caller, sott).await?;
        let heard = profile.heard(named.kind);
        let draft = Draft::sketch(app, &caller.tenant, &heard, Writer::User, app.now())?;
        let pending = Pending {
            uid: draft.draft().account.uid.clone(),
            profile: Value::Object(heard).to_string(),
            source: source(caller),
        };
        let subject = app.subject(&caller.tenant, named.kind, &named.value);
        Ok(Some(Newcomer { named: named.clone(), subject, pending, token }))
    }

    /// Waits until `expires_at`; false when somebody is registered with the address or number, and nothing will come of it.
    pub(super) fn wait(&self, tx: &mut Tx, caller: &Caller, expires_at: Timestamp) -> Result<bool> {
        let tenant = &caller.tenant;
        self.token.spend(tx, tenant)?;
        pending_registrations::put(tx, &tenant.id, &self.subject, &self.pending, expires_at)?;
        Ok(identifiers::owner(tx, &tenant.id, self.named.kind, &self.named.value)?.is_none())
    }

    /// The account that it becomes.
    pub(super) fn uid(&self) -> &Uid {
        &self.pending.uid
    }
}

/// A newcomer whose proof may be at hand.
#[derive(Clone)]
pub(super) struct Expected {
    subject: Digest,
    draft: Draft,
}

impl Expected {
    /// What waits for this subject, as an account with its identifier proved. None as well when the profile would not be
    /// accepted any more.
    pub(super) fn read(
        app: &App,
        caller: &Caller,
        subject: Digest,
        pending: &Pending,
        now: Timestamp,
    ) -> Result<Option<Expected>> {
        let profile: Map<String, Value> =
            serde_json::from_str(&pending.profile).map_err(|error| Error::Failed(error.into()))?;
        let Ok(sketch) = Draft::sketch(app, &caller.tenant, &profile, Writer::User, now) else { return Ok(None) };
        let mut draft = sketch.came_from(&pending.source).draft().clone();
        draft.account.uid = pending.uid.clone();
        draft.email_verified_at = Some(now);
        draft.phone_verified_at = Some(now);
        Ok(Some(Expected { subject, draft }))
    }

    /// The account that it becomes.
    pub(super) fn uid(&self) -> &Uid {
        &self.draft.account.uid
    }

    /// Makes the account; false when another registration has taken this one's place. 936 or 1058 when somebody was
    /// registered meanwhile.
    #[must_use = "false means that no account was made"]
    pub(super) fn register(&self, tx: &mut Tx, caller: &Caller, now: Timestamp) -> Result<bool> {
        if !pending_registrations::take(tx, caller.tenant_id(), &self.subject, self.uid())? {
            return Ok(false);
        }
        self.draft.insert(tx, &caller.tenant, now)?;
        Ok(true)
    }
}
