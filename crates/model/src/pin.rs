//! PINs: what is accepted as one. They are hashed as passwords are, and the hash is kept encrypted: so few digits would
//! fall to anybody who has the hash.

use crate::password::Password;
use crate::profile::birth_date;
use crate::reason::Reason;
use crate::refusal::{FieldError, Refusal};
use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// A tenant's rules for new PINs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Fewest characters, 4 or more.
    #[serde(rename = "minLength")]
    pub min_length: usize,
    /// Most characters, up to 16.
    #[serde(rename = "maxLength")]
    pub max_length: usize,
    /// What it is made of.
    pub alphabet: Alphabet,
    /// Whether one character over and over is refused.
    #[serde(rename = "refuseRepeats")]
    pub refuse_repeats: bool,
    /// Whether a run up or down is refused, such as 3456 or dcba.
    #[serde(rename = "refuseRuns")]
    pub refuse_runs: bool,
    /// Whether the person's date of birth is refused, however it is written.
    #[serde(rename = "refuseBirthDate")]
    pub refuse_birth_date: bool,
    /// Whether the end of the person's phone number is refused.
    #[serde(rename = "refusePhone")]
    pub refuse_phone: bool,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            min_length: 4,
            max_length: 8,
            alphabet: Alphabet::Numeric,
            refuse_repeats: true,
            refuse_runs: true,
            refuse_birth_date: true,
            refuse_phone: true,
        }
    }
}

/// What a PIN is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Alphabet {
    /// Digits.
    Numeric,
    /// Digits and the letters A to Z.
    Alphanumeric,
}

/// A PIN as typed.
#[derive(Debug, Clone)]
pub struct Pin(Secret);

impl Pin {
    /// Takes any text; whether a *new* PIN may be so is asked by [`Pin::check_form`].
    pub fn new(text: Secret) -> Pin {
        Pin(text)
    }

    /// The form in which it is hashed.
    pub fn to_password(&self) -> Password {
        Password::new(&self.0)
    }

    /// The rules that need nobody's account (1134): length, alphabet, repeats and runs.
    pub fn check_form(&self, rules: &Rules) -> Result<(), Refusal> {
        let text = self.0.expose();
        let of_alphabet = text.bytes().all(|byte| match rules.alphabet {
            Alphabet::Numeric => byte.is_ascii_digit(),
            Alphabet::Alphanumeric => byte.is_ascii_alphanumeric(),
        });
        let made_of = match rules.alphabet {
            Alphabet::Numeric => "digits",
            Alphabet::Alphanumeric => "digits and letters from A to Z",
        };
        let length = text.chars().count();
        let mut broken = Vec::new();
        if length < rules.min_length || length > rules.max_length {
            broken.push(format!("The PIN must have {} to {} characters.", rules.min_length, rules.max_length));
        }
        if !of_alphabet {
            broken.push(format!("The PIN must be made of {made_of}."));
        }
        if rules.refuse_repeats && is_run(text, 0) {
            broken.push("The PIN must not be one character over and over.".to_owned());
        }
        if rules.refuse_runs && (is_run(text, 1) || is_run(text, -1)) {
            broken.push("The PIN must not be a run of characters.".to_owned());
        }
        refuse(broken)
    }

    /// The rules that need the person (1134): not the date of birth as the profile has it, nor the end of a phone number.
    pub fn check_person<'a>(
        &self,
        rules: &Rules,
        birth_date: Option<&str>,
        phones: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), Refusal> {
        let text = self.0.expose();
        let mut broken = Vec::new();
        if rules.refuse_birth_date && birth_date.is_some_and(|date| spellings(date).iter().any(|date| date == text)) {
            broken.push("The PIN must not be the date of birth.".to_owned());
        }
        let ends_in_pin = |phone: &str| !text.is_empty() && phone.ends_with(text);
        if rules.refuse_phone && phones.into_iter().any(ends_in_pin) {
            broken.push("The PIN must not be the end of the phone number.".to_owned());
        }
        refuse(broken)
    }
}

fn refuse(broken: Vec<String>) -> Result<(), Refusal> {
    let errors: Vec<FieldError> =
        broken.into_iter().map(|message| FieldError { field: "pin".to_owned(), message }).collect();
    if errors.is_empty() { Ok(()) } else { Err(Refusal { errors, ..Reason::ValidationFailed.into() }) }
}

/// True when every character is `step` after the one before it; 9 is not followed by 0.
fn is_run(text: &str, step: i16) -> bool {
    let text = text.to_ascii_lowercase();
    let bytes = text.as_bytes();
    bytes.len() > 1 && bytes.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step)
}

/// The ways to write a date in digits alone, whole or in part, the day before the month or after it.
fn spellings(date: &str) -> Vec<String> {
    let Some(date) = birth_date(date) else { return Vec::new() };
    let (year, month, day) = (format!("{:04}", date.year()), u8::from(date.month()), date.day());
    let short = &year[2..];
    let mut all = vec![year.clone(), format!("{month}{day}{short}"), format!("{day}{month}{short}")];
    all.extend([format!("{month}{day}{year}"), format!("{day}{month}{year}")]);
    for (a, b) in [(month, day), (day, month)] {
        for year in [year.as_str(), short] {
            all.extend([format!("{a:02}{b:02}{year}"), format!("{year}{a:02}{b:02}")]);
            all.extend([format!("{a:02}{year}"), format!("{year}{a:02}")]);
        }
        all.push(format!("{a:02}{b:02}"));
    }
    all
}

#[cfg(test)]
mod tests;
