//! How hashes were made that do not say it themselves: the `PasswordEncryption` of an import.

use super::compute::either;
use super::scheme::{Argon2Kind, Digest, Pattern, Scheme};
use super::{Foreign, Unfit, encoding};
use crate::password::PHC_ARGON2_VERSION;
use serde_json::{Map, Value};

/// What the recipe says of every hash of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    kind: Kind,
    /// One salt for all, where no hash has its own.
    salt: Option<Vec<u8>>,
    has_own_salts: bool,
    pattern: Option<Pattern>,
    digest: Option<Digest>,
    iterations: Option<u32>,
    memory: Option<u32>,
    lanes: Option<u32>,
    block_size: Option<u32>,
    signer_key: Option<Vec<u8>>,
    salt_separator: Vec<u8>,
    hashes: Encoding,
    salts: Encoding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digest(Digest),
    Hmac(Digest),
    Pbkdf2,
    Argon2(Argon2Kind),
    Scrypt,
    Firebase,
    Nt,
    /// Its texts say everything.
    Bcrypt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// Hexadecimal or base64 for hashes, the text itself for salts.
    Default,
    Base64,
    Hexadecimal,
    Text,
}

const KINDS: &[(&str, Kind)] = &[
    ("MD5", Kind::Digest(Digest::Md5)),
    ("SHA1", Kind::Digest(Digest::Sha1)),
    ("SHA256", Kind::Digest(Digest::Sha256)),
    ("SHA384", Kind::Digest(Digest::Sha384)),
    ("SHA512", Kind::Digest(Digest::Sha512)),
    ("HMAC_MD5", Kind::Hmac(Digest::Md5)),
    ("HMAC_SHA1", Kind::Hmac(Digest::Sha1)),
    ("HMAC_SHA256", Kind::Hmac(Digest::Sha256)),
    ("HMAC_SHA384", Kind::Hmac(Digest::Sha384)),
    ("HMAC_SHA512", Kind::Hmac(Digest::Sha512)),
    ("PBKDF2", Kind::Pbkdf2),
    ("ARGON2D", Kind::Argon2(Argon2Kind::D)),
    ("ARGON2I", Kind::Argon2(Argon2Kind::I)),
    ("ARGON2ID", Kind::Argon2(Argon2Kind::Id)),
    ("SCRYPT", Kind::Scrypt),
    ("FIREBASE_SCRYPT", Kind::Firebase),
    ("NT", Kind::Nt),
    ("BCRYPT", Kind::Bcrypt),
];

const NOT_WHOLE: Unfit = Unfit::Recipe("PasswordEncryption lacks a number that this type of hash needs.");

impl Recipe {
    /// Reads a `PasswordEncryption`; names in any case. Beside the members of the wire it knows `SaltPattern`, `Digest`,
    /// `BlockSize`, `SignerKey` and `SaltSeparator`.
    pub fn read(given: &Map<String, Value>) -> Result<Recipe, Unfit> {
        let given = Given(given);
        let kind = given.text("Type")?.ok_or(Unfit::Recipe("PasswordEncryption lacks its Type."))?;
        let (_, kind) = *KINDS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(kind))
            .ok_or(Unfit::Recipe("This Type of PasswordEncryption is not supported."))?;
        if !matches!(given.text("PlaintextPasswordEncoding")?, None | Some("Default" | "UTF8")) {
            return Err(Unfit::Recipe("This PlaintextPasswordEncoding is not supported."));
        }
        let salts = given.encoding("PasswordSaltEncodingType")?;
        let hashes = given.encoding("PasswordHashEncodingType")?;
        if hashes == Encoding::Text {
            return Err(Unfit::Recipe("Hashes written as UTF-8 have lost bytes and can never match."));
        }
        let has_own_salts = given.truth("IsPerPasswordSalt")?.unwrap_or(false);
        let salt = given.text("Salt")?.filter(|_| !has_own_salts);
        Ok(Recipe {
            kind,
            salt: salt.map(|salt| salts.salt(salt).ok_or(Unfit::Malformed)).transpose()?,
            has_own_salts,
            pattern: given.pattern()?,
            digest: given.digest()?,
            iterations: given.number("NumberOfIteration")?,
            memory: given.number("PasswordHashMemory")?,
            lanes: given.number("PasswordHashThread")?,
            block_size: given.number("BlockSize")?,
            signer_key: given.bytes("SignerKey")?,
            salt_separator: given.bytes("SaltSeparator")?.unwrap_or_default(),
            hashes,
            salts,
        })
    }

    /// Where the salt stands, if the recipe says.
    pub(super) fn pattern(&self) -> Option<&Pattern> {
        self.pattern.as_ref()
    }

    /// The digest of a PBKDF2, if the recipe says.
    pub(super) fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// Reads a hash that does not say how it was made: alone, or with its salt after a colon, or with its salt beside it.
    pub(super) fn read_hash(&self, text: &str, beside: Option<&str>) -> Result<Foreign, Unfit> {
        let beside = beside.map(str::trim).filter(|salt| !salt.is_empty());
        let (text, own) = match (beside, text.split_once(':')) {
            (Some(salt), _) => (text, Some(salt)),
            (None, Some((hash, salt))) if self.has_own_salts => (hash, Some(salt)),
            (None, _) => (text, None),
        };
        let own = own.map(|salt| self.salts.salt(salt).ok_or(Unfit::Malformed)).transpose()?;
        let hash = self.hashes.hash(text).ok_or(Unfit::Malformed)?;
        if self.kind == Kind::Pbkdf2 && own.is_none() && self.salt.is_none() {
            return identity_of_aspnet(&hash).ok_or(Unfit::Malformed);
        }
        let salt = own.or_else(|| self.salt.clone()).unwrap_or_default();
        self.make(salt, hash)
    }

    fn make(&self, mut salt: Vec<u8>, hash: Vec<u8>) -> Result<Foreign, Unfit> {
        let scheme = match self.kind {
            Kind::Bcrypt => return Err(Unfit::Malformed),
            Kind::Digest(digest) => Scheme::Digest { digest, pattern: self.place(&salt) },
            Kind::Hmac(digest) => {
                Scheme::Hmac { digest, pattern: self.pattern.clone().unwrap_or_else(Pattern::password) }
            }
            Kind::Pbkdf2 => {
                Scheme::Pbkdf2 { digest: self.digest, iterations: self.iterations.ok_or(NOT_WHOLE)?, affix: None }
            }
            Kind::Argon2(kind) => Scheme::Argon2 {
                kind,
                version: PHC_ARGON2_VERSION,
                memory_kib: self.memory.ok_or(NOT_WHOLE)?,
                passes: self.iterations.ok_or(NOT_WHOLE)?,
                lanes: self.lanes.unwrap_or(1),
            },
            Kind::Scrypt => {
                let n = self.iterations.filter(|n| n.is_power_of_two()).ok_or(NOT_WHOLE)?;
                Scheme::Scrypt { log_n: n.ilog2(), r: self.block_size.unwrap_or(8), p: self.lanes.unwrap_or(1) }
            }
            Kind::Firebase => {
                salt.extend_from_slice(&self.salt_separator);
                Scheme::Firebase {
                    log_n: self.memory.ok_or(NOT_WHOLE)?,
                    r: self.iterations.ok_or(NOT_WHOLE)?,
                    signer_key: self.signer_key.clone().ok_or(Unfit::Recipe("PasswordEncryption lacks SignerKey."))?,
                }
            }
            Kind::Nt => Scheme::Nt,
        };
        Ok(Foreign { scheme, salt, hash })
    }

    /// Where the salt of a plain digest stands: in front, unless the recipe says otherwise or there is none.
    fn place(&self, salt: &[u8]) -> Pattern {
        let usual = || if salt.is_empty() { Pattern::password() } else { Pattern::salt_first() };
        self.pattern.clone().unwrap_or_else(usual)
    }
}

/// What ASP.NET Identity keeps: a byte that says the version, then everything else in front of the hash.
fn identity_of_aspnet(blob: &[u8]) -> Option<Foreign> {
    let number = |from: usize| Some(u32::from_be_bytes(blob.get(from..from + 4)?.try_into().ok()?));
    let (digest, iterations, salt, hash) = match blob.first()? {
        0 if blob.len() == 49 => (Digest::Sha1, 1000, &blob[1..17], &blob[17..]),
        1 => {
            let digest = [Digest::Sha1, Digest::Sha256, Digest::Sha512].get(usize::try_from(number(1)?).ok()?)?;
            let end = 13usize.checked_add(usize::try_from(number(9)?).ok()?)?;
            (*digest, number(5)?, blob.get(13..end)?, blob.get(end..)?)
        }
        _ => return None,
    };
    let scheme = Scheme::Pbkdf2 { digest: Some(digest), iterations, affix: None };
    Some(Foreign { scheme, salt: salt.to_vec(), hash: hash.to_vec() })
}

impl Encoding {
    fn hash(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Encoding::Default => either(text),
            Encoding::Base64 => encoding::base64(text),
            Encoding::Hexadecimal => encoding::hex(text),
            Encoding::Text => None,
        }
    }

    fn salt(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Encoding::Default | Encoding::Text => Some(text.as_bytes().to_vec()),
            Encoding::Base64 => encoding::base64(text),
            Encoding::Hexadecimal => encoding::hex(text),
        }
    }
}

/// The members as they were sent.
struct Given<'a>(&'a Map<String, Value>);

impl<'a> Given<'a> {
    fn find(&self, name: &str) -> Option<&'a Value> {
        let (_, value) = self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        (!value.is_null()).then_some(value)
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, Unfit> {
        let Some(value) = self.find(name) else { return Ok(None) };
        let text = value.as_str().ok_or(Unfit::Recipe("A member of PasswordEncryption must be text and is not."))?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    fn truth(&self, name: &str) -> Result<Option<bool>, Unfit> {
        let Some(value) = self.find(name) else { return Ok(None) };
        value.as_bool().map(Some).ok_or(Unfit::Recipe("IsPerPasswordSalt is true or false."))
    }

    fn number(&self, name: &str) -> Result<Option<u32>, Unfit> {
        let Some(value) = self.find(name) else { return Ok(None) };
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        number.map(Some).ok_or(Unfit::Recipe("A number of PasswordEncryption is none, or too large."))
    }

    fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, Unfit> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        encoding::base64(text).map(Some).ok_or(Unfit::Recipe("SignerKey and SaltSeparator are base64."))
    }

    fn encoding(&self, name: &str) -> Result<Encoding, Unfit> {
        Ok(match self.text(name)? {
            None | Some("Default") => Encoding::Default,
            Some("Base64") => Encoding::Base64,
            // Wire: the vendor's own spelling of hexadecimal; BitConverter writes it with hyphens.
            Some("HexaDecimal" | "BitConverter") => Encoding::Hexadecimal,
            Some("UTF8") => Encoding::Text,
            Some(_) => return Err(Unfit::Recipe("This encoding of hashes or salts is not supported.")),
        })
    }

    fn pattern(&self) -> Result<Option<Pattern>, Unfit> {
        if let Some(text) = self.text("SaltPattern")? {
            return Pattern::new(text).map(Some);
        }
        Ok(match self.text("SaltAttachType")? {
            None => None,
            Some("None") => Some(Pattern::password()),
            Some("Prepend") => Some(Pattern::salt_first()),
            Some("Append") => Some(Pattern::salt_last()),
            Some(_) => return Err(Unfit::Recipe("SaltAttachType is None, Prepend or Append.")),
        })
    }

    fn digest(&self) -> Result<Option<Digest>, Unfit> {
        let Some(name) = self.text("Digest")? else { return Ok(None) };
        Digest::named(name).map(Some).ok_or(Unfit::Recipe("This Digest is not supported."))
    }
}
