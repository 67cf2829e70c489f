use super::{compared_by_lookup_form, normalise};
use crate::reason::Reason;
use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, Region};

/// A telephone number with its country code, in E.164.
#[derive(Clone)]
pub struct Phone(String);

compared_by_lookup_form!(Phone);

/// The most digits that E.164 allows.
const MAX_DIGITS: usize = 15;

/// The longest text that is looked at, in bytes: all digits full-width, with a separator after each.
const MAX_TYPED: usize = 128;

impl Phone {
    /// Takes what somebody typed, with or without separators; 1096 unless it is a *possible* number.
    ///
    /// Possible means that a country of that code has numbers of that length. Whether the number is assigned is asked
    /// by [`Phone::is_valid`] before something is sent to it.
    ///
    // Wire: a `+` written raw in a query arrives as a space or not at all, so bare digits are read as if it stood there.
    pub fn parse(text: &str) -> Result<Phone, Reason> {
        Phone::read(text).ok_or(Reason::PhoneFormatInvalid)
    }

    /// The number as E.164 has it: `+` and up to 15 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the number lies in a range that its country has assigned.
    pub fn is_valid(&self) -> bool {
        self.number().is_some_and(|number| PHONE_NUMBER_UTIL.is_valid_number(&number))
    }

    /// The two letters of the number's country; `None` when its ranges do not tell, or it belongs to no country.
    pub fn region(&self) -> Option<String> {
        let region = PHONE_NUMBER_UTIL.get_region_for_number(&self.number()?)?;
        (region != Region::World).then(|| region.to_string())
    }

    /// The number with nothing but its last two to four digits left, for answers and messages that others may see.
    pub fn masked(&self) -> String {
        let digits = &self.0[1..];
        let (hidden, open) = digits.split_at(digits.len() - (digits.len() / 3).clamp(2, 4));
        "*".repeat(hidden.len()) + open
    }

    fn read(text: &str) -> Option<Phone> {
        if text.len() > MAX_TYPED {
            return None;
        }
        let normalised = normalise(text);
        let typed: String = normalised.chars().filter(|character| !is_separator(*character)).collect();
        let digits = typed.strip_prefix('+').or_else(|| typed.strip_prefix("00")).unwrap_or(&typed);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number = PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None).ok()?;
        let length = PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number);
        let text = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned();
        let fits = text.len() <= MAX_DIGITS + 1 && length == Ok(NumberLengthType::IsPossible);
        // Reading takes one trunk zero away each time; a number that has another would be stored as one nobody gave.
        let is_stable = PHONE_NUMBER_UTIL.parse(&text, None).is_ok_and(|again| again == number);
        (fits && is_stable).then_some(Phone(text))
    }

    fn number(&self) -> Option<PhoneNumber> {
        PHONE_NUMBER_UTIL.parse(&self.0, None).ok()
    }
}

fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '-' | '.' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}
