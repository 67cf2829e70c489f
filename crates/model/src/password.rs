//! Passwords: what is accepted as one, and how it is kept.
//!
//! Kept as argon2id (19 MiB, two passes, one lane), the PHC string form, salted with 16 random bytes.

use crate::secret::Secret;
use argon2::password_hash::{PasswordVerifier, phc::PasswordHash};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use data_encoding::BASE64_NOPAD;
use dryoc::classic::crypto_pwhash::{PasswordHashAlgorithm, crypto_pwhash};
use policy::Listed;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

pub mod foreign;
mod policy;
pub mod rules;

pub use policy::{Breached, BreachedLogin, ExpiredLogin, Policy, Unit};

/// The version of argon2 that hashes are made with today.
const PHC_ARGON2_VERSION: u32 = 0x13;

/// Memory of one hash in KiB.
pub const MEMORY_KIB: usize = 19 * 1024;
const PASSES: u64 = 2;
const HASH_LENGTH: usize = 32;
/// Bytes of random salt that [`hash`] wants.
pub const SALT_LENGTH: usize = 16;

/// A password as typed, in Unicode NFC, so that the same keys pressed on two systems are the same password.
#[derive(Debug, Clone)]
pub struct Password {
    text: Secret,
    /// What the shipped lists know of it, once somebody has asked: looking it up takes as long as all else but the hash.
    listed: OnceLock<Option<Listed>>,
}

impl Password {
    /// Takes any text; whether a *new* password may be so is asked by [`Password::check_form`].
    pub fn new(text: &Secret) -> Password {
        Password { text: Secret::new(text.expose().nfc().collect::<String>()), listed: OnceLock::new() }
    }

    /// The SHA-1 of its text in UTF-8, the form that lists of stolen passwords have. Never stored.
    pub fn sha1(&self) -> [u8; 20] {
        let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, self.text.expose().as_bytes());
        digest.as_ref().try_into().expect("a SHA-1 has 20 bytes")
    }
}

/// Hashes a password with the current parameters; about 6 ms and 19 MiB, so only on the hash pool.
pub fn hash(password: &Password, salt: [u8; SALT_LENGTH]) -> String {
    let hash = argon2id(password, &salt, PASSES, MEMORY_KIB);
    let (salt, hash) = (BASE64_NOPAD.encode(&salt), BASE64_NOPAD.encode(hash.as_ref()));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${salt}${hash}")
}

/// True when `password` is the one that `stored` was made from, a PHC string or what [`foreign::import`] gives; on the
/// hash pool, like [`hash`].
/// An unreadable hash matches nothing.
pub fn verify(password: &Password, stored: &str) -> bool {
    match current_parts(stored) {
        Some((salt, expected)) => {
            let hash = argon2id(password, &salt, PASSES, MEMORY_KIB);
            aws_lc_rs::constant_time::verify_slices_are_equal(hash.as_ref(), &expected).is_ok()
        }
        None => foreign::verify(password, stored).unwrap_or_else(|| verify_other_parameters(password, stored)),
    }
}

/// True when `stored` was made elsewhere, or with other parameters than [`hash`] uses today.
pub fn is_outdated(stored: &str) -> bool {
    current_parts(stored).is_none()
}

/// A hash that no password matches, to spend the same work on identifiers that nobody has.
pub const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn argon2id(
    password: &Password,
    salt: &[u8; SALT_LENGTH],
    passes: u64,
    memory_kib: usize,
) -> Zeroizing<[u8; HASH_LENGTH]> {
    let mut out = Zeroizing::new([0; HASH_LENGTH]);
    let text = password.text.expose().as_bytes();
    crypto_pwhash(out.as_mut(), text, salt, passes, memory_kib * 1024, PasswordHashAlgorithm::Argon2id13)
        .expect("the parameters are constants within the algorithm's limits");
    out
}

/// Salt and hash of a PHC string that has exactly today's parameters.
fn current_parts(stored: &str) -> Option<([u8; SALT_LENGTH], Vec<u8>)> {
    let rest = stored.strip_prefix("$argon2id$v=19$m=19456,t=2,p=1$")?;
    let (salt, hash) = rest.split_once('$')?;
    let salt = BASE64_NOPAD.decode(salt.as_bytes()).ok()?.try_into().ok()?;
    let hash = BASE64_NOPAD.decode(hash.as_bytes()).ok()?;
    (hash.len() == HASH_LENGTH).then_some((salt, hash))
}

fn verify_other_parameters(password: &Password, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|parsed| {
        argon2::Argon2::default().verify_password(password.text.expose().as_bytes(), &parsed).is_ok()
    })
}

#[cfg(test)]
mod tests;
