//! Who asks, and what a request brings to be believed, let in or let off a lock.
//!
//! What belongs here: credentials read off a request, and the proofs that `flows::access` makes of them.
//! What does not: what an operation asks beside them (`ops`).

pub(crate) mod captcha;
pub(crate) mod credentials;
pub(crate) mod proof;
pub(crate) mod releasing;
pub(crate) mod visit;

pub(crate) use captcha::Captcha;
pub(crate) use proof::{
    AccessToken, ApiKey, ApiSecret, MaybeAccessToken, MaybeSott, MfaToken, PasskeyToken, PinAuthToken, SecretAlone,
    SecretAndToken, SessionToken, Sott,
};
pub(crate) use releasing::{Releasing, SecurityAnswers};
