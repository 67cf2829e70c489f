//! Dates as the clients write them inside a token: UTC, year first, padded or not.

use crate::time::{Span, Timestamp};
use time::{Date, Month, OffsetDateTime, Time};

const HALF_DAY: Span = Span::minutes(12 * 60);

/// Writes `yyyy/M/d H:m:s`, nothing padded.
pub(super) fn write(moment: Timestamp) -> String {
    let date = moment.date();
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    format!("{year}/{month}/{day} {}:{}:{}", date.hour(), date.minute(), date.second())
}

/// Reads year, month, day between slashes or dashes, then a 24-hour time; each number padded or not.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let (date, clock) = text.split_once(' ')?;
    let separator = if date.contains('/') { '/' } else { '-' };
    let (year, rest) = date.split_once(separator)?;
    let (month, day) = rest.split_once(separator)?;
    let year = if year.len() == 4 { number(year)? } else { return None };
    let month = Month::try_from(small_number(month)?).ok()?;
    let date = Date::from_calendar_date(i32::from(year), month, small_number(day)?).ok()?;
    let (hour, rest) = clock.split_once(':')?;
    let (minute, second) = rest.split_once(':')?;
    let time = Time::from_hms(small_number(hour)?, small_number(minute)?, small_number(second)?).ok()?;
    Timestamp::of(OffsetDateTime::new_utc(date, time))
}

/// What a moment can mean on a clock of 12 hours: both halves of its day. An hour past 12 means itself.
pub(super) fn halves(moment: Timestamp) -> Vec<Timestamp> {
    match moment.date().hour() {
        1..=11 => vec![moment, moment.plus(HALF_DAY)],
        12 => vec![moment.minus(HALF_DAY), moment],
        _ => vec![moment],
    }
}

/// Half a day of a clock of 12 hours.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Half {
    Morning,
    Afternoon,
}

/// What a moment means in this half of its day; `None` when its hour is not on a clock of 12 hours.
pub(crate) fn in_half(moment: Timestamp, half: Half) -> Option<Timestamp> {
    match (moment.date().hour(), half) {
        (12, Half::Morning) => Some(moment.minus(HALF_DAY)),
        (1..=11, Half::Afternoon) => Some(moment.plus(HALF_DAY)),
        (12, Half::Afternoon) | (1..=11, Half::Morning) => Some(moment),
        _ => None,
    }
}

fn small_number(text: &str) -> Option<u8> {
    if text.len() > 2 {
        return None;
    }
    u8::try_from(number(text)?).ok()
}

fn number(text: &str) -> Option<u16> {
    // `parse` alone would take a sign too.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
