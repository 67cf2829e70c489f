//! The key that an authenticator app and the server share: drawn, told, tried.

use super::standing::Standing;
use super::{Factor, picture, require_enabled};
use crate::access::Caller;
use crate::{App, Result};
use doorward_model::id::{TenantId, Uid};
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_model::totp::Key;
use doorward_store::identifiers::{Identifier, Kind};
use doorward_store::{Tx, second_factors};

/// The key of an app as it is told while the app is set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// What is typed into the app.
    pub typed: Secret,
    /// What the app reads from a picture.
    pub uri: Secret,
    /// How wide that picture is at most, in pixels.
    width: i64,
}

impl Setup {
    /// The picture that the app reads: a data URI of a PNG. None for a name of an account that no picture holds.
    pub fn picture(&self) -> Option<String> {
        picture::data_uri(self.uri.expose(), usize::try_from(self.width).unwrap_or_default())
    }
}

/// 1097 or 1279 where the tenant has no authenticator apps.
pub fn require_offered(settings: &Settings) -> Result<(), Reason> {
    require_enabled(settings)?;
    Factor::Authenticator.is_offered(settings).then_some(()).ok_or(Reason::MfaAuthenticatorNotEnabled)
}

/// The app that a code is tried against.
pub(crate) struct Tested {
    /// Names its key to the cipher.
    id: String,
    sealed: Vec<u8>,
    /// Whether it is no factor until a code of it comes.
    is_new: bool,
}

impl Tested {
    /// The app that the account proves itself with.
    pub(crate) fn proved(standing: &Standing) -> Option<Tested> {
        let row = standing.verified(Factor::Authenticator)?;
        Some(Tested { id: row.id.clone(), sealed: row.sealed.clone()?, is_new: false })
    }

    /// The app that is being set up, with the key that was told for the row of this id.
    pub(crate) fn wanted(id: String, sealed: Vec<u8>) -> Tested {
        Tested { id, sealed, is_new: true }
    }

    /// Its key, sealed.
    pub(crate) fn sealed(&self) -> &[u8] {
        &self.sealed
    }

    /// Whether it is no factor until a code of it comes.
    pub(crate) fn is_new(&self) -> bool {
        self.is_new
    }

    /// True when the code is one of the app's and newer than the last that was taken; it is used up by this, and a new
    /// app becomes the account's. The account must be locked.
    #[must_use = "a wrong code must be counted"]
    pub(crate) fn accepts(
        &self,
        app: &App,
        tx: &mut Tx,
        caller: &Caller,
        uid: &Uid,
        code: &Secret,
        now: Timestamp,
    ) -> Result<bool> {
        let (tenant, factor) = (caller.tenant_id(), Factor::Authenticator.as_str());
        let key = open(app, tenant, &self.id, &self.sealed)?;
        let Some(step) = key.step_of(code.expose(), now) else { return Ok(false) };
        if self.is_new {
            let (id, sealed) = (self.id.clone(), Some(self.sealed.clone()));
            second_factors::put(tx, tenant, uid, &second_factors::New { factor, id, sealed, subject: None }, now)?;
        }
        Ok(second_factors::accept_step(tx, tenant, uid, factor, step)?)
    }
}

/// Draws the key of an app that is to be set up, sealed for the row of this id.
pub(crate) fn draw(app: &App, tenant: &TenantId, id: &str) -> Vec<u8> {
    app.keys.seal(&place(tenant, id), Key::new(app.random()).text().expose(), app.random())
}

/// Tells the key that was drawn for the row of this id to the one who holds these identifiers.
pub(crate) fn tell(app: &App, caller: &Caller, (id, sealed): (&str, &[u8]), held: &[Identifier]) -> Result<Setup> {
    let key = open(app, caller.tenant_id(), id, sealed)?;
    let switches = &caller.settings().second_factor;
    let issuer = if switches.issuer.trim().is_empty() { &caller.tenant.name } else { &switches.issuer };
    let of_kind = |kind: Kind| held.iter().find(|identifier| identifier.kind == kind.as_str());
    let account = of_kind(Kind::Email).or_else(|| of_kind(Kind::Phone)).or_else(|| of_kind(Kind::Username));
    let account = account.map_or("", |identifier| &identifier.shown);
    Ok(Setup { typed: key.typed(), uri: key.uri(issuer, account), width: switches.qr_code_width })
}

fn open(app: &App, tenant: &TenantId, id: &str, sealed: &[u8]) -> Result<Key> {
    Ok(Key::of(app.keys.open(&place(tenant, id), sealed).map_err(anyhow::Error::from)?))
}

/// Where the key is kept, for the cipher; no phone number that was sealed for the same row opens as one.
pub(crate) fn place(tenant: &TenantId, id: &str) -> String {
    format!("authenticator:{tenant}:{id}")
}
