//! Signed requests: a back end that does not send its secret signs each request with it.
//!
//! Signed is `expires:url` or `expires:url:body`, by HMAC-SHA256, where the URL is percent-encoded as a whole and in
//! lower case. Clients do not agree on how to encode, nor on what the body is when there is none; so a few readings are
//! tried, each of the one request that came.

use crate::secret::Secret;
use crate::sott::clock;
use crate::time::{Span, Timestamp};
use aws_lc_rs::hmac;
use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};

#[cfg(test)]
mod tests;

/// What a request carries in place of the secret, well-formed.
#[derive(Debug, Clone)]
pub struct Signature {
    expires: String,
    expires_at: Timestamp,
    digest: Vec<u8>,
}

/// Why a signature is not even compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// The digest is not `SHA-256=` and 32 bytes in base64.
    Digest,
    /// The expiry is no date and time.
    Expiry,
    /// The expiry has passed, or lies too far ahead.
    Expired,
}

impl Signature {
    /// Reads the headers `digest` and `X-Request-Expires`, which lies at most so far ahead.
    pub fn read(digest: &str, expires: &str, now: Timestamp, longest: Span) -> Result<Signature, Malformed> {
        let expires_at = moment(expires.trim()).ok_or(Malformed::Expiry)?;
        if now >= expires_at || expires_at > now.plus(longest) {
            return Err(Malformed::Expired);
        }
        let (name, value) = digest.trim().split_once('=').ok_or(Malformed::Digest)?;
        let digest = BASE64.decode(value.trim().as_bytes()).map_err(|_| Malformed::Digest)?;
        if !name.eq_ignore_ascii_case("SHA-256") || digest.len() != 32 {
            return Err(Malformed::Digest);
        }
        Ok(Signature { expires: expires.trim().to_owned(), expires_at, digest })
    }

    /// True when it was made with `secret` for this request; in constant time for one request.
    pub fn is_of(&self, secret: &Secret, request: &Request) -> bool {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        let right = |text: Vec<u8>| hmac::verify(&key, &text, &self.digest).is_ok();
        request.readings(&self.expires).fold(false, |found, text| right(text) | found)
    }

    /// When it ends: until then it is to be remembered.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The bytes that tell one signature from another.
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// Scheme, host, path and query, nothing decoded.
    pub url: String,
    /// The body; empty when there is none.
    pub body: Vec<u8>,
}

impl Request {
    /// Everything that a client may have signed of this request.
    fn readings(&self, expires: &str) -> impl Iterator<Item = Vec<u8>> {
        let urls = [self.url.as_bytes().to_vec(), decode(&self.url)];
        let encoded = urls.into_iter().flat_map(|url| [encode(&url, Style::Rfc3986), encode(&url, Style::Form)]);
        let bodies = self.bodies();
        encoded.flat_map(move |url| {
            let head = format!("{expires}:{url}");
            bodies.clone().into_iter().map(move |body| match body {
                Some(body) => [head.as_bytes(), b":", &body].concat(),
                None => head.clone().into_bytes(),
            })
        })
    }

    /// Wire: one client signs `{}` and sends nothing, another sends `{}` and signs nothing.
    fn bodies(&self) -> Vec<Option<Vec<u8>>> {
        match self.body.as_slice() {
            b"" | b"{}" => vec![None, Some(b"{}".to_vec())],
            body => vec![Some(body.to_vec())],
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    /// Letters, digits and `-._~` stay.
    Rfc3986,
    /// As in a form: `-._*` stay, a space is a plus.
    Form,
}

/// Percent-encodes all of the text, in lower case.
fn encode(text: &[u8], style: Style) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text {
        match byte {
            byte if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte.to_ascii_lowercase())),
            b'-' | b'.' | b'_' => encoded.push(char::from(*byte)),
            b'~' if style == Style::Rfc3986 => encoded.push('~'),
            b'*' if style == Style::Form => encoded.push('*'),
            b' ' if style == Style::Form => encoded.push('+'),
            byte => {
                encoded.push('%');
                encoded.push_str(&HEXLOWER.encode(&[*byte]));
            }
        }
    }
    encoded
}

/// Percent-decodes the text once; what is no escape stays.
fn decode(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        let digits = tail.get(..2).filter(|_| *byte == b'%');
        let escaped = digits.and_then(|digits| HEXLOWER_PERMISSIVE.decode(digits).ok());
        decoded.extend(escaped.as_deref().unwrap_or(&[*byte]));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    decoded
}

/// Wire: `yyyy-M-d H:m:s` in UTC, padded or not, or on a clock of 12 hours with AM or PM behind it.
fn moment(text: &str) -> Option<Timestamp> {
    match text.rsplit_once(' ') {
        Some((rest, half)) if half.eq_ignore_ascii_case("AM") => {
            clock::in_half(clock::read(rest)?, clock::Half::Morning)
        }
        Some((rest, half)) if half.eq_ignore_ascii_case("PM") => {
            clock::in_half(clock::read(rest)?, clock::Half::Afternoon)
        }
        _ => clock::read(text),
    }
}
