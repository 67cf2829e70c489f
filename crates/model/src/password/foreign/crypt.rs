//! The schemes of `crypt` and of the PHP world: digests in a loop, written in an order of their own.

use super::scheme::Digest;
use aws_lc_rs::digest;
use md5::{Digest as _, Md5};

/// Where each byte of an md5-crypt hash belongs, in the order in which they are written.
pub(super) const MD5_ORDER: [usize; 16] = [12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11];

/// The same for SHA-256.
pub(super) const SHA256_ORDER: [usize; 32] = [
    20, 10, 0, 11, 1, 21, 2, 22, 12, 23, 13, 3, 14, 4, 24, 5, 25, 15, 26, 16, 6, 17, 7, 27, 8, 28, 18, 29, 19, 9, 30,
    31,
];

/// The same for SHA-512.
pub(super) const SHA512_ORDER: [usize; 64] = [
    42, 21, 0, 1, 43, 22, 23, 2, 44, 45, 24, 3, 4, 46, 25, 26, 5, 47, 48, 27, 6, 7, 49, 28, 29, 8, 50, 51, 30, 9, 10,
    52, 31, 32, 11, 53, 54, 33, 12, 13, 55, 34, 35, 14, 56, 57, 36, 15, 16, 58, 37, 38, 17, 59, 60, 39, 18, 19, 61, 40,
    41, 20, 62, 63,
];

/// Puts written bytes back where they belong; `None` when there are more or fewer.
pub(super) fn in_order(written: &[u8], order: &[usize]) -> Option<Vec<u8>> {
    if written.len() != order.len() {
        return None;
    }
    let mut hash = vec![0; order.len()];
    for (byte, place) in written.iter().zip(order) {
        hash[*place] = *byte;
    }
    Some(hash)
}

/// phpass and its child in Drupal: the digest of the one before and the password, 2^`log2` times.
pub(super) fn stretched(digest: Digest, log2: u32, password: &[u8], salt: &[u8]) -> Vec<u8> {
    let mut hash = digest_of(digest, &[salt, password].concat());
    for _ in 0..1u32 << log2.min(31) {
        hash.extend_from_slice(password);
        hash = digest_of(digest, &hash);
    }
    hash
}

/// `$1$`, and `$apr1$` of Apache.
pub(super) fn md5_crypt(apache: bool, password: &[u8], salt: &[u8]) -> Vec<u8> {
    let magic: &[u8] = if apache { b"$apr1$" } else { b"$1$" };
    let inner = digest_of(Digest::Md5, &[password, salt, password].concat());
    let mut text = [password, magic, salt].concat();
    text.extend(inner.iter().cycle().take(password.len()));
    let mut length = password.len();
    while length > 0 {
        text.push(if length & 1 == 1 { 0 } else { password[0] });
        length >>= 1;
    }
    let mut hash = digest_of(Digest::Md5, &text);
    for round in 0..1000 {
        let (first, last) = if round & 1 == 1 { (password, hash.as_slice()) } else { (hash.as_slice(), password) };
        let salt = if round % 3 == 0 { &[] } else { salt };
        let between = if round % 7 == 0 { &[] } else { password };
        hash = digest_of(Digest::Md5, &[first, salt, between, last].concat());
    }
    hash
}

/// `$5$` and `$6$`.
pub(super) fn sha_crypt(digest: Digest, rounds: u32, password: &[u8], salt: &[u8]) -> Option<Vec<u8>> {
    let parameters = ::sha_crypt::Params::new(rounds).ok()?;
    match digest {
        Digest::Sha256 => Some(::sha_crypt::sha256_crypt(password, salt, parameters).to_vec()),
        Digest::Sha512 => Some(::sha_crypt::sha512_crypt(password, salt, parameters).to_vec()),
        Digest::Md5 | Digest::Sha1 | Digest::Sha384 => None,
    }
}

/// The digest of some bytes.
pub(super) fn digest_of(digest: Digest, bytes: &[u8]) -> Vec<u8> {
    let algorithm = match digest {
        Digest::Md5 => return Md5::digest(bytes).to_vec(),
        Digest::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        Digest::Sha256 => &digest::SHA256,
        Digest::Sha384 => &digest::SHA384,
        Digest::Sha512 => &digest::SHA512,
    };
    digest::digest(algorithm, bytes).as_ref().to_vec()
}
