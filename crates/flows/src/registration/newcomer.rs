//! Somebody who registers by signing in. What they say of themselves waits, encrypted, until the code or link that was
//! sent comes back, and only then becomes an account: nobody can take an address or number that is not theirs, and one
//! that is somebody's costs the same work.

use super::draft::Draft;
use super::source;
use crate::access::Caller;
use crate::factors::claim;
use crate::profile::identifiers::Named;
use crate::session::{Begun, Login};
use crate::{App, Result, challenge, limits, notify};
use doorward_model::id::Uid;
use doorward_model::keys::Digest;
use doorward_model::profile::Writer;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, newcomers};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A registration about to wait for its proof.
#[derive(Clone)]
pub(crate) struct Newcomer {
    purpose: Purpose,
    named: Named,
    subject: Digest,
    kept: newcomers::Newcomer,
}

/// What is kept encrypted.
#[derive(Serialize, Deserialize)]
struct Said {
    /// The profile.
    body: Map<String, Value>,
    /// The page or program it came from.
    source: String,
}

impl Newcomer {
    /// Whoever is `named`, as a newcomer who says `body`: a profile with that identifier alone, and without anything to
    /// sign in with, for nobody knows yet who says it. Refused by the rules of the fields, whether somebody is registered
    /// or not.
    pub(crate) fn new(
        app: &App,
        caller: &Caller,
        purpose: Purpose,
        named: &Named,
        body: Map<String, Value>,
    ) -> Result<Newcomer> {
        let sketch = Draft::sketch(app, &caller.tenant, &body, Writer::User, app.now())?;
        let uid = sketch.draft().account.uid.clone();
        let subject = challenge::subject(&app.keys, &caller.tenant.id, named.kind, &named.value);
        let said = Said { body, source: source(caller) };
        let text = serde_json::to_string(&said).map_err(anyhow::Error::from)?;
        let sealed = app.keys.seal(&place(caller, &uid), &text, app.random());
        Ok(Newcomer { purpose, named: named.clone(), subject, kept: newcomers::Newcomer { uid, sealed } })
    }

    /// Waits until `expires_at`. The account that it becomes, to issue the code or link to; none when somebody has the
    /// address or number, and nothing will come of it.
    pub(crate) fn wait(&self, tx: &mut Tx, caller: &Caller, expires_at: Timestamp) -> Result<Option<&Uid>> {
        let tenant = caller.tenant_id();
        newcomers::put(tx, tenant, self.purpose, &self.subject, &self.kept, expires_at)?;
        let owner = identifiers::owner(tx, tenant, self.named.kind, &self.named.value)?;
        Ok(owner.is_none().then_some(&self.kept.uid))
    }
}

/// The newcomer, if any, whose proof may be at hand.
#[derive(Clone)]
pub(crate) struct Expected(Option<Waiting>);

/// An account that is made once its identifier is proved.
#[derive(Clone)]
struct Waiting {
    purpose: Purpose,
    subject: Digest,
    draft: Draft,
}

impl Expected {
    /// Whoever waits for the proof of `subject`, everything in their profile proved; nobody when that is none, or when the
    /// profile would not be accepted any more. To be read before the transaction: an account draws random numbers.
    pub(crate) async fn find(
        app: &App,
        caller: &Caller,
        purpose: Purpose,
        subject: Option<Digest>,
        now: Timestamp,
    ) -> Result<Expected> {
        let Some(subject) = subject else { return Ok(Expected(None)) };
        let (tenant, wanted) = (caller.tenant_id().clone(), subject.clone());
        let Some(kept) = app.read(move |tx| Ok(newcomers::get(tx, &tenant, purpose, &wanted)?)).await? else {
            return Ok(Expected(None));
        };
        let place = place(caller, &kept.uid);
        let text = app.keys.open(&place, &kept.sealed).map_err(anyhow::Error::from)?;
        let said: Said = serde_json::from_str(&text).map_err(anyhow::Error::from)?;
        let Ok(sketch) = Draft::sketch(app, &caller.tenant, &said.body, Writer::User, now) else {
            return Ok(Expected(None));
        };
        let mut draft = sketch.came_from(&said.source).draft().clone();
        draft.account.uid = kept.uid;
        draft.email_verified_at = Some(now);
        draft.phone_verified_at = Some(now);
        Ok(Expected(Some(Waiting { purpose, subject, draft })))
    }

    /// Tells of who came in, and what they are answered.
    pub(crate) async fn finish(&self, app: &App, caller: &Caller, begun: Result<Begun, Refusal>) -> Result<Login> {
        let begun = begun.map_err(|refusal| limits::refused(app, caller, refusal))?;
        self.tell(caller, begun.uid());
        if begun.is_complete() {
            notify::event(caller, "Login", Some(begun.uid()));
        }
        begun.finish(app, caller).await
    }

    /// Notes a registration, if that is what let this account in.
    pub(crate) fn tell(&self, caller: &Caller, uid: &Uid) {
        if self.becomes(uid) {
            notify::event(caller, "Register", Some(uid));
        }
    }

    /// Whether this is the account that the newcomer becomes.
    pub(crate) fn becomes(&self, uid: &Uid) -> bool {
        self.0.as_ref().is_some_and(|waiting| waiting.draft.account.uid == *uid)
    }

    /// The account that the newcomer becomes; none when somebody has come by the address or number meanwhile.
    pub(crate) fn uid(&self, tx: &mut Tx, caller: &Caller) -> Result<Option<Uid>> {
        let Some(Waiting { draft, .. }) = &self.0 else { return Ok(None) };
        for (kind, value) in draft.holdings.identifiers() {
            if identifiers::owner(tx, caller.tenant_id(), kind, value)?.is_some() {
                return Ok(None);
            }
        }
        Ok(Some(draft.account.uid.clone()))
    }

    /// Writes what was proved: the account if it is the newcomer's, else that the account has proved its identifier.
    /// `lost` when the newcomer's registration is gone, 936 or 1058 when somebody else was registered at this moment.
    pub(crate) fn admit(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        uid: &Uid,
        proved: (Kind, &str),
        lost: Reason,
        now: Timestamp,
    ) -> Result<()> {
        let tenant = &caller.tenant;
        let Some(waiting) = self.0.as_ref().filter(|_| self.becomes(uid)) else {
            return claim::prove(tx, tenant, uid, proved, now);
        };
        if !newcomers::take(tx, &tenant.id, waiting.purpose, &waiting.subject, uid)? {
            return Err(lost.into());
        }
        waiting.draft.insert(tx, tenant, now)
    }
}

/// Where a registration is kept, so that it opens for no other account; each has a uid of its own. The keyed hash of its
/// identifier would be another one under the next master key.
fn place(caller: &Caller, uid: &Uid) -> String {
    format!("newcomer:{}:{uid}", caller.tenant_id())
}
