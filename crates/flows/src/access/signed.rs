//! Requests that a back end signs instead of sending its secret.

use super::proof::Caller;
use super::secret;
use crate::{App, Result};
use anyhow::Context;
use data_encoding::HEXLOWER;
use doorward_model::keys::Purpose;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::settings::{Settings, SigningMode};
use doorward_model::signing::{Malformed, Request, Signature};
use doorward_store::{signatures, tenants};

/// The signature of a request, if there is one, and what it may have been made of.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The header `digest`.
    pub digest: Option<String>,
    /// The header `X-Request-Expires`.
    pub expires: Option<String>,
    /// Path and query as they came.
    pub target: String,
    /// The body as it came; may be left out where there is no digest.
    pub body: Vec<u8>,
    /// The method that it came with.
    pub method: String,
    /// Whether the request may change anything or hand something out: then it is carried out once.
    pub changes: bool,
}

impl Signed {
    /// True when the signature decides; 1207 or 1209 when the tenant asks for one and there is none.
    pub(super) fn is_wanted(&self, settings: &Settings, has_secret: bool) -> Result<bool, Reason> {
        let signing = &settings.signing;
        match (signing.enabled, self.digest.is_some(), signing.mode) {
            (false, ..) => Ok(false),
            (true, true, _) => Ok(true),
            (true, false, SigningMode::Strict) => Err(Reason::SignatureMissing),
            (true, false, SigningMode::Preferred) if has_secret => Ok(false),
            (true, false, SigningMode::Preferred) => Err(Reason::SignatureOrSecretMissing),
        }
    }
}

/// Checks a signature under every live secret of the tenant: 1210 without an expiry, 1211 when it is none, 1212 when it
/// has passed or lies too far ahead, 1208 when nothing fits, also for a request that was carried out before and for one
/// that came first with another method: nothing of the method is signed.
pub(super) async fn check(app: &App, caller: &Caller, signed: &Signed) -> Result<()> {
    let now = app.now();
    let digest = signed.digest.as_deref().ok_or(Reason::SignatureMissing)?;
    let expires = signed.expires.as_deref().ok_or(Reason::RequestExpiryMissing)?;
    let signature = Signature::read(digest, expires, now, caller.settings().signing.longest()).map_err(
        |malformed| match malformed {
            Malformed::Digest => Reason::SignatureInvalid,
            Malformed::Expiry => Reason::RequestExpiryMalformed,
            Malformed::Expired => Reason::RequestExpiryInvalid,
        },
    )?;
    let tenant = caller.tenant_id().clone();
    let id = tenant.clone();
    let secrets = app.read(move |tx| Ok(tenants::secrets(tx, &id)?)).await?;
    // The address is the installation's own, never what the request says of its host.
    let request = Request { url: format!("{}{}", app.public_url, signed.target), body: signed.body.clone() };
    let mut right = false;
    for stored in secrets.into_iter().filter(|stored| stored.is_live(now)) {
        let text = app.keys.open(&secret::secret_place(&tenant), &stored.sealed).context("opening an API secret")?;
        right |= signature.is_of(&Secret::new(text), &request);
    }
    if right {
        let used = app.keys.digest(Purpose::Signature, &tenant, &HEXLOWER.encode(signature.digest()));
        let (method, expires_at) = (signed.method.clone(), signature.expires_at());
        let first = app.write(move |tx| Ok(signatures::note(tx, &tenant, &used, &method, expires_at)?)).await?;
        right = first.is_none_or(|first| first == signed.method && !signed.changes);
    }
    if !right {
        app.velocity.count_failure(caller.visit.ip)?;
        return Err(Reason::SignatureInvalid.into());
    }
    Ok(())
}
