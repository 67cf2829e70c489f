//! Hashes that say themselves how they were made, each in the spelling of the program that made it.

use super::compute::either;
use super::crypt::{self, in_order};
use super::scheme::{Affix, Argon2Kind, Before, Digest, Parameters, Pattern, Scheme};
use super::{Foreign, PREFIX, Recipe, Unfit, encoding};

/// The longest text that is looked at.
const LONGEST_TEXT: usize = 2048;
/// What `$5$` and `$6$` mean when they do not say how many rounds.
const SHA_CRYPT_ROUNDS: u32 = 5000;
/// The version of an argon2 text that does not say one.
const FIRST_ARGON2: u32 = 0x10;

/// Reads a hash that says how it was made; `None` when it does not. The recipe tells what such a text may leave out.
pub(super) fn read(text: &str, recipe: Option<&Recipe>) -> Result<Option<Foreign>, Unfit> {
    if text.len() > LONGEST_TEXT {
        return Err(Unfit::Malformed);
    }
    if text.starts_with("$2x$") || text.starts_with("$2$") {
        return Err(Unfit::Recipe("Hashes of the faulty first versions of bcrypt are not supported."));
    }
    let Some(reader) = reader(text) else { return Ok(None) };
    reader(text, recipe).map(Some).ok_or(Unfit::Malformed)
}

type Reader = fn(&str, Option<&Recipe>) -> Option<Foreign>;

/// Who reads a text that begins like this one.
fn reader(text: &str) -> Option<Reader> {
    const READERS: &[(&str, Reader)] = &[
        (PREFIX, |text, _| Foreign::from_stored(text)),
        ("$argon2", |text, _| argon2(text)),
        ("$2", |text, _| bcrypt(text, Before::Nothing)),
        ("bcrypt$$2", |text, _| bcrypt(text.strip_prefix("bcrypt$")?, Before::Nothing)),
        ("bcrypt_sha256$$2", |text, _| bcrypt(text.strip_prefix("bcrypt_sha256$")?, Before::Sha256)),
        ("$wp$2", |text, _| bcrypt(text.strip_prefix("$wp")?, Before::WordPress)),
        ("$scrypt$", |text, _| scrypt(text)),
        ("scrypt$", |text, _| scrypt_of_django(text)),
        ("scrypt:", |text, _| scrypt_of_werkzeug(text)),
        ("$pbkdf2", |text, _| pbkdf2(text.strip_prefix("$pbkdf2")?)),
        ("pbkdf2_", |text, _| pbkdf2_of_django(text.strip_prefix("pbkdf2_")?)),
        ("pbkdf2:", |text, _| pbkdf2_of_werkzeug(text.strip_prefix("pbkdf2:")?)),
        ("Rfc2898DeriveBytes$", rfc2898),
        ("$P$", |text, _| phpass(text)),
        ("$H$", |text, _| phpass(text)),
        ("$S$", |text, _| drupal(text)),
        ("$1$", |text, _| md5_crypt(text.strip_prefix("$1$")?, false)),
        ("$apr1$", |text, _| md5_crypt(text.strip_prefix("$apr1$")?, true)),
        ("$5$", |text, _| sha_crypt(text.strip_prefix("$5$")?, Digest::Sha256, &crypt::SHA256_ORDER)),
        ("$6$", |text, _| sha_crypt(text.strip_prefix("$6$")?, Digest::Sha512, &crypt::SHA512_ORDER)),
        ("$3$$", |text, _| nt(text.strip_prefix("$3$$")?)),
        ("$NT$", |text, _| nt(text.strip_prefix("$NT$")?)),
        ("md5$", |text, _| digest_of_django(text.strip_prefix("md5$")?, Digest::Md5)),
        ("sha1$", |text, _| digest_of_django(text.strip_prefix("sha1$")?, Digest::Sha1)),
        ("{", ldap),
    ];
    READERS.iter().find(|(prefix, _)| text.starts_with(prefix)).map(|(_, reader)| *reader)
}

fn argon2(text: &str) -> Option<Foreign> {
    let parts: Vec<&str> = text.strip_prefix('$')?.split('$').collect();
    let (name, version, parameters, salt, hash) = match parts[..] {
        [name, version, parameters, salt, hash] => (name, Some(version), parameters, salt, hash),
        [name, parameters, salt, hash] => (name, None, parameters, salt, hash),
        _ => return None,
    };
    let (_, kind) = Argon2Kind::NAMED.into_iter().find(|(own, _)| *own == name)?;
    let version = match version {
        Some(version) => version.strip_prefix("v=")?.parse().ok()?,
        None => FIRST_ARGON2,
    };
    let given = Parameters::read(parameters);
    if given.has("keyid") || given.has("data") {
        // Both need a secret that is not in the text.
        return None;
    }
    let scheme = Scheme::Argon2 {
        kind,
        version,
        memory_kib: given.number("m")?,
        passes: given.number("t")?,
        lanes: given.number("p")?,
    };
    Some(Foreign { scheme, salt: encoding::base64(salt)?, hash: encoding::base64(hash)? })
}

fn bcrypt(text: &str, before: Before) -> Option<Foreign> {
    let rest = ["$2a$", "$2b$", "$2y$"].into_iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let (cost, rest) = rest.split_once('$')?;
    let (salt, hash) = rest.split_at_checked(22)?;
    let scheme = Scheme::Bcrypt { cost: cost.parse().ok()?, before };
    Some(Foreign { scheme, salt: encoding::bcrypt64(salt)?, hash: encoding::bcrypt64(hash)? })
}

fn scrypt(text: &str) -> Option<Foreign> {
    let [parameters, salt, hash] = split(text.strip_prefix("$scrypt$")?, '$')?;
    let given = Parameters::read(parameters);
    let scheme = Scheme::Scrypt { log_n: given.number("ln")?, r: given.number("r")?, p: given.number("p")? };
    Some(Foreign { scheme, salt: encoding::base64(salt)?, hash: encoding::base64(hash)? })
}

/// Both frameworks keep salts as the text whose bytes they are.
fn scrypt_of_django(text: &str) -> Option<Foreign> {
    let [_, n, salt, r, p, hash] = split(text, '$')?;
    let scheme = Scheme::Scrypt { log_n: log2(n)?, r: r.parse().ok()?, p: p.parse().ok()? };
    Some(Foreign { scheme, salt: salt.as_bytes().to_vec(), hash: encoding::base64(hash)? })
}

fn scrypt_of_werkzeug(text: &str) -> Option<Foreign> {
    let [method, salt, hash] = split(text, '$')?;
    let [_, n, r, p] = split(method, ':')?;
    let scheme = Scheme::Scrypt { log_n: log2(n)?, r: r.parse().ok()?, p: p.parse().ok()? };
    Some(Foreign { scheme, salt: salt.as_bytes().to_vec(), hash: encoding::hex(hash)? })
}

fn log2(n: &str) -> Option<u32> {
    let n: u64 = n.parse().ok()?;
    n.is_power_of_two().then(|| n.ilog2())
}

/// `-sha256$29000$salt$hash`, also with `i=29000`; SHA-1 when no digest is named.
fn pbkdf2(rest: &str) -> Option<Foreign> {
    let [digest, iterations, salt, hash] = split(rest, '$')?;
    let digest = if digest.is_empty() { Digest::Sha1 } else { Digest::named(digest.strip_prefix('-')?)? };
    let iterations = Parameters::read(iterations).number("i").or_else(|| iterations.parse().ok())?;
    Some(stretched(digest, iterations, encoding::base64(salt)?, encoding::base64(hash)?))
}

fn pbkdf2_of_django(rest: &str) -> Option<Foreign> {
    let [digest, iterations, salt, hash] = split(rest, '$')?;
    Some(stretched(Digest::named(digest)?, iterations.parse().ok()?, salt.as_bytes().to_vec(), encoding::base64(hash)?))
}

fn pbkdf2_of_werkzeug(rest: &str) -> Option<Foreign> {
    let [method, salt, hash] = split(rest, '$')?;
    let [digest, iterations] = split(method, ':')?;
    Some(stretched(Digest::named(digest)?, iterations.parse().ok()?, salt.as_bytes().to_vec(), encoding::hex(hash)?))
}

fn stretched(digest: Digest, iterations: u32, salt: Vec<u8>, hash: Vec<u8>) -> Foreign {
    Foreign { scheme: Scheme::Pbkdf2 { digest: Some(digest), iterations, affix: None }, salt, hash }
}

/// `Rfc2898DeriveBytes$iterations$salt$hash`, after a colon perhaps a second salt that was put to the password.
///
// Wire: neither the text nor the vendor's own examples say which digest, nor where the second salt stands.
fn rfc2898(text: &str, recipe: Option<&Recipe>) -> Option<Foreign> {
    let [_, iterations, salt, rest] = split(text, '$')?;
    let (hash, affix) = rest.split_once(':').map_or((rest, None), |(hash, affix)| (hash, Some(affix)));
    let affix = affix
        .filter(|affix| !affix.is_empty())
        .map(|affix| Affix { salt: affix.as_bytes().to_vec(), pattern: recipe.and_then(Recipe::pattern).cloned() });
    let scheme =
        Scheme::Pbkdf2 { digest: recipe.and_then(Recipe::digest), iterations: iterations.parse().ok()?, affix };
    Some(Foreign { scheme, salt: encoding::base64(salt)?, hash: encoding::base64(hash)? })
}

fn phpass(text: &str) -> Option<Foreign> {
    let (log2, salt, hash) = counted(text)?;
    Some(Foreign { scheme: Scheme::Phpass { log2 }, salt, hash: encoding::crypt64(hash)? })
}

/// The text is cut where it has 55 characters, two bits after 32 bytes of the hash.
fn drupal(text: &str) -> Option<Foreign> {
    let (log2, salt, hash) = counted(text)?;
    Some(Foreign { scheme: Scheme::Drupal { log2 }, salt, hash: encoding::crypt64(hash)? })
}

/// After three characters: one that counts, eight of salt, the hash.
fn counted(text: &str) -> Option<(u32, Vec<u8>, &str)> {
    let rest = text.get(3..)?;
    let (salt, hash) = (rest.get(1..9)?, rest.get(9..)?);
    Some((encoding::crypt_digit(*rest.as_bytes().first()?)?, salt.as_bytes().to_vec(), hash))
}

fn md5_crypt(rest: &str, apache: bool) -> Option<Foreign> {
    let [salt, hash] = split(rest, '$')?;
    let hash = in_order(&encoding::crypt64(hash)?, &crypt::MD5_ORDER)?;
    Some(Foreign { scheme: Scheme::Md5Crypt { apache }, salt: salt.as_bytes().to_vec(), hash })
}

fn sha_crypt(rest: &str, digest: Digest, order: &[usize]) -> Option<Foreign> {
    let (rounds, rest) = match rest.strip_prefix("rounds=") {
        Some(rest) => rest.split_once('$').and_then(|(rounds, rest)| Some((rounds.parse().ok()?, rest)))?,
        None => (SHA_CRYPT_ROUNDS, rest),
    };
    let [salt, hash] = split(rest, '$')?;
    let hash = in_order(&encoding::crypt64(hash)?, order)?;
    Some(Foreign { scheme: Scheme::ShaCrypt { digest, rounds }, salt: salt.as_bytes().to_vec(), hash })
}

fn nt(hash: &str) -> Option<Foreign> {
    Some(Foreign { scheme: Scheme::Nt, salt: Vec::new(), hash: encoding::hex(hash)? })
}

fn digest_of_django(rest: &str, digest: Digest) -> Option<Foreign> {
    let [salt, hash] = split(rest, '$')?;
    let scheme = Scheme::Digest { digest, pattern: Pattern::salt_first() };
    Some(Foreign { scheme, salt: salt.as_bytes().to_vec(), hash: encoding::hex(hash)? })
}

/// `{SSHA}` and its kin of directories: the digest with the salt behind it.
fn ldap(text: &str, recipe: Option<&Recipe>) -> Option<Foreign> {
    let (name, rest) = text.strip_prefix('{')?.split_once('}')?;
    let name = name.to_ascii_uppercase();
    match name.as_str() {
        "CRYPT" | "BCRYPT" | "BLF-CRYPT" | "MD5-CRYPT" | "SHA256-CRYPT" | "SHA512-CRYPT" | "ARGON2" | "ARGON2I"
        | "ARGON2ID" => {
            // A brace inside would lead here again.
            return if rest.starts_with('$') { reader(rest)?(rest, recipe) } else { None };
        }
        "NT" | "NTLM" => return nt(rest),
        "PBKDF2" => return pbkdf2(&format!("${rest}")),
        _ => {}
    }
    if let Some(digest) = name.strip_prefix("PBKDF2-") {
        return pbkdf2(&format!("-{}${rest}", digest.to_ascii_lowercase()));
    }
    let (digest, salted) = match name.as_str() {
        "SMD5" => (Digest::Md5, true),
        "SHA" => (Digest::Sha1, false),
        "SSHA" => (Digest::Sha1, true),
        name => match name.strip_prefix('S').filter(|rest| rest.starts_with("SHA")) {
            Some(rest) => (Digest::named(rest)?, true),
            None => (Digest::named(name)?, false),
        },
    };
    let mut hash = if salted { encoding::base64(rest)? } else { either(rest)? };
    if hash.len() < digest.length() {
        return None;
    }
    let salt = hash.split_off(digest.length());
    Some(Foreign { scheme: Scheme::Digest { digest, pattern: Pattern::salt_last() }, salt, hash })
}

/// Exactly so many parts.
fn split<const N: usize>(text: &str, separator: char) -> Option<[&str; N]> {
    text.split(separator).collect::<Vec<_>>().try_into().ok()
}
