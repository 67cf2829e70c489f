//! Passkeys: asked for, made and judged.
//!
//! Three files that all share: [`presented`] reads what a browser sends, [`relying_party`] judges it, [`ceremony`]
//! knows what was asked for. What people do with a passkey stands in [`crate::credentials::passkeys`], what it does as
//! a second factor in [`crate::credentials::mfa`].

use crate::access::Caller;
use doorward_model::identifier::Email;
use doorward_model::reason::Reason;
use doorward_model::time::Timestamp;
use doorward_store::passkeys::Passkey;

mod assertion;
mod attestation;
mod authenticators;
mod ceremony;
#[cfg(feature = "testing")]
pub mod fuzz;
mod presented;
pub(crate) mod relying_party;

pub(crate) use assertion::{Expected, Shown};
pub(crate) use attestation::Made;
pub(crate) use ceremony::Drawn;
pub use ceremony::digest as challenge_digest;
pub use presented::{Given, GivenResponse};
pub(crate) use relying_party::{RelyingParty, descriptor};

/// The signatures that are taken, by their COSE numbers, the best supported first: ES256, RS256, ES384.
pub const ALGORITHMS: [i64; 3] = [-7, -257, -35];

/// What an authenticator is asked to make.
#[derive(Debug, Clone)]
pub struct Creation {
    /// The domain that the passkey is made for.
    pub rp_id: String,
    /// The name that is shown for it.
    pub rp_name: String,
    /// The account as the authenticator keeps it, base64url.
    pub user_id: String,
    /// The account as the person knows it.
    pub user_name: String,
    /// What is to be signed, base64url.
    pub challenge: String,
    /// The passkeys that the account has: an authenticator with one of them makes no other.
    pub exclude: Vec<Descriptor>,
    /// `preferred` or `required`.
    pub user_verification: &'static str,
}

/// What an authenticator is asked to sign with a passkey it has.
#[derive(Debug, Clone)]
pub struct Request {
    /// The domain that the passkey was made for.
    pub rp_id: String,
    /// What is to be signed, base64url.
    pub challenge: String,
    /// The passkeys that will do; `None` for whichever the authenticator has.
    pub allow: Option<Vec<Descriptor>>,
    /// `preferred` or `required`.
    pub user_verification: &'static str,
}

/// Names a passkey to a browser.
#[derive(Debug, Clone)]
pub struct Descriptor {
    /// What its authenticator calls it, base64url.
    pub id: String,
    /// How the authenticator may be reached.
    pub transports: Vec<String>,
}

/// A passkey as its owner sees it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Names it where it is removed.
    pub id: String,
    /// The make of the authenticator, as far as it is known.
    pub authenticator: &'static str,
    /// The address or name that it was made for.
    pub identifier: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

impl Listed {
    pub(crate) fn of(passkey: &Passkey) -> Listed {
        Listed {
            id: passkey.id.clone(),
            authenticator: authenticators::name(&passkey.aaguid),
            identifier: passkey.identifier.clone(),
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
        }
    }
}

/// 1320 where the tenant has no passkeys.
pub fn require_passkeys(caller: &Caller) -> Result<(), Reason> {
    caller.settings().passkeys.enabled.then_some(()).ok_or(Reason::PasskeyDisabled)
}

/// The same for one that a person typed.
pub(crate) fn shown(email: &Email) -> String {
    email.shown().to_owned()
}

/// How the first factor is called in a login that waits for the second.
pub(crate) const FIRST_FACTOR: &str = "passkey";
