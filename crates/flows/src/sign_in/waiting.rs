//! A device that waits until a link is opened elsewhere: known by the GUID it made up, and let in where that and the
//! program and network it comes from are those that asked.

use crate::access::Caller;
use crate::challenge::{Link, Sending};
use crate::{App, Result, app};
use doorward_model::id::Uid;
use doorward_model::keys::{Digest, Purpose as KeyPurpose};
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::time::{Span, Timestamp};
use doorward_store::challenges::{Linked, Purpose};
use doorward_store::{Tx, waiting_devices};
use uuid::{Uuid, Variant, Version};

/// How long a device waits, and the link works that lets it in: a person is looking at both.
pub(crate) const WAIT: Span = Span::minutes(15);

/// The device of a request, as keyed hashes.
#[derive(Clone)]
pub(crate) struct Device {
    guid: Digest,
    client: Digest,
}

impl Device {
    /// The device that calls itself `guid`; 1140 for anything but a random GUID (version 4): whoever guesses it gets the
    /// session, and only that version says that there are 122 random bits in it.
    pub(crate) fn of(app: &App, caller: &Caller, guid: &Secret) -> Result<Device, Reason> {
        let parsed = Uuid::try_parse(guid.expose().trim()).map_err(|_| Reason::ClientGuidInvalid)?;
        if parsed.get_version() != Some(Version::Random) || parsed.get_variant() != Variant::RFC4122 {
            return Err(Reason::ClientGuidInvalid);
        }
        let (tenant, visit) = (caller.tenant_id(), &caller.visit);
        let stays = caller.settings().waiting_device_network;
        let network = if stays { app::network(visit.ip).to_string() } else { String::new() };
        let guid = Secret::new(format!("waiting-device:{}", parsed.simple()));
        let client = format!("client:{network}:{}", visit.user_agent);
        Ok(Device {
            guid: app.keys.digest(KeyPurpose::OneTimeCode, tenant, guid.expose()),
            client: app.keys.digest(KeyPurpose::Identifier, tenant, &client),
        })
    }

    /// Lets the device wait for the link of `sending`; 1136 when its GUID was used before.
    pub(crate) fn wait(&self, tx: &mut Tx, caller: &Caller, purpose: Purpose, sending: &Sending) -> Result<()> {
        let new = waiting_devices::New {
            device: self.guid.clone(),
            purpose,
            link: sending.code().clone(),
            client: self.client.clone(),
            expires_at: sending.expires_at(),
        };
        let waits = waiting_devices::add(tx, caller.tenant_id(), &new)?;
        waits.then_some(()).ok_or_else(|| Reason::ClientGuidUsed.into())
    }

    /// What the link is good for that the device was let in by. 1140 when no such device waits, or another client asks;
    /// 1139 while nobody has opened the link, 1136 when the device has its session.
    pub(crate) fn look(&self, tx: &mut Tx, caller: &Caller, now: Timestamp) -> Result<Result<Purpose, Reason>> {
        let found = waiting_devices::find(tx, caller.tenant_id(), &self.guid)?;
        let Some(found) = found.filter(|found| found.client.matches(&self.client) && now < found.expires_at) else {
            return Ok(Err(Reason::ClientGuidInvalid));
        };
        let purposes = [Purpose::SmartLogin, Purpose::OneTouch];
        let purpose = purposes.into_iter().find(|purpose| purpose.as_str() == found.purpose);
        Ok(match purpose {
            None => Err(Reason::ClientGuidInvalid),
            Some(_) if found.signed_in_at.is_some() => Err(Reason::ClientGuidUsed),
            Some(_) if found.confirmed_at.is_none() => Err(Reason::SmartLoginPending),
            Some(purpose) => Ok(purpose),
        })
    }

    /// Whose session the device gets; told to exactly one caller.
    #[must_use = "none means that there is no session to begin"]
    pub(crate) fn take(&self, tx: &mut Tx, caller: &Caller, now: Timestamp) -> Result<Option<(Uid, Digest)>> {
        Ok(waiting_devices::take(tx, caller.tenant_id(), &self.guid, &self.client, now)?)
    }
}

/// The link that a device waits for, if it is live: 973 unknown, 975 too old. A used one is `used`, or `confirmed` while
/// the device has not come back for its session.
pub(crate) fn live(
    tx: &mut Tx,
    caller: &Caller,
    link: &Link,
    (used, confirmed): (Reason, Reason),
    now: Timestamp,
) -> Result<Result<Linked, Reason>> {
    let tenant = caller.tenant_id();
    let found = link.live(tx, tenant, now)?;
    if !matches!(found, Err(Reason::EmailLinkUsed)) {
        return Ok(found);
    }
    let waiting = waiting_devices::by_link(tx, tenant, link.digest())?;
    let waits = waiting.is_some_and(|waiting| waiting.confirmed_at.is_some() && waiting.signed_in_at.is_none());
    Ok(Err(if waits { confirmed } else { used }))
}

/// Lets the device in that waits for this link; whoever opens it gets nothing.
pub(crate) fn let_in(tx: &mut Tx, caller: &Caller, link: &Link, whose: (&Uid, &Digest), now: Timestamp) -> Result<()> {
    let waited = waiting_devices::confirm(tx, caller.tenant_id(), link.digest(), whose, now)?;
    waited.then_some(()).ok_or_else(|| Reason::EmailLinkInvalid.into())
}
