//! What is derived from the master key: keyed hashes of things handed out, and encryption of things kept.
//!
//! Every purpose has a key of its own (HKDF-SHA256), and every hash and ciphertext begins with the id of the master
//! key it was made under, so that a rotation can tell old from new.

use crate::id::TenantId;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

const ID_LENGTH: usize = 4;

/// What a keyed hash is made of; a value hashed for one purpose matches no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An access token.
    AccessToken,
    /// A refresh token.
    RefreshToken,
    /// An API secret.
    ApiSecret,
    /// A one-time code, together with what it is bound to.
    OneTimeCode,
    /// An email address, phone number or user name that may belong to nobody.
    Identifier,
    /// A registration token that works once.
    Sott,
    /// The signature of a request.
    Signature,
    /// The token of a login that waits for its second factor.
    SecondFactorToken,
    /// A session token that a PIN signs in with.
    PinSession,
    /// A token that sets a PIN.
    PinAuth,
    /// A code on paper, for who lost the other second factors.
    BackupCode,
    /// What proves to a back end that somebody proved once more who they are.
    StepUp,
    /// The code that a sign-in on the hosted pages ends with.
    SignInCode,
}

impl Purpose {
    const ALL: [Purpose; 13] = [
        Purpose::AccessToken,
        Purpose::RefreshToken,
        Purpose::ApiSecret,
        Purpose::OneTimeCode,
        Purpose::Identifier,
        Purpose::Sott,
        Purpose::Signature,
        Purpose::SecondFactorToken,
        Purpose::PinSession,
        Purpose::PinAuth,
        Purpose::BackupCode,
        Purpose::StepUp,
        Purpose::SignInCode,
    ];

    fn label(self) -> &'static [u8] {
        match self {
            Purpose::AccessToken => b"access token",
            Purpose::RefreshToken => b"refresh token",
            Purpose::ApiSecret => b"api secret",
            Purpose::OneTimeCode => b"one-time code",
            Purpose::Identifier => b"identifier",
            Purpose::Sott => b"sott",
            Purpose::Signature => b"request signature",
            Purpose::SecondFactorToken => b"second factor token",
            Purpose::PinSession => b"pin session token",
            Purpose::PinAuth => b"pin auth token",
            Purpose::BackupCode => b"backup code",
            Purpose::StepUp => b"step-up token",
            Purpose::SignInCode => b"sign-in code",
        }
    }
}

/// A keyed hash: the key's id, then HMAC-SHA256. This is all that is stored of a token or code.
///
/// One that was made of a text a moment ago knows what that text is under every master key held, since a row may have
/// been written under an earlier one. One that was read from the database is what it is. So two are never simply equal:
/// they [match](Digest::matches).
#[derive(Debug, Clone)]
pub struct Digest {
    bytes: Vec<u8>,
    earlier: Vec<Vec<u8>>,
}

impl Digest {
    /// Wraps bytes read from the database.
    pub fn new(bytes: Vec<u8>) -> Digest {
        Digest { bytes, earlier: Vec::new() }
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Each form under which a row may stand that was written of the same text: the current key's first.
    pub fn forms(&self) -> impl Iterator<Item = Digest> + use<> {
        let forms: Vec<_> = self.all().cloned().collect();
        forms.into_iter().map(Digest::new)
    }

    /// The forms under the keys that the current one replaced; none but during a rotation.
    pub fn earlier(&self) -> impl Iterator<Item = Digest> + use<> {
        self.forms().skip(1)
    }

    /// The form under the oldest key held: what is drawn by it does not change as soon as a key is replaced.
    #[must_use]
    pub fn oldest(&self) -> Digest {
        Digest::new(self.earlier.last().unwrap_or(&self.bytes).clone())
    }

    /// Whether both stand for one text, as far as the keys tell that both were made under. In constant time.
    pub fn matches(&self, other: &Digest) -> bool {
        let mut found = false;
        for one in self.all() {
            for two in other.all() {
                found |= aws_lc_rs::constant_time::verify_slices_are_equal(one, two).is_ok();
            }
        }
        found
    }

    fn all(&self) -> impl Iterator<Item = &Vec<u8>> {
        std::iter::once(&self.bytes).chain(&self.earlier)
    }

    /// The bytes as lower-case hexadecimal text.
    pub fn hex(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.bytes)
    }
}

/// Why a sealed value could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unopened {
    /// It was sealed under a master key that this process was not given.
    UnknownKey,
    /// It was changed, cut short, or moved from where it belongs.
    Damaged,
}

impl std::fmt::Display for Unopened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Unopened::UnknownKey => "sealed under another master key; list the earlier key under [keys] previous",
            Unopened::Damaged => "the sealed value is damaged",
        })
    }
}

impl std::error::Error for Unopened {}

struct Derived {
    id: [u8; ID_LENGTH],
    macs: Vec<hmac::Key>,
    seal: LessSafeKey,
}

impl Derived {
    fn from_master(master: &[u8; 32]) -> Derived {
        let derive = |label: &[u8]| {
            let mut out = Zeroizing::new([0u8; 32]);
            Salt::new(HKDF_SHA256, b"doorward")
                .extract(master)
                .expand(&[label], HKDF_SHA256)
                .and_then(|key| key.fill(out.as_mut()))
                .expect("32 bytes are within what HKDF-SHA256 gives");
            out
        };
        let macs =
            Purpose::ALL.iter().map(|purpose| hmac::Key::new(hmac::HMAC_SHA256, derive(purpose.label()).as_ref()));
        let seal = UnboundKey::new(&AES_256_GCM, derive(b"seal").as_ref()).expect("the key has 32 bytes");
        let mut id = [0; ID_LENGTH];
        id.copy_from_slice(&derive(b"key id")[..ID_LENGTH]);
        Derived { id, macs: macs.collect(), seal: LessSafeKey::new(seal) }
    }
}

/// The keys in use: one current master key and those it replaced.
pub struct Keys {
    ring: Vec<Derived>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    /// Derives all keys from the current master key and the `previous` ones, newest first.
    pub fn derive(current: &[u8; 32], previous: &[[u8; 32]]) -> Keys {
        Keys { ring: std::iter::once(current).chain(previous).map(Derived::from_master).collect() }
    }

    /// The hash to store for `text`, bound to the tenant and the purpose, and what to look for.
    pub fn digest(&self, purpose: Purpose, tenant: &TenantId, text: &str) -> Digest {
        let mut forms = self.ring.iter().map(|keys| Keys::bytes_under(keys, purpose, tenant, text));
        Digest { bytes: forms.next().expect("there is always a current key"), earlier: forms.collect() }
    }

    /// The hashes under which `text` may be stored: the current key's first, then those of earlier keys.
    pub fn digests<'a>(
        &'a self,
        purpose: Purpose,
        tenant: &'a TenantId,
        text: &'a str,
    ) -> impl Iterator<Item = Digest> + 'a {
        self.ring.iter().map(move |keys| Digest::new(Keys::bytes_under(keys, purpose, tenant, text)))
    }

    /// True when `stored` is the hash of `text` under any key of the ring; in constant time.
    pub fn confirms(&self, stored: &Digest, purpose: Purpose, tenant: &TenantId, text: &str) -> bool {
        self.digest(purpose, tenant, text).matches(stored)
    }

    fn bytes_under(keys: &Derived, purpose: Purpose, tenant: &TenantId, text: &str) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&keys.macs[purpose as usize]);
        context.update(tenant.as_str().as_bytes());
        context.update(&[0]);
        context.update(text.as_bytes());
        [&keys.id, context.sign().as_ref()].concat()
    }

    /// Encrypts `text` for storage with AES-256-GCM; `place` names where it is kept, so that it opens nowhere else.
    /// The nonce must be 12 random bytes.
    pub fn seal(&self, place: &str, text: &str, nonce: [u8; NONCE_LEN]) -> Vec<u8> {
        let keys = &self.ring[0];
        let mut body = text.as_bytes().to_vec();
        keys.seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.as_bytes()), &mut body)
            .expect("what is stored is far below the cipher's limit of 64 GiB");
        [&keys.id[..], &nonce, &body].concat()
    }

    /// The id of the current key, with which everything begins that is sealed today.
    pub fn id(&self) -> &[u8] {
        &self.ring[0].id
    }

    /// Whether an earlier key is held beside the current one: what was made under it may still be about.
    pub fn rotating(&self) -> bool {
        self.ring.len() > 1
    }

    /// Decrypts what [`Keys::seal`] made for the same `place`.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<String, Unopened> {
        let (id, rest) = sealed.split_at_checked(ID_LENGTH).ok_or(Unopened::Damaged)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(Unopened::Damaged)?;
        let keys = self.ring.iter().find(|keys| keys.id == id).ok_or(Unopened::UnknownKey)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unopened::Damaged)?;
        let mut body = body.to_vec();
        let text =
            keys.seal.open_in_place(nonce, Aad::from(place.as_bytes()), &mut body).map_err(|_| Unopened::Damaged)?;
        String::from_utf8(text.to_vec()).map_err(|_| Unopened::Damaged)
    }
}

#[cfg(test)]
mod tests;
