//! PINs on the pages: set on the way in, signed in with, forgotten, and looked after by their owner.

pub(super) mod forgot;
pub(super) mod owed;
pub(super) mod own;
pub(super) mod sign_in;
