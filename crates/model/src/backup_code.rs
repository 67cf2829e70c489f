//! Codes on paper, for who lost every other second factor.

use crate::secret::Secret;
use data_encoding::BASE32_NOPAD;

/// Random bytes behind a code: 80 bits, beyond guessing even by who holds the keyed hashes.
pub const DRAWN: usize = 10;

/// How many characters stand together.
const GROUP: usize = 4;

/// A new code of these random bytes, as it is shown: `k7qm-2xvp-hd4t-w6rn`.
pub fn new(random: [u8; DRAWN]) -> Secret {
    let letters = BASE32_NOPAD.encode(&random).to_ascii_lowercase();
    let groups: Vec<&str> = (0..letters.len()).step_by(GROUP).map(|start| &letters[start..start + GROUP]).collect();
    Secret::new(groups.join("-"))
}

/// A code as it is compared, however it was typed: the alphabet has no 0 and 1, so they are a misread O and L.
pub fn compared(typed: &Secret) -> Secret {
    let letters = typed.expose().chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let read = |letter: char| match letter.to_ascii_lowercase() {
        '0' => 'o',
        '1' => 'l',
        other => other,
    };
    Secret::new(letters.map(read).collect::<String>())
}

#[cfg(test)]
mod tests;
