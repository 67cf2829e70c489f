//! The schemes, their parameters, and how much of them is too much.

use super::{Unfit, encoding};
use std::collections::BTreeMap;

/// Limits in the units of each scheme; a hash at the limit takes about a second of one core.
const MEMORY_KIB: u64 = 256 * 1024;
const ARGON2_KIB_PASSES: u64 = 1024 * 1024;
const ARGON2_LANES: u32 = 64;
const BCRYPT_COST: u32 = 15;
const SCRYPT_BLOCKS: u64 = 1 << 22;
const PBKDF2_BLOCKS: u64 = 10_000_000;
const SHA_CRYPT_ROUNDS: u32 = 1_000_000;
const STRETCHED_LOG2: u32 = 20;
const PATTERN_LENGTH: usize = 128;

/// A digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    pub(super) const ALL: [Digest; 5] = [Digest::Md5, Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512];

    pub(super) fn name(self) -> &'static str {
        match self {
            Digest::Md5 => "md5",
            Digest::Sha1 => "sha1",
            Digest::Sha256 => "sha256",
            Digest::Sha384 => "sha384",
            Digest::Sha512 => "sha512",
        }
    }

    /// Finds it by name, in any case, with or without a hyphen.
    pub(super) fn named(name: &str) -> Option<Digest> {
        let plain = name.to_ascii_lowercase().replace('-', "");
        Digest::ALL.into_iter().find(|digest| digest.name() == plain)
    }

    pub(super) fn length(self) -> usize {
        match self {
            Digest::Md5 => 16,
            Digest::Sha1 => 20,
            Digest::Sha256 => 32,
            Digest::Sha384 => 48,
            Digest::Sha512 => 64,
        }
    }
}

/// How password and salt are put together before they are hashed: text with `{password}` and `{salt}` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(String);

impl Pattern {
    pub(super) fn new(text: &str) -> Result<Pattern, Unfit> {
        let fits = text.len() <= PATTERN_LENGTH && text.matches("{password}").count() == 1;
        fits.then(|| Pattern(text.to_owned())).ok_or(Unfit::Recipe("A salt pattern holds {password} exactly once."))
    }

    pub(super) fn password() -> Pattern {
        Pattern("{password}".to_owned())
    }

    pub(super) fn salt_first() -> Pattern {
        Pattern("{salt}{password}".to_owned())
    }

    pub(super) fn salt_last() -> Pattern {
        Pattern("{password}{salt}".to_owned())
    }

    pub(super) fn uses_salt(&self) -> bool {
        self.0.contains("{salt}")
    }

    pub(super) fn fill(&self, password: &[u8], salt: &[u8]) -> Vec<u8> {
        let mut filled = Vec::with_capacity(self.0.len() + password.len() + salt.len());
        let mut rest = self.0.as_str();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("{password}") {
                filled.extend_from_slice(password);
                rest = after;
            } else if let Some(after) = rest.strip_prefix("{salt}") {
                filled.extend_from_slice(salt);
                rest = after;
            } else {
                let (symbol, after) = rest.split_at(rest.chars().next().map_or(1, char::len_utf8));
                filled.extend_from_slice(symbol.as_bytes());
                rest = after;
            }
        }
        filled
    }
}

/// A second salt that was put to the password before it was stretched with the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Affix {
    pub(super) salt: Vec<u8>,
    /// Where it was put; when nobody says, every place is tried.
    pub(super) pattern: Option<Pattern>,
}

/// What is done to a password before bcrypt, which reads 72 bytes only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    Nothing,
    /// SHA-256 in hexadecimal, as Django does.
    Sha256,
    /// HMAC-SHA-384 under a fixed key in base64, as WordPress does.
    WordPress,
}

impl Before {
    const NAMED: [(&'static str, Before); 3] =
        [("none", Before::Nothing), ("sha256", Before::Sha256), ("wordpress", Before::WordPress)];
}

/// The kinds of argon2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Argon2Kind {
    D,
    I,
    Id,
}

impl Argon2Kind {
    pub(super) const NAMED: [(&'static str, Argon2Kind); 3] =
        [("argon2d", Argon2Kind::D), ("argon2i", Argon2Kind::I), ("argon2id", Argon2Kind::Id)];
}

/// How a hash was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scheme {
    Argon2 {
        kind: Argon2Kind,
        version: u32,
        memory_kib: u32,
        passes: u32,
        lanes: u32,
    },
    Bcrypt {
        cost: u32,
        before: Before,
    },
    Scrypt {
        log_n: u32,
        r: u32,
        p: u32,
    },
    /// Scrypt whose output encrypts a key of the project.
    Firebase {
        log_n: u32,
        r: u32,
        signer_key: Vec<u8>,
    },
    /// Without a digest, each usual one is tried.
    Pbkdf2 {
        digest: Option<Digest>,
        iterations: u32,
        affix: Option<Affix>,
    },
    Digest {
        digest: Digest,
        pattern: Pattern,
    },
    /// The salt is the key.
    Hmac {
        digest: Digest,
        pattern: Pattern,
    },
    Phpass {
        log2: u32,
    },
    Drupal {
        log2: u32,
    },
    Md5Crypt {
        apache: bool,
    },
    ShaCrypt {
        digest: Digest,
        rounds: u32,
    },
    Nt,
}

impl Scheme {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Scheme::Argon2 { kind, .. } => name_of(&Argon2Kind::NAMED, *kind),
            Scheme::Bcrypt { .. } => "bcrypt",
            Scheme::Scrypt { .. } => "scrypt",
            Scheme::Firebase { .. } => "firebase-scrypt",
            Scheme::Pbkdf2 { .. } => "pbkdf2",
            Scheme::Digest { .. } => "digest",
            Scheme::Hmac { .. } => "hmac",
            Scheme::Phpass { .. } => "phpass",
            Scheme::Drupal { .. } => "drupal7",
            Scheme::Md5Crypt { .. } => "md5-crypt",
            Scheme::ShaCrypt { .. } => "sha-crypt",
            Scheme::Nt => "nt",
        }
    }

    /// The parameters as they are stored: `name=value`, with commas.
    pub(super) fn parameters(&self) -> String {
        let base64 = |text: &str| encoding::to_base64(text.as_bytes());
        match self {
            Scheme::Argon2 { version, memory_kib, passes, lanes, .. } => {
                format!("v={version},m={memory_kib},t={passes},p={lanes}")
            }
            Scheme::Bcrypt { cost, before } => format!("c={cost},b={}", name_of(&Before::NAMED, *before)),
            Scheme::Scrypt { log_n, r, p } => format!("ln={log_n},r={r},p={p}"),
            Scheme::Firebase { log_n, r, signer_key } => {
                format!("ln={log_n},r={r},k={}", encoding::to_base64(signer_key))
            }
            Scheme::Pbkdf2 { digest, iterations, affix } => {
                let digest = digest.map(|digest| format!("d={}", digest.name()));
                let salt = affix.as_ref().map(|affix| format!("a={}", encoding::to_base64(&affix.salt)));
                let pattern = affix.as_ref().and_then(|affix| affix.pattern.as_ref());
                let pattern = pattern.map(|pattern| format!("f={}", base64(&pattern.0)));
                let parts = [Some(format!("i={iterations}")), digest, salt, pattern];
                parts.into_iter().flatten().collect::<Vec<_>>().join(",")
            }
            Scheme::Digest { digest, pattern } | Scheme::Hmac { digest, pattern } => {
                format!("d={},f={}", digest.name(), base64(&pattern.0))
            }
            Scheme::Phpass { log2 } | Scheme::Drupal { log2 } => format!("n={log2}"),
            Scheme::Md5Crypt { apache } => format!("a={}", u8::from(*apache)),
            Scheme::ShaCrypt { digest, rounds } => format!("d={},i={rounds}", digest.name()),
            Scheme::Nt => String::new(),
        }
    }

    /// Reads what [`Scheme::name`] and [`Scheme::parameters`] wrote.
    pub(super) fn read(name: &str, parameters: &str) -> Option<Scheme> {
        let given = Parameters::read(parameters);
        if let Some(kind) = named(&Argon2Kind::NAMED, name) {
            let (version, passes, lanes) = (given.number("v")?, given.number("t")?, given.number("p")?);
            return Some(Scheme::Argon2 { kind, version, memory_kib: given.number("m")?, passes, lanes });
        }
        Some(match name {
            "bcrypt" => Scheme::Bcrypt { cost: given.number("c")?, before: named(&Before::NAMED, given.text("b")?)? },
            "scrypt" => Scheme::Scrypt { log_n: given.number("ln")?, r: given.number("r")?, p: given.number("p")? },
            "firebase-scrypt" => {
                Scheme::Firebase { log_n: given.number("ln")?, r: given.number("r")?, signer_key: given.bytes("k")? }
            }
            "pbkdf2" => Scheme::Pbkdf2 {
                digest: given.text("d").and_then(Digest::named),
                iterations: given.number("i")?,
                affix: given.bytes("a").map(|salt| Affix { salt, pattern: given.pattern("f") }),
            },
            "digest" => Scheme::Digest { digest: Digest::named(given.text("d")?)?, pattern: given.pattern("f")? },
            "hmac" => Scheme::Hmac { digest: Digest::named(given.text("d")?)?, pattern: given.pattern("f")? },
            "phpass" => Scheme::Phpass { log2: given.number("n")? },
            "drupal7" => Scheme::Drupal { log2: given.number("n")? },
            "md5-crypt" => Scheme::Md5Crypt { apache: given.number("a")? == 1 },
            "sha-crypt" => Scheme::ShaCrypt { digest: Digest::named(given.text("d")?)?, rounds: given.number("i")? },
            "nt" => Scheme::Nt,
            _ => return None,
        })
    }

    /// The length of every hash of this scheme in bytes; `None` where the hash itself says.
    pub(super) fn hash_length(&self) -> Option<usize> {
        match self {
            Scheme::Argon2 { .. } | Scheme::Scrypt { .. } | Scheme::Pbkdf2 { .. } => None,
            Scheme::Firebase { signer_key, .. } => Some(signer_key.len()),
            Scheme::Bcrypt { .. } => Some(23),
            Scheme::Digest { digest, .. } | Scheme::Hmac { digest, .. } | Scheme::ShaCrypt { digest, .. } => {
                Some(digest.length())
            }
            Scheme::Phpass { .. } | Scheme::Md5Crypt { .. } | Scheme::Nt => Some(16),
            Scheme::Drupal { .. } => Some(32),
        }
    }

    /// Refuses parameters that the scheme does not have, and those whose verification costs too much.
    pub(super) fn check(&self, salt: usize, hash: usize) -> Result<(), Unfit> {
        let (possible, affordable) = match self {
            Scheme::Argon2 { version, memory_kib, passes, lanes, .. } => (
                [0x10, 0x13].contains(version)
                    && *passes > 0
                    && (1..=ARGON2_LANES).contains(lanes)
                    && *memory_kib >= 8 * lanes
                    && salt >= argon2::MIN_SALT_LEN,
                u64::from(*memory_kib) <= MEMORY_KIB
                    && u64::from(*memory_kib) * u64::from(*passes) <= ARGON2_KIB_PASSES,
            ),
            Scheme::Bcrypt { cost, .. } => ((4..=31).contains(cost) && salt == 16, *cost <= BCRYPT_COST),
            Scheme::Scrypt { log_n, r, p } => check_scrypt(*log_n, *r, *p),
            Scheme::Firebase { log_n, r, signer_key } => {
                let (possible, affordable) = check_scrypt(*log_n, *r, 1);
                (possible && signer_key.len() >= super::SHORTEST_HASH, affordable)
            }
            Scheme::Pbkdf2 { digest, iterations, affix } => {
                let blocks = hash.div_ceil(digest.unwrap_or(Digest::Sha1).length()) as u64;
                let digests = if digest.is_some() { 1 } else { 3 };
                let places = if affix.as_ref().is_some_and(|affix| affix.pattern.is_none()) { 3 } else { 1 };
                let possible = *iterations > 0 && *digest != Some(Digest::Md5);
                (possible, u64::from(*iterations) * blocks * digests * places <= PBKDF2_BLOCKS)
            }
            Scheme::Phpass { log2 } | Scheme::Drupal { log2 } => ((7..=30).contains(log2), *log2 <= STRETCHED_LOG2),
            Scheme::ShaCrypt { digest, rounds } => (
                [Digest::Sha256, Digest::Sha512].contains(digest) && *rounds >= 1000 && salt <= 16,
                *rounds <= SHA_CRYPT_ROUNDS,
            ),
            Scheme::Md5Crypt { .. } => (salt <= 8, true),
            Scheme::Digest { pattern, .. } => (salt == 0 || pattern.uses_salt(), true),
            Scheme::Hmac { .. } => (salt > 0, true),
            Scheme::Nt => (salt == 0, true),
        };
        match (possible, affordable) {
            (false, _) => Err(Unfit::Malformed),
            (true, false) => Err(Unfit::TooCostly),
            (true, true) => Ok(()),
        }
    }
}

/// Whether scrypt has such parameters, and whether they can be afforded.
fn check_scrypt(log_n: u32, r: u32, p: u32) -> (bool, bool) {
    let possible = (1..=63).contains(&log_n) && r > 0 && p > 0;
    let blocks = 1u64.checked_shl(log_n).and_then(|n| n.checked_mul(u64::from(r)));
    let work = blocks.and_then(|blocks| blocks.checked_mul(u64::from(p)));
    // A block has 128 bytes.
    let fits = blocks.is_some_and(|blocks| blocks <= MEMORY_KIB * 8) && work.is_some_and(|work| work <= SCRYPT_BLOCKS);
    (possible, fits)
}

fn name_of<T: PartialEq + Copy>(all: &[(&'static str, T)], wanted: T) -> &'static str {
    all.iter().find(|(_, one)| *one == wanted).map_or("", |(name, _)| name)
}

fn named<T: Copy>(all: &[(&'static str, T)], wanted: &str) -> Option<T> {
    all.iter().find(|(name, _)| *name == wanted).map(|(_, one)| *one)
}

/// `name=value`, with commas.
pub(super) struct Parameters<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Parameters<'a> {
    pub(super) fn read(text: &'a str) -> Parameters<'a> {
        Parameters(text.split(',').filter_map(|pair| pair.split_once('=')).collect())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).copied()
    }

    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.text(name)?.parse().ok()
    }

    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        encoding::base64(self.text(name)?)
    }

    fn pattern(&self, name: &str) -> Option<Pattern> {
        Pattern::new(&String::from_utf8(self.bytes(name)?).ok()?).ok()
    }
}
