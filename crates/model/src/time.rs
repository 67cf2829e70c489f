//! Moments and spans: whole milliseconds, UTC, always handed in from outside.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime};

/// A moment as milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// The last year that a date can have.
const LAST_YEAR: i32 = 9999;

/// What the wire shows where a date has no value yet.
pub const NO_DATE: &str = "0001-01-01T00:00:00Z";

impl Timestamp {
    /// The moment `span` later.
    #[must_use]
    pub fn plus(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_add(span.0))
    }

    /// The moment `span` earlier.
    #[must_use]
    pub fn minus(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_sub(span.0))
    }

    /// The same day and time of day `count` months later, or the last day of a month that has no such day.
    #[must_use]
    pub fn plus_months(self, count: i64) -> Timestamp {
        let date = self.date();
        let months = i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1;
        let months = months.saturating_add(count);
        let year = i32::try_from(months.div_euclid(12)).unwrap_or(LAST_YEAR).min(LAST_YEAR);
        let month = u8::try_from(months.rem_euclid(12) + 1).ok().and_then(|number| Month::try_from(number).ok());
        let month = month.expect("a remainder of twelve and one is a month");
        let day = date.day().min(month.length(year));
        let moved = Date::from_calendar_date(year, month, day).map(|day| date.replace_date(day));
        moved.ok().and_then(Timestamp::of).unwrap_or(self)
    }

    /// How long after `earlier` this is; zero when the clock stepped back in between.
    pub fn since(self, earlier: Timestamp) -> Span {
        Span(self.0.saturating_sub(earlier.0).max(0))
    }

    /// RFC 3339 in UTC with whole seconds, the only form dates take on the wire: `2026-01-31T09:05:00Z`.
    pub fn to_wire(self) -> String {
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
        self.date().format(format).unwrap_or_else(|_| NO_DATE.to_owned())
    }

    /// `yyyy-MM-dd HH:mm:ss` in UTC, the form of the server-info answer.
    pub fn to_plain(self) -> String {
        let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
        self.date().format(format).unwrap_or_default()
    }

    /// The day alone, for people.
    pub fn to_date(self) -> String {
        self.date().format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
    }

    /// Reads RFC 3339 with any number of fraction digits; `None` when it is none.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let date = OffsetDateTime::parse(text.trim(), &Rfc3339).ok()?;
        Timestamp::of(date)
    }

    pub(crate) fn of(date: OffsetDateTime) -> Option<Timestamp> {
        i64::try_from(date.unix_timestamp_nanos() / 1_000_000).ok().map(Timestamp)
    }

    pub(crate) fn date(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

/// A length of time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub i64);

impl Span {
    /// So many seconds.
    pub const fn seconds(count: i64) -> Span {
        Span(count.saturating_mul(1000))
    }

    /// So many minutes.
    pub const fn minutes(count: i64) -> Span {
        Span::seconds(count.saturating_mul(60))
    }

    /// So many days.
    pub const fn days(count: i64) -> Span {
        Span::minutes(count.saturating_mul(24 * 60))
    }

    /// Whole seconds, rounded up: what a `Retry-After` header carries.
    pub fn whole_seconds_up(self) -> u32 {
        u32::try_from(self.0.max(0).saturating_add(999) / 1000).unwrap_or(u32::MAX)
    }
}
