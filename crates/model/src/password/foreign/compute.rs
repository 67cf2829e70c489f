//! What each scheme makes of a password.

use super::scheme::{Affix, Argon2Kind, Before, Digest, Pattern, Scheme};
use super::{crypt, encoding};
use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{hmac, pbkdf2};
use data_encoding::{BASE64, HEXLOWER};
use md4::{Digest as _, Md4};
use md5::Md5;
use std::num::NonZeroU32;

/// The hashes that this password may have under the scheme: one, or several where it is not known how they were made;
/// none when it has no hash. `length` is that of the stored hash.
pub(super) fn candidates(scheme: &Scheme, password: &[u8], salt: &[u8], length: usize) -> Vec<Vec<u8>> {
    match scheme {
        Scheme::Argon2 { kind, version, memory_kib, passes, lanes } => {
            let version = if *version == 0x10 { argon2::Version::V0x10 } else { argon2::Version::V0x13 };
            let parameters = argon2::Params::new(*memory_kib, *passes, *lanes, Some(length));
            let hasher = parameters.map(|parameters| argon2::Argon2::new(algorithm(*kind), version, parameters));
            let mut hash = vec![0; length];
            let done = hasher.and_then(|hasher| hasher.hash_password_into(password, salt, &mut hash));
            done.map(|()| hash).into_iter().collect()
        }
        Scheme::Bcrypt { cost, before } => bcrypt(*cost, *before, password, salt).into_iter().collect(),
        Scheme::Scrypt { log_n, r, p } => scrypt(*log_n, *r, *p, password, salt, length).into_iter().collect(),
        Scheme::Firebase { log_n, r, signer_key } => {
            firebase(*log_n, *r, signer_key, password, salt).into_iter().collect()
        }
        Scheme::Pbkdf2 { digest, iterations, affix } => {
            let digests = digest.map_or_else(|| vec![Digest::Sha1, Digest::Sha256, Digest::Sha512], |one| vec![one]);
            let passwords = salted(password, affix.as_ref());
            let pairs = digests.iter().flat_map(|digest| passwords.iter().map(move |password| (*digest, password)));
            pairs.filter_map(|(digest, password)| stretch(digest, *iterations, password, salt, length)).collect()
        }
        Scheme::Digest { digest, pattern } => vec![crypt::digest_of(*digest, &pattern.fill(password, salt))],
        Scheme::Hmac { digest, pattern } => vec![hmac_of(*digest, salt, &pattern.fill(password, salt))],
        Scheme::Phpass { log2 } => vec![crypt::stretched(Digest::Md5, *log2, password, salt)],
        Scheme::Drupal { log2 } => {
            let mut hash = crypt::stretched(Digest::Sha512, *log2, password, salt);
            hash.truncate(length);
            vec![hash]
        }
        Scheme::Md5Crypt { apache } => vec![crypt::md5_crypt(*apache, password, salt)],
        Scheme::ShaCrypt { digest, rounds } => crypt::sha_crypt(*digest, *rounds, password, salt).into_iter().collect(),
        Scheme::Nt => nt(password).into_iter().collect(),
    }
}

fn algorithm(kind: Argon2Kind) -> argon2::Algorithm {
    match kind {
        Argon2Kind::D => argon2::Algorithm::Argon2d,
        Argon2Kind::I => argon2::Algorithm::Argon2i,
        Argon2Kind::Id => argon2::Algorithm::Argon2id,
    }
}

fn hmac_of(digest: Digest, key: &[u8], message: &[u8]) -> Vec<u8> {
    let algorithm = match digest {
        Digest::Md5 => return hmac_md5(key, message),
        Digest::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Digest::Sha256 => hmac::HMAC_SHA256,
        Digest::Sha384 => hmac::HMAC_SHA384,
        Digest::Sha512 => hmac::HMAC_SHA512,
    };
    hmac::sign(&hmac::Key::new(algorithm, key), message).as_ref().to_vec()
}

/// RFC 2104 with MD5, which the library of the others does not have.
fn hmac_md5(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    let short = if key.len() > block.len() { Md5::digest(key).to_vec() } else { key.to_vec() };
    block[..short.len()].copy_from_slice(&short);
    let inner = Md5::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Md5::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().to_vec()
}

fn bcrypt(cost: u32, before: Before, password: &[u8], salt: &[u8]) -> Option<Vec<u8>> {
    let mut text = match before {
        Before::Nothing => password.to_vec(),
        Before::Sha256 => HEXLOWER.encode(&crypt::digest_of(Digest::Sha256, password)).into_bytes(),
        Before::WordPress => BASE64.encode(&hmac_of(Digest::Sha384, b"wp-sha384", password.trim_ascii())).into_bytes(),
    };
    // The text ends at a NUL elsewhere, so what has one inside was never hashed there.
    if text.contains(&0) {
        return None;
    }
    text.push(0);
    text.truncate(72);
    Some(::bcrypt::bcrypt(cost, salt.try_into().ok()?, &text)[..23].to_vec())
}

fn scrypt(log_n: u32, r: u32, p: u32, password: &[u8], salt: &[u8], length: usize) -> Option<Vec<u8>> {
    let parameters = ::scrypt::Params::new(u8::try_from(log_n).ok()?, r, p).ok()?;
    let mut hash = vec![0; length];
    ::scrypt::scrypt(password, salt, &parameters, &mut hash).ok()?;
    Some(hash)
}

fn firebase(log_n: u32, r: u32, signer_key: &[u8], password: &[u8], salt: &[u8]) -> Option<Vec<u8>> {
    let key = scrypt(log_n, r, 1, password, salt, 32)?;
    let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_256, &key).ok()?).ok()?;
    let mut hash = signer_key.to_vec();
    key.less_safe_encrypt(&mut hash, EncryptionContext::Iv128(FixedLength::from([0; 16]))).ok()?;
    Some(hash)
}

fn stretch(digest: Digest, iterations: u32, password: &[u8], salt: &[u8], length: usize) -> Option<Vec<u8>> {
    let algorithm = match digest {
        Digest::Md5 => return None,
        Digest::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
        Digest::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
        Digest::Sha384 => pbkdf2::PBKDF2_HMAC_SHA384,
        Digest::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
    };
    let mut hash = vec![0; length];
    pbkdf2::derive(algorithm, NonZeroU32::new(iterations)?, salt, password, &mut hash);
    Some(hash)
}

/// The password with the affix in each place where it may have been.
fn salted(password: &[u8], affix: Option<&Affix>) -> Vec<Vec<u8>> {
    let Some(affix) = affix else { return vec![password.to_vec()] };
    let patterns = affix.pattern.clone().map_or_else(
        || vec![Pattern::salt_first(), Pattern::salt_last(), Pattern::password()],
        |pattern| vec![pattern],
    );
    patterns.iter().map(|pattern| pattern.fill(password, &affix.salt)).collect()
}

fn nt(password: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(password).ok()?;
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    Some(Md4::digest(wide).to_vec())
}

/// What a text that stands for bytes is, where hashes are written in hexadecimal or in base64.
pub(super) fn either(text: &str) -> Option<Vec<u8>> {
    let is_hex = text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex { encoding::hex(text) } else { encoding::base64(text) }
}
