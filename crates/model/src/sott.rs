//! The secured one-time token (SOTT) that lets a client register users without holding the secret.
//!
//! It is `base64(AES-256-CBC(start#apikey#end))`, a `*`, and the MD5 of that base64: anyone can check the MD5 and
//! nothing authenticates the text. So every refusal is the same 1049 after the same work, or the answers would tell
//! whether the padding was right. A token keeps casual robots out; it stands in for no rate limit.

pub(crate) mod clock;
#[cfg(test)]
mod tests;

use crate::reason::Reason;
use crate::secret::Secret;
use crate::settings::SottRules;
use crate::time::{Span, Timestamp};
use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA1};
use data_encoding::{BASE64, HEXLOWER};
use md5::{Digest, Md5};
use std::num::NonZeroU32;
use zeroize::Zeroize;

// Wire: salt, rounds and initial vector are fixed in every client; they can be no better than this.
const SALT: [u8; 8] = [0; 8];
const ROUNDS: NonZeroU32 = NonZeroU32::new(10_000).expect("10 000 is not zero");
const INITIAL_VECTOR: [u8; 16] = *b"tu89geji340t89u2";

/// How far a client's clock may run ahead of ours.
const CLOCK_TOLERANCE: Span = Span::minutes(5);

/// The longest token that is looked at, in bytes.
const MAX_LENGTH: usize = 1024;

/// Read in place of a text that could not be decrypted, so that the same work follows.
const DECOY: &str = "2000/1/1 0:0:0##2000/1/1 0:0:0";

/// The key that a tenant's secret stands for here: worth keeping, because deriving it takes milliseconds.
#[derive(Clone)]
pub struct DerivedKey([u8; 32]);

impl DerivedKey {
    /// Derives the key from the tenant's primary secret.
    pub fn derive(secret: &Secret) -> DerivedKey {
        let mut key = [0; 32];
        pbkdf2::derive(PBKDF2_HMAC_SHA1, ROUNDS, &SALT, secret.expose().as_bytes(), &mut key);
        DerivedKey(key)
    }

    fn cipher_key(&self) -> UnboundCipherKey {
        UnboundCipherKey::new(&AES_256, &self.0).expect("32 bytes are a key of AES-256")
    }
}

impl std::fmt::Debug for DerivedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DerivedKey(..)")
    }
}

impl Drop for DerivedKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// When a token may be used, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From when on.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
}

impl Window {
    /// How long it is; `None` when it ends before it starts.
    fn length(self) -> Option<Span> {
        (self.start <= self.end).then(|| self.end.since(self.start))
    }

    fn holds(self, now: Timestamp) -> bool {
        self.start.minus(CLOCK_TOLERANCE) <= now && now <= self.end
    }
}

/// Makes the token that the official clients make for this API key and window, to the second.
pub fn make(api_key: &str, key: &DerivedKey, window: Window) -> Secret {
    let text = format!("{}#{api_key}#{}", clock::write(window.start), clock::write(window.end));
    let sealed = seal(text.into_bytes(), key);
    let check = checksum(&sealed);
    Secret::new(format!("{sealed}*{check}"))
}

/// Checks a token as it was sent and gives its window; 1049 for whatever is wrong with it.
///
/// Whether it was used before is for the caller to ask: the token has no number of its own.
pub fn verify(
    token: &str,
    api_key: &str,
    key: &DerivedKey,
    now: Timestamp,
    rules: &SottRules,
) -> Result<Window, Reason> {
    if token.len() > MAX_LENGTH {
        return Err(Reason::SottInvalid);
    }
    let token = undo_url_encoding(token);
    let (sealed, check) = token.rsplit_once('*').unwrap_or((&token, ""));
    let is_intact = equal(checksum(sealed).as_bytes(), check.to_ascii_lowercase().as_bytes());
    let opened = open(sealed, key);
    let is_sealed_by_us = opened.is_some();
    let text = opened.as_deref().unwrap_or(DECOY);
    let parts: Vec<&str> = text.split('#').collect();
    let (start, named_key, end) = match parts[..] {
        [start, named_key, end] => (start, named_key, end),
        _ => ("", "", ""),
    };
    let is_for_this_key = equal(named_key.to_ascii_lowercase().as_bytes(), api_key.to_ascii_lowercase().as_bytes());
    let window = usable_window(start, end, now, rules);
    match window {
        Some(window) if is_intact && is_sealed_by_us && is_for_this_key => Ok(window),
        _ => Err(Reason::SottInvalid),
    }
}

fn usable_window(start: &str, end: &str, now: Timestamp, rules: &SottRules) -> Option<Window> {
    let (start, end) = (clock::read(start)?, clock::read(end)?);
    if !rules.accept_12h_clock {
        let window = Window { start, end };
        return (fits(window, rules) && window.holds(now)).then_some(window);
    }
    // Wire: one client writes a 12-hour clock without saying which half of the day it means. Of the readings only
    // the shortest can be meant: the others would add half a day to what was asked for.
    let readings: Vec<Window> = clock::halves(start)
        .into_iter()
        .flat_map(|start| clock::halves(end).into_iter().map(move |end| Window { start, end }))
        .collect();
    let shortest = readings.iter().filter_map(|window| window.length()).min()?;
    readings
        .into_iter()
        .filter(|window| window.length() == Some(shortest) && fits(*window, rules))
        .find(|window| window.holds(now))
}

fn fits(window: Window, rules: &SottRules) -> bool {
    window.length().is_some_and(|length| length <= Span::minutes(rules.max_window_minutes))
}

/// Clients encode the token for a URL that then travels in a header, or let a `+` decay to a space in a query.
fn undo_url_encoding(token: &str) -> String {
    let mut plain = token.replace(' ', "+");
    for (encoded, character) in [("%2B", "+"), ("%2b", "+"), ("%2F", "/"), ("%2f", "/"), ("%3D", "="), ("%3d", "=")] {
        plain = plain.replace(encoded, character);
    }
    plain
}

fn checksum(sealed: &str) -> String {
    HEXLOWER.encode(&Md5::digest(sealed.as_bytes()))
}

fn seal(mut text: Vec<u8>, key: &DerivedKey) -> String {
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(key.cipher_key()).expect("AES has the CBC mode");
    let context = EncryptionContext::Iv128(FixedLength::from(INITIAL_VECTOR));
    cipher.less_safe_encrypt(&mut text, context).expect("a text of any length can be padded and encrypted");
    BASE64.encode(&text)
}

fn open(sealed: &str, key: &DerivedKey) -> Option<String> {
    let mut bytes = BASE64.decode(sealed.as_bytes()).ok()?;
    let cipher = PaddedBlockDecryptingKey::cbc_pkcs7(key.cipher_key()).ok()?;
    let context = DecryptionContext::Iv128(FixedLength::from(INITIAL_VECTOR));
    let text = cipher.decrypt(&mut bytes, context).ok()?;
    String::from_utf8(text.to_vec()).ok()
}

fn equal(one: &[u8], other: &[u8]) -> bool {
    verify_slices_are_equal(one, other).is_ok()
}
