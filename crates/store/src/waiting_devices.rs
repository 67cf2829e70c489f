//! Devices that wait until a link is opened elsewhere.

use crate::purpose::Purpose;
use crate::{Result, Tx, forms, row};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::Digest;
use doorward_model::time::Timestamp;

/// A device about to wait.
#[derive(Debug, Clone)]
pub struct New {
    /// Keyed hash of the GUID that it made up.
    pub device: Digest,
    /// What the link is good for.
    pub purpose: Purpose,
    /// Keyed hash of the link's token.
    pub link: Digest,
    /// Keyed hash of the program and network that asked.
    pub client: Digest,
    /// When it waits no more.
    pub expires_at: Timestamp,
}

/// A device as it stands.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// What the link is good for, as [`Purpose::as_str`] says it.
    pub purpose: String,
    /// Keyed hash of the program and network that asked.
    pub client: Digest,
    /// When it waits no more.
    pub expires_at: Timestamp,
    /// When the link was opened.
    pub confirmed_at: Option<Timestamp>,
    /// When the device got its session.
    pub signed_in_at: Option<Timestamp>,
}
row!(Waiting { purpose, client, expires_at, confirmed_at, signed_in_at });

/// Lets a device wait; false when its GUID is known already.
#[must_use = "false means that the device does not wait"]
pub fn add(tx: &mut Tx, tenant: &TenantId, new: &New) -> Result<bool> {
    let device = forms::standing(tx, &new.device, |tx, form| Ok(find(tx, tenant, form)?.is_some()))?;
    let added = tx.execute(
        "INSERT INTO waiting_devices (tenant, device, purpose, link, client, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
        &[tenant, &device, &new.purpose.as_str(), &new.link, &new.client, &new.expires_at],
    )?;
    Ok(added == 1)
}

/// The device of this GUID.
pub fn find(tx: &mut Tx, tenant: &TenantId, device: &Digest) -> Result<Option<Waiting>> {
    forms::find(device, |device| {
        tx.optional(
            "SELECT purpose, client, expires_at, confirmed_at, signed_in_at FROM waiting_devices
             WHERE tenant = $1 AND device = $2",
            &[tenant, device],
        )
    })
}

/// The device that this link signs in.
pub fn by_link(tx: &mut Tx, tenant: &TenantId, link: &Digest) -> Result<Option<Waiting>> {
    forms::find(link, |link| {
        tx.optional(
            "SELECT purpose, client, expires_at, confirmed_at, signed_in_at FROM waiting_devices
             WHERE tenant = $1 AND link = $2",
            &[tenant, link],
        )
    })
}

/// Notes whose mailbox the link was opened in; false when no device waits for it any more.
#[must_use = "false means that no device waits"]
pub fn confirm(
    tx: &mut Tx,
    tenant: &TenantId,
    link: &Digest,
    (uid, subject): (&Uid, &Digest),
    now: Timestamp,
) -> Result<bool> {
    let confirmed = forms::change(link, |link| {
        tx.execute(
            "UPDATE waiting_devices SET uid = $3, subject = $4, confirmed_at = $5
             WHERE tenant = $1 AND link = $2 AND confirmed_at IS NULL AND expires_at > $5",
            &[tenant, link, uid, subject, &now],
        )
    })?;
    Ok(confirmed == 1)
}

/// Whose session the device gets, and which address proved it: told to exactly one caller, however many ask at once, and
/// to no other client than the one that waits.
#[must_use = "none means that there is no session to begin"]
pub fn take(
    tx: &mut Tx,
    tenant: &TenantId,
    device: &Digest,
    client: &Digest,
    now: Timestamp,
) -> Result<Option<(Uid, Digest)>> {
    forms::find(device, |device| {
        forms::find(client, |client| {
            tx.optional(
                "UPDATE waiting_devices SET signed_in_at = $4
                 WHERE tenant = $1 AND device = $2 AND client = $3 AND uid IS NOT NULL AND confirmed_at IS NOT NULL
                     AND signed_in_at IS NULL AND expires_at > $4
                 RETURNING uid, subject",
                &[tenant, device, client, &now],
            )
        })
    })
}

/// Sends the account's devices away that were let in but did not come back yet.
pub fn turn_away(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<()> {
    tx.execute("DELETE FROM waiting_devices WHERE tenant = $1 AND uid = $2 AND signed_in_at IS NULL", &[tenant, uid])?;
    Ok(())
}

/// Forgets the devices that waited until before `before`.
pub fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM waiting_devices WHERE expires_at < $1", &[&before])
}
