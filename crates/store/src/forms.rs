//! Rows that stand under the keyed hash of something: during a rotation of the master key under the one of an earlier key.

use crate::{Result, Tx};
use doorward_model::keys::Digest;

/// The first row that is found under a form of the hash.
pub(crate) fn find<T>(digest: &Digest, mut look: impl FnMut(&Digest) -> Result<Option<T>>) -> Result<Option<T>> {
    for form in digest.forms() {
        if let Some(found) = look(&form)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Changes the rows under each form of the hash; how many those were.
pub(crate) fn change(digest: &Digest, mut change: impl FnMut(&Digest) -> Result<u64>) -> Result<u64> {
    digest.forms().try_fold(0, |changed, form| Ok(changed + change(&form)?))
}

/// The form under which a row stands, which goes on there: a count is not begun anew because a key is. The current form
/// where there is no row, and always when no other key is held.
pub(crate) fn standing(
    tx: &mut Tx,
    digest: &Digest,
    exists: impl Fn(&mut Tx, &Digest) -> Result<bool>,
) -> Result<Digest> {
    for form in digest.earlier() {
        if exists(tx, &form)? {
            return Ok(form);
        }
    }
    Ok(digest.clone())
}
