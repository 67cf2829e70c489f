//! Password hashes that other programs made: recognised when they are imported, verified at the next login, and
//! replaced by one of ours when that login succeeds.
//!
//! Whatever form a hash comes in, it is kept in one: `$doorward-foreign$scheme$parameters$salt$hash`. What would cost
//! a server too much to verify is refused at import, so that nobody can plant work.

use super::{NOBODYS, Password, current_parts};
use scheme::Scheme;

mod compute;
mod crypt;
mod encoding;
mod native;
mod recipe;
mod scheme;

pub use recipe::Recipe;

#[cfg(test)]
mod tests;

const PREFIX: &str = "$doorward-foreign$";

/// The longest password in bytes that is compared with a hash made elsewhere: the cost of some schemes grows with the
/// square of its length.
const LONGEST_PASSWORD: usize = 4096;
const LONGEST_SALT: usize = 256;
/// Fewer bytes of hash would be matched by chance.
const SHORTEST_HASH: usize = 16;
const LONGEST_HASH: usize = 128;

/// Why a hash is not imported. The texts name no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It does not say how it was made, and nobody else did.
    Unrecognised,
    /// It is not what its scheme looks like.
    Malformed,
    /// Verifying it would cost too much time or memory.
    TooCostly,
    /// How it was made is said in a way that is not supported, or not completely.
    Recipe(&'static str),
}

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Unfit::Unrecognised => "The hash does not say how it was made; name its type.",
            Unfit::Malformed => "The hash is malformed.",
            Unfit::TooCostly => "Verifying the hash would cost too much time or memory.",
            Unfit::Recipe(problem) => problem,
        })
    }
}

impl std::error::Error for Unfit {}

/// The text to store for a hash that was made elsewhere. `salt` is one that comes beside the hash; `recipe` says how
/// hashes were made that do not say it themselves.
pub fn import(hash: &str, salt: Option<&str>, recipe: Option<&Recipe>) -> Result<String, Unfit> {
    let hash = hash.trim();
    if current_parts(hash).is_some() {
        return Ok(hash.to_owned());
    }
    let foreign = match (native::read(hash, recipe)?, recipe) {
        (Some(foreign), _) => foreign,
        (None, Some(recipe)) => recipe.read_hash(hash, salt)?,
        (None, None) => return Err(Unfit::Unrecognised),
    };
    foreign.check()?;
    Ok(foreign.to_stored())
}

/// True when `password` is the one that `stored` was made from; `None` when `stored` is no hash made elsewhere.
///
/// A wrong password costs at least what a wrong password for one of our own hashes does, so that cheap schemes do not
/// tell by their speed whose account was imported.
pub(super) fn verify(password: &Password, stored: &str) -> Option<bool> {
    let foreign = Foreign::from_stored(stored)?;
    let right = foreign.matches(password.text.expose().as_bytes());
    Some(right || super::verify(password, NOBODYS))
}

/// A hash made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Foreign {
    scheme: Scheme,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Foreign {
    /// Refuses what cannot be a hash of this scheme, and what costs too much.
    fn check(&self) -> Result<(), Unfit> {
        let length = self.hash.len();
        let fits =
            self.scheme.hash_length().map_or((SHORTEST_HASH..=LONGEST_HASH).contains(&length), |own| own == length);
        if !fits || self.salt.len() > LONGEST_SALT {
            return Err(Unfit::Malformed);
        }
        self.scheme.check(self.salt.len(), length)
    }

    fn matches(&self, password: &[u8]) -> bool {
        if password.len() > LONGEST_PASSWORD {
            return false;
        }
        let candidates = compute::candidates(&self.scheme, password, &self.salt, self.hash.len());
        candidates.into_iter().any(|hash| aws_lc_rs::constant_time::verify_slices_are_equal(&hash, &self.hash).is_ok())
    }

    fn to_stored(&self) -> String {
        let (salt, hash) = (encoding::to_base64(&self.salt), encoding::to_base64(&self.hash));
        format!("{PREFIX}{}${}${salt}${hash}", self.scheme.name(), self.scheme.parameters())
    }

    fn from_stored(stored: &str) -> Option<Foreign> {
        let parts: Vec<&str> = stored.strip_prefix(PREFIX)?.split('$').collect();
        let [name, parameters, salt, hash] = parts[..] else { return None };
        Some(Foreign {
            scheme: Scheme::read(name, parameters)?,
            salt: encoding::base64(salt)?,
            hash: encoding::base64(hash)?,
        })
    }
}
