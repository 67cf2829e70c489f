//! Codes of authenticator apps: RFC 6238 with SHA-1, six digits and steps of thirty seconds, which every app knows.
//!
//! `totp-rs` would bring its own HMAC; aws-lc-rs has one already, and the rest is what stands below.

use crate::secret::Secret;
use crate::time::Timestamp;
use aws_lc_rs::{constant_time, hmac};
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use url::form_urlencoded::byte_serialize;

/// How long one code is shown, in milliseconds.
const STEP: i64 = 30_000;

/// How many steps the clocks of app and server may differ, either way.
const SKEW: i64 = 1;

const DIGITS: usize = 6;

/// Random bytes behind a key: they give 32 characters.
pub const DRAWN: usize = 24;

/// The key that an app and the server share: 32 ASCII characters.
#[derive(Debug, Clone)]
pub struct Key(Secret);

impl Key {
    /// A new key of these random bytes.
    pub fn new(random: [u8; DRAWN]) -> Key {
        Key(Secret::new(BASE64URL_NOPAD.encode(&random)))
    }

    /// The key that was kept as [`Key::text`].
    pub fn of(text: impl Into<String>) -> Key {
        Key(Secret::new(text))
    }

    /// The key as it is kept: sealed.
    pub fn text(&self) -> &Secret {
        &self.0
    }

    /// The key as it is typed into an app: base32, 52 characters.
    pub fn typed(&self) -> Secret {
        Secret::new(BASE32_NOPAD.encode(self.0.expose().as_bytes()))
    }

    /// The key as an app reads it from a picture. `issuer` and `account` are what the app shows beside its codes.
    pub fn uri(&self, issuer: &str, account: &str) -> Secret {
        // A plus would be shown as it stands: what is encoded here is no form.
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        let (account, typed, issuer) = (encoded(account), self.typed(), encoded(issuer));
        Secret::new(format!("otpauth://totp/{account}?secret={}&issuer={issuer}", typed.expose()))
    }

    /// The step whose code this is, if it is one of those around `now`. Spaces are left out: apps show two groups of
    /// three digits. Every step is compared, each in constant time.
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
        let current = now.0.div_euclid(STEP);
        let matches = |step: &i64| {
            let shown = self.code_at(*step);
            constant_time::verify_slices_are_equal(shown.as_bytes(), code.as_bytes()).is_ok()
        };
        (current - SKEW..=current + SKEW).fold(None, |found, step| if matches(&step) { Some(step) } else { found })
    }

    /// The code that an app shows at this moment.
    pub fn code(&self, now: Timestamp) -> String {
        self.code_at(now.0.div_euclid(STEP))
    }

    fn code_at(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.0.expose().as_bytes());
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[tag.len() - 1] & 0x0f);
        let number = tag[offset..offset + 4].iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte));
        let digits = 10u32.pow(u32::try_from(DIGITS).expect("six fits"));
        format!("{:0DIGITS$}", (number & 0x7fff_ffff) % digits)
    }
}

#[cfg(test)]
mod tests;
