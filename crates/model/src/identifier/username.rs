use super::{compared_by_lookup_form, fold, is_plain, normalise};
use crate::reason::Reason;

/// A name that a person chose to sign in with.
///
/// It may look like an address or a number: requests name the kind of identifier they mean, so nothing is guessed
/// from its looks.
#[derive(Clone)]
pub struct Username {
    lookup: String,
    shown: String,
}

compared_by_lookup_form!(Username);

impl Username {
    /// The longest name in characters.
    pub const MAX_LENGTH: usize = 32;

    /// Takes what somebody typed; 1204 unless it is 1 to 32 visible characters without spaces.
    pub fn parse(text: &str) -> Result<Username, Reason> {
        Username::read(text).ok_or(Reason::UsernameInvalid)
    }

    /// The form to store as key and to look up: lower case.
    pub fn as_str(&self) -> &str {
        &self.lookup
    }

    /// The form to show: the case it was typed in.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    fn read(text: &str) -> Option<Username> {
        // Sixteen bytes a character leave room for letters with marks that become one.
        if text.len() > Username::MAX_LENGTH * 16 {
            return None;
        }
        let shown = normalise(text);
        let name = Username { lookup: fold(&shown), shown };
        (is_name(&name.lookup) && is_name(&name.shown)).then_some(name)
    }
}

fn is_name(text: &str) -> bool {
    let length = text.chars().count();
    (1..=Username::MAX_LENGTH).contains(&length) && text.chars().all(is_plain)
}
