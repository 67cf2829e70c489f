//! Passwords: what is accepted as one, and how it is kept.
//!
//! Kept as argon2id (19 MiB, two passes, one lane), the PHC string form, salted with 16 random bytes.

use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::secret::Secret;
use argon2::password_hash::{PasswordVerifier, phc::PasswordHash};
use data_encoding::BASE64_NOPAD;
use dryoc::classic::crypto_pwhash::{PasswordHashAlgorithm, crypto_pwhash};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Memory of one hash in KiB.
pub const MEMORY_KIB: usize = 19 * 1024;
const PASSES: u64 = 2;
const HASH_LENGTH: usize = 32;
/// Bytes of random salt that [`hash`] wants.
pub const SALT_LENGTH: usize = 16;

/// The longest password in characters that zxcvbn is asked about: its time grows steeply past that.
const LOOKED_UP: usize = 64;
/// Shorter values of a profile are too common as parts of good passwords to refuse.
const SHORTEST_PROFILE_VALUE: usize = 4;

/// A tenant's rules for new passwords.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Fewest characters.
    #[serde(rename = "minLength")]
    pub min_length: usize,
    /// Most characters.
    #[serde(rename = "maxLength")]
    pub max_length: usize,
    /// How many earlier passwords are refused beside the current one.
    #[serde(rename = "MaxPasswordHistory")]
    pub history: u32,
    /// Whether passwords that are themselves common passwords or dictionary words are refused.
    #[serde(rename = "CommonPasswordPreventionValidation")]
    pub common: bool,
    /// Whether passwords that hold a value of the profile are refused.
    #[serde(rename = "ProfileDataPasswordValidation")]
    pub profile_data: bool,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy { min_length: 8, max_length: 128, history: 5, common: true, profile_data: true }
    }
}

/// A password as typed, in Unicode NFC, so that the same keys pressed on two systems are the same password.
#[derive(Debug, Clone)]
pub struct Password(Secret);

impl Password {
    /// Takes any text; whether a *new* password may be so is asked by [`Password::check_form`].
    pub fn new(text: &Secret) -> Password {
        Password(Secret::new(text.expose().nfc().collect::<String>()))
    }

    /// The rules that need nobody's account: length (1134) and common passwords (1216).
    pub fn check_form(&self, policy: &Policy) -> Result<(), Refusal> {
        let length = self.0.expose().chars().count();
        if length < policy.min_length || length > policy.max_length {
            let message = format!("The password must have {} to {} characters.", policy.min_length, policy.max_length);
            return Err(Refusal::invalid("password", message));
        }
        if policy.common && is_common(self.0.expose()) {
            return Err(Reason::PasswordWeak.into());
        }
        Ok(())
    }

    /// Refuses (1216) a password that contains one of the account's own values as a whole: address, its local part,
    /// user name, first or last name, phone number.
    pub fn check_profile<'a>(&self, policy: &Policy, values: impl IntoIterator<Item = &'a str>) -> Result<(), Refusal> {
        if !policy.profile_data {
            return Ok(());
        }
        let password = Zeroizing::new(self.0.expose().to_lowercase());
        for value in values {
            let value = value.trim().to_lowercase();
            let local_part = value.split_once('@').map(|(local, _)| local.to_owned());
            let digits = value.strip_prefix('+').map(str::to_owned);
            let held = [Some(value), local_part, digits]
                .into_iter()
                .flatten()
                .any(|part| part.chars().count() >= SHORTEST_PROFILE_VALUE && password.contains(&part));
            if held {
                return Err(Reason::PasswordWeak.into());
            }
        }
        Ok(())
    }
}

/// True when the whole password, whatever its case, is one entry of the lists of common passwords, words and names.
fn is_common(password: &str) -> bool {
    use zxcvbn::matching::patterns::MatchPattern;
    let length = password.chars().count();
    if length > LOOKED_UP {
        return false;
    }
    let estimate = zxcvbn::zxcvbn(password, &[]);
    match estimate.sequence() {
        [only] => match &only.pattern {
            MatchPattern::Dictionary(word) => !word.l33t && !word.reversed,
            MatchPattern::Repeat(_) | MatchPattern::Sequence(_) => true,
            _ => false,
        },
        _ => false,
    }
}

/// Hashes a password with the current parameters; about 6 ms and 19 MiB, so only on the hash pool.
pub fn hash(password: &Password, salt: [u8; SALT_LENGTH]) -> String {
    let hash = argon2id(password, &salt, PASSES, MEMORY_KIB);
    let (salt, hash) = (BASE64_NOPAD.encode(&salt), BASE64_NOPAD.encode(hash.as_ref()));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${salt}${hash}")
}

/// True when `password` is the one that `stored` (a PHC string) was made from; on the hash pool, like [`hash`].
/// An unreadable hash matches nothing.
pub fn verify(password: &Password, stored: &str) -> bool {
    match current_parts(stored) {
        Some((salt, expected)) => {
            let hash = argon2id(password, &salt, PASSES, MEMORY_KIB);
            aws_lc_rs::constant_time::verify_slices_are_equal(hash.as_ref(), &expected).is_ok()
        }
        None => verify_other_parameters(password, stored),
    }
}

/// True when `stored` was made with other parameters than [`hash`] uses today.
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
    let text = password.0.expose().as_bytes();
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
    PasswordHash::new(stored)
        .is_ok_and(|parsed| argon2::Argon2::default().verify_password(password.0.expose().as_bytes(), &parsed).is_ok())
}

#[cfg(test)]
mod tests;
