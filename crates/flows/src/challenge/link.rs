//! A link that comes back, where links lead, and how long those work that are sent from more than one place.

use crate::access::{self, Caller};
use crate::{App, Result};
use doorward_model::id::{TenantId, Uid};
use doorward_model::keys::{Digest, Keys, Purpose as KeyPurpose};
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::time::{Span, Timestamp};
use doorward_store::Tx;
use doorward_store::challenges::{self, Linked, Purpose};

/// How long the link in a deletion message works.
pub(crate) const DELETION_LINK_LIFE: Span = Span::minutes(60);

/// How long the link in a reset message works.
pub(crate) const PASSWORD_LINK_LIFE: Span = Span::minutes(60);

/// Where the links of a request lead: the page it names if that is one of the tenant's (`refusal` otherwise), else
/// `own`, a path of this server that does by itself what the page would have asked for.
pub(crate) fn link_base(app: &App, caller: &Caller, page: Option<&str>, own: &str, refusal: Reason) -> Result<String> {
    let own = || format!("{}{own}?apikey={}&", app.public_url, caller.tenant.api_key);
    Ok(page_base(app, caller, page, refusal)?.unwrap_or_else(own))
}

/// The page that a request names for its links, if it names one; `refusal` when that is not one of the tenant's.
pub(crate) fn page_base(app: &App, caller: &Caller, page: Option<&str>, refusal: Reason) -> Result<Option<String>> {
    let Some(page) = page.map(str::trim).filter(|page| !page.is_empty()) else { return Ok(None) };
    let is_plain = page.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\#@\"<>".contains(&byte));
    let host = page.find("://").map_or(0, |at| at + 3);
    let end = page[host..].find(['/', '?']).map_or(page.len(), |end| host + end);
    if !is_plain || !access::is_own(app, caller.settings(), &page[..end]) {
        return Err(refusal.into());
    }
    Ok(Some(format!("{page}{}", if page.contains('?') { "&" } else { "?" })))
}

/// A link that somebody opened.
#[derive(Clone)]
pub(crate) struct Link {
    digest: Digest,
    purpose: Purpose,
}

/// Whose link it is.
#[derive(Clone)]
pub(crate) struct Redeemed {
    /// The account it was issued to.
    pub(crate) uid: Uid,
    /// The keyed hash of the address it was sent to.
    pub(crate) subject: Digest,
}

impl Link {
    /// The link that carried `token`, of this purpose.
    pub(crate) fn new(app: &App, caller: &Caller, purpose: Purpose, token: &Secret) -> Link {
        let token = token.expose().trim().to_ascii_lowercase();
        Link { digest: link_digest(&app.keys, caller.tenant_id(), purpose, &token), purpose }
    }

    /// Uses the link up; exactly one caller gets it. 973 when it is unknown, 974 when it was used, 975 when it is too
    /// old. Nothing is counted: nobody guesses 128 random bits.
    pub(crate) fn redeem(&self, tx: &mut Tx, tenant: &TenantId, now: Timestamp) -> Result<Result<Redeemed, Reason>> {
        let redeemed = match self.look(tx, tenant, now)? {
            Ok(redeemed) => redeemed,
            Err(reason) => return Ok(Err(reason)),
        };
        if !self.consume(tx, tenant, &redeemed, now)? {
            return Ok(Err(Reason::EmailLinkUsed));
        }
        Ok(Ok(redeemed))
    }

    /// Whose link it is, if it is live; it stays so.
    pub(crate) fn look(&self, tx: &mut Tx, tenant: &TenantId, now: Timestamp) -> Result<Result<Redeemed, Reason>> {
        Ok(self.live(tx, tenant, now)?.and_then(|found| {
            let uid = found.uid.ok_or(Reason::EmailLinkInvalid)?;
            Ok(Redeemed { uid, subject: found.subject })
        }))
    }

    /// The link if it is live, be it issued to an account or to somebody who has none yet; it stays so.
    pub(crate) fn live(&self, tx: &mut Tx, tenant: &TenantId, now: Timestamp) -> Result<Result<Linked, Reason>> {
        let Some(found) = self.find(tx, tenant)? else { return Ok(Err(Reason::EmailLinkInvalid)) };
        if found.consumed_at.is_some() {
            return Ok(Err(Reason::EmailLinkUsed));
        }
        if now >= found.expires_at {
            return Ok(Err(Reason::EmailLinkExpired));
        }
        Ok(Ok(found))
    }

    /// The link whatever its state.
    pub(crate) fn find(&self, tx: &mut Tx, tenant: &TenantId) -> Result<Option<Linked>> {
        Ok(challenges::by_code(tx, tenant, self.purpose, &self.digest)?)
    }

    /// The keyed hash of its token.
    pub(crate) fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Uses a live link up; true for exactly one caller.
    #[must_use = "false means that somebody else used it"]
    pub(crate) fn consume(&self, tx: &mut Tx, tenant: &TenantId, found: &Redeemed, now: Timestamp) -> Result<bool> {
        self.spend(tx, tenant, &found.subject, now)
    }

    /// Uses a live link up that was issued to this subject; true for exactly one caller.
    #[must_use = "false means that somebody else used it"]
    pub(crate) fn spend(&self, tx: &mut Tx, tenant: &TenantId, subject: &Digest, now: Timestamp) -> Result<bool> {
        Ok(challenges::consume(tx, tenant, self.purpose, subject, &self.digest, i64::MAX, now)?)
    }
}

/// The hash a link's token is found by: bound to its purpose alone, since nothing else comes with it.
pub(super) fn link_digest(keys: &Keys, tenant: &TenantId, purpose: Purpose, token: &str) -> Digest {
    keys.digest(KeyPurpose::OneTimeCode, tenant, &format!("{}-link:{token}", purpose.as_str()))
}
