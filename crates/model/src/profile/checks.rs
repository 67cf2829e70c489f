//! Rules for values that are more than text.

use super::parts::common::TextMap;
use super::persona::Persona;
use crate::reason::Reason;
use crate::refusal::{FieldError, Refusal};
use crate::time::Timestamp;
use std::collections::HashSet;
use time::{Date, Month};

/// The longest value of a custom field, in characters.
const CUSTOM_FIELD_LENGTH: usize = 1000;

const GENDERS: &[&str] = &["male", "female", "other", "unknown", "m", "f", "o", "u", "1", "0"];

/// Reads a date of birth: `MM-dd-yyyy` or `MM/dd/yyyy`, one digit being enough for month and day, or ISO 8601 with or
/// without a time; `None` for anything else and for days that no calendar has.
pub fn birth_date(text: &str) -> Option<Date> {
    let has_time = [text.to_owned(), format!("{text}Z")].iter().any(|text| Timestamp::parse(text).is_some());
    let day = if has_time { text.get(..10)? } else { text };
    let separator = if day.contains('/') { '/' } else { '-' };
    let parts: Vec<&str> = day.split(separator).collect();
    match parts[..] {
        [year, month, day] if separator == '-' && year.len() == 4 => date(year, month, day),
        [month, day, year] => date(year, month, day),
        _ => None,
    }
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let lengths = year.len() == 4 && (1..=2).contains(&month.len()) && (1..=2).contains(&day.len());
    if !(lengths && digits(year) && digits(month) && digits(day)) {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

pub(super) fn persona(persona: &mut Persona) -> Result<(), Refusal> {
    texts(persona)?;
    addresses(persona)?;
    phone_numbers(persona)
}

fn texts(persona: &Persona) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    let mut complain = |field: &str, message: &str| {
        errors.push(FieldError { field: field.to_owned(), message: message.to_owned() });
    };
    if persona.birth_date.as_deref().is_some_and(|text| birth_date(text).is_none()) {
        complain("birthdate", "The birth date must be a date such as 12-31-1990 or 1990-12-31.");
    }
    if persona.gender.as_deref().is_some_and(|text| !GENDERS.iter().any(|known| known.eq_ignore_ascii_case(text))) {
        complain("gender", "The gender must be male, female, other or unknown, or the first letter of one of them.");
    }
    if errors.is_empty() { Ok(()) } else { Err(Refusal { errors, ..Reason::ValidationFailed.into() }) }
}

/// Each address needs a type of its own, compared without case.
fn addresses(persona: &Persona) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    for address in persona.addresses.iter().flatten() {
        let kind = address.kind.as_deref().unwrap_or_default().trim();
        if kind.is_empty() {
            return Err(Reason::AddressTypeRequired.into());
        }
        if !seen.insert(kind.to_lowercase()) {
            return Err(Reason::AddressTypeDuplicate.into());
        }
    }
    Ok(())
}

/// Each phone needs a type of its own, compared without case; one without any gets `Default`.
fn phone_numbers(persona: &mut Persona) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    for phone in persona.phone_numbers.iter_mut().flatten() {
        let kind = phone.phone_type.get_or_insert_with(|| "Default".to_owned()).trim();
        if kind.is_empty() {
            return Err(Reason::PhoneTypeRequired.into());
        }
        if !seen.insert(kind.to_lowercase()) {
            return Err(Reason::PhoneTypeDuplicate.into());
        }
    }
    Ok(())
}

pub(super) fn custom_fields(fields: &TextMap) -> Result<(), Refusal> {
    if fields.values().any(|value| value.chars().count() > CUSTOM_FIELD_LENGTH) {
        let message = format!("A custom field holds at most {CUSTOM_FIELD_LENGTH} characters.");
        return Err(Refusal::invalid("customfields", message));
    }
    Ok(())
}
