//! The mailbox behind an address or a user name that somebody named.

use super::identifiers::Named;
use crate::access::Caller;
use crate::app::Tenant;
use crate::{App, Result, challenge};
use doorward_model::id::Uid;
use doorward_model::keys::Digest;
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{Tx, accounts};

/// Whether a message may go to an address, given everything that its account holds.
pub(crate) type Fits = fn(&Identifier, &[Identifier]) -> bool;

/// An address that stands for its account: it is proved, or nothing of the account is. An unproved one beside a proved
/// one may be a stranger's, who must not get the account with it.
pub(crate) fn stands_for_account(address: &Identifier, held: &[Identifier]) -> bool {
    address.verified_at.is_some() || held.iter().all(|other| other.verified_at.is_none())
}

/// An address that waits for its proof.
pub(crate) fn is_unproved(address: &Identifier, _: &[Identifier]) -> bool {
    address.verified_at.is_none()
}

/// Where a message goes; with nobody behind it, it is written and counted all the same.
pub(crate) struct Mailbox {
    /// The account, if the message is to reach anybody.
    pub(crate) uid: Option<Uid>,
    /// The keyed hash that messages to it are counted under.
    pub(crate) subject: Digest,
    /// The address; empty for nobody's.
    pub(crate) to: String,
}

/// Finds the mailbox of whom somebody named; 429 when too many do.
pub(crate) async fn find(app: &App, caller: &Caller, named: &Named, fits: Fits) -> Result<Mailbox> {
    app.velocity.count_identifier(&challenge::subject(&app.keys, &caller.tenant.id, named.kind, &named.value))?;
    let (tenant, wanted) = (caller.tenant.clone(), named.clone());
    let found = app.read(move |tx| address(tx, &tenant, &wanted, fits)).await?;
    Ok(match found {
        Some((uid, address)) => Mailbox {
            uid: Some(uid),
            subject: challenge::subject(&app.keys, &caller.tenant.id, Kind::Email, &address.value),
            to: address.shown,
        },
        None => Mailbox {
            uid: None,
            subject: challenge::subject(&app.keys, &caller.tenant.id, named.kind, &named.value),
            to: String::new(),
        },
    })
}

/// The account that is named and the first of its addresses that `fits`: the named one, if an address is named. None
/// also for an account that is blocked.
pub(crate) fn address(tx: &mut Tx, tenant: &Tenant, named: &Named, fits: Fits) -> Result<Option<(Uid, Identifier)>> {
    let owner = identifiers::owner(tx, &tenant.id, named.kind, &named.value)?;
    // An identifier that nobody has asks the same questions, of nobody.
    let uid = owner.map_or_else(|| Uid::new(""), |owner| owner.uid);
    let held = identifiers::list(tx, &tenant.id, &uid)?;
    if !accounts::state(tx, &tenant.id, &uid)?.is_some_and(|state| state.is_active) {
        return Ok(None);
    }
    let is_meant = |one: &Identifier| named.kind != Kind::Email || one.value == named.value;
    let found = addresses(&held).find(|one| is_meant(one) && fits(one, &held)).cloned();
    Ok(found.map(|address| (uid, address)))
}

/// The account that is named, and the identifier that its code was sent under. A code goes with the mailbox it was sent
/// to: a user name whose account moved to another has a code no more.
pub(crate) fn addressee(tx: &mut Tx, tenant: &Tenant, named: &Named) -> Result<(Option<Uid>, Named)> {
    Ok(match address(tx, tenant, named, stands_for_account)? {
        Some((uid, address)) => (Some(uid), Named { kind: Kind::Email, value: address.value }),
        None => (None, named.clone()),
    })
}

/// The address of the account that a keyed hash stands for, if the account still holds it and it still `fits`.
pub(crate) fn held(
    app: &App,
    tx: &mut Tx,
    tenant: &Tenant,
    uid: &Uid,
    subject: &Digest,
    fits: Fits,
) -> Result<Option<Identifier>> {
    let held = identifiers::list(tx, &tenant.id, uid)?;
    let is_meant =
        |one: &Identifier| challenge::subject(&app.keys, &tenant.id, Kind::Email, &one.value).matches(subject);
    Ok(addresses(&held).find(|one| is_meant(one) && fits(one, &held)).cloned())
}

/// The email addresses among identifiers.
pub(crate) fn addresses(held: &[Identifier]) -> impl Iterator<Item = &Identifier> + Clone {
    held.iter().filter(|one| one.kind == Kind::Email.as_str())
}
