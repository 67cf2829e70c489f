//! What people sign in with, made comparable: two spellings of one address, number or name are one value.
//!
//! Every parser normalises first and validates the result, and the result is what is stored, compared and sent to. So
//! nothing that was refused can come in by another spelling, and no message goes to an address as it was typed.

mod email;
mod phone;
mod username;

#[cfg(test)]
mod tests;

pub use email::Email;
pub use phone::Phone;
pub use username::Username;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Unicode's compatibility form: full-width, ligature and other presentation forms become the plain characters.
fn normalise(text: &str) -> String {
    text.trim().nfkc().collect()
}

/// The form that is looked up; normalised again because lower-casing can take letters apart.
fn fold(text: &str) -> String {
    text.to_lowercase().nfkc().collect()
}

/// A character that is seen and means itself: no space, no control, nothing that hides or turns the text around.
fn is_plain(character: char) -> bool {
    let visible = character.is_ascii_graphic()
        || (!character.is_ascii() && (character.is_alphanumeric() || is_combining_mark(character)));
    visible && !is_blank_letter(character)
}

/// Letters and marks that leave nothing on the screen.
fn is_blank_letter(character: char) -> bool {
    matches!(
        character,
        '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

/// An identifier of a person stays out of logs, so `Debug` shows its type alone; equality and hash go by `as_str`.
macro_rules! compared_by_lookup_form {
    ($name:ident) => {
        impl PartialEq for $name {
            fn eq(&self, other: &$name) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl Eq for $name {}

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}
use compared_by_lookup_form;
