use super::{DerivedKey, Window, checksum, clock, make, seal, verify};
use crate::reason::Reason;
use crate::secret::Secret;
use crate::settings::SottRules;
use crate::time::{Span, Timestamp};
use data_encoding::HEXLOWER;
use proptest::prelude::*;
use std::sync::LazyLock;

const API_KEY: &str = "11111111-2222-3333-4444-555555555555";
const TOKEN: &str = "KUnp1Hd2XtGLFl4kTuS5KqisDUKukuu+Gdnm9mOfKfBWJammZOPKD17NMZoe1fN3JXPAXHca2aXKkLuqtgYIgGLukcIhFGFdh23mqqyKOEM=*797017d429da5e9f8ea0da65bb1d5c66";
static KEY: LazyLock<DerivedKey> =
    LazyLock::new(|| DerivedKey::derive(&Secret::new("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee")));

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn window() -> Window {
    Window { start: at("2025-01-02T03:04:05Z"), end: at("2025-01-02T03:14:05Z") }
}

fn token_of(text: &str) -> String {
    let sealed = seal(text.as_bytes().to_vec(), &KEY);
    format!("{sealed}*{}", checksum(&sealed))
}

fn verify_at(token: &str, now: &str, rules: &SottRules) -> Result<Window, Reason> {
    verify(token, API_KEY, &KEY, at(now), rules)
}

fn verify_in_time(token: &str) -> Result<Window, Reason> {
    verify_at(token, "2025-01-02T03:05:00Z", &SottRules::default())
}

#[test]
fn the_published_vector_is_made_and_accepted() {
    assert_eq!(HEXLOWER.encode(&KEY.0), "16a398b802bf44942c6f6533235f2b87b570b6972f4ca76e9a0a42c91c48e37e");
    assert_eq!(make(API_KEY, &KEY, window()).expose(), TOKEN);
    assert_eq!(verify_in_time(TOKEN), Ok(window()));
}

#[test]
fn a_token_survives_url_encoding() {
    assert!(TOKEN.contains('+'));
    assert_eq!(verify_in_time(&TOKEN.replace('+', " ")), Ok(window()));
    assert_eq!(verify_in_time(&TOKEN.replace('+', "%2B").replace('=', "%3D")), Ok(window()));
    assert_eq!(verify_in_time(&TOKEN.replace('+', "%2b").replace('=', "%3d")), Ok(window()));
}

#[test]
fn every_way_of_writing_a_date_is_read() {
    let ways = [
        ("2025/1/2 3:4:5", "2025/1/2 3:14:5"),
        ("2025/1/2 3:04:05", "2025/1/2 3:14:05"),
        ("2025/01/02 03:04:05", "2025/01/02 03:14:05"),
        ("2025-01-02 03:04:05", "2025-01-02 03:14:05"),
        ("2025-1-2 3:4:5", "2025/1/2 3:14:5"),
    ];
    for (start, end) in ways {
        assert_eq!(verify_in_time(&token_of(&format!("{start}#{API_KEY}#{end}"))), Ok(window()), "{start}");
    }
}

#[test]
fn the_window_is_open_five_minutes_early_and_shut_after_its_end() {
    let rules = SottRules::default();
    assert_eq!(verify_at(TOKEN, "2025-01-02T02:59:04Z", &rules), Err(Reason::SottInvalid));
    assert_eq!(verify_at(TOKEN, "2025-01-02T02:59:05Z", &rules), Ok(window()));
    assert_eq!(verify_at(TOKEN, "2025-01-02T03:14:05Z", &rules), Ok(window()));
    assert_eq!(verify_at(TOKEN, "2025-01-02T03:14:05.001Z", &rules), Err(Reason::SottInvalid));
}

#[test]
fn a_window_wider_than_the_tenant_allows_is_refused() {
    let rules = |max_window_minutes| SottRules { max_window_minutes, ..SottRules::default() };
    assert_eq!(verify_at(TOKEN, "2025-01-02T03:05:00Z", &rules(10)), Ok(window()));
    assert_eq!(verify_at(TOKEN, "2025-01-02T03:05:00Z", &rules(9)), Err(Reason::SottInvalid));
}

#[test]
fn another_key_or_secret_is_refused() {
    let other = DerivedKey::derive(&Secret::new("other"));
    let now = at("2025-01-02T03:05:00Z");
    let rules = SottRules::default();
    assert_eq!(verify(TOKEN, API_KEY, &other, now, &rules), Err(Reason::SottInvalid));
    let other_key = "11111111-2222-3333-4444-666666666666";
    assert_eq!(verify(TOKEN, other_key, &KEY, now, &rules), Err(Reason::SottInvalid));
}

#[test]
fn a_changed_token_is_refused() {
    let (sealed, check) = TOKEN.split_once('*').unwrap();
    let swapped = sealed.replacen('K', "L", 1);
    let wrong = [
        String::new(),
        "*".to_owned(),
        sealed.to_owned(),
        format!("{sealed}*"),
        format!("{sealed}*{}", "0".repeat(32)),
        format!("{swapped}*{check}"),
        format!("{swapped}*{}", checksum(&swapped)),
        format!("{sealed}{check}"),
        format!("*{}", checksum("")),
        format!("AAAA*{}", checksum("AAAA")),
        format!("!*{}", checksum("!")),
        "A".repeat(10_000),
    ];
    for token in wrong {
        assert_eq!(verify_in_time(&token), Err(Reason::SottInvalid), "{token}");
    }
}

#[test]
fn a_text_that_is_not_start_key_end_is_refused() {
    let wrong = [
        String::new(),
        API_KEY.to_owned(),
        format!("2025/1/2 3:4:5#{API_KEY}"),
        format!("2025/1/2 3:4:5#{API_KEY}#2025/1/2 3:14:5#"),
        format!("2025/1/2 3:4:5##{API_KEY}#2025/1/2 3:14:5"),
        "2025/1/2 3:4:5##2025/1/2 3:14:5".to_owned(),
        format!("2025/1/2 3:14:5#{API_KEY}#2025/1/2 3:4:5"),
        format!("#{API_KEY}#"),
        format!("2025/1/2#{API_KEY}#2025/1/2"),
        format!("2025/13/2 3:4:5#{API_KEY}#2025/13/2 3:14:5"),
        format!("2025/1/2 3:4:5#{API_KEY}#2025/1/2 3:60:5"),
        format!("25/1/2 3:4:5#{API_KEY}#25/1/2 3:14:5"),
        format!("2025/1/2 +3:4:5#{API_KEY}#2025/1/2 +3:14:5"),
        format!("2025/1/2 3:4:5 PM#{API_KEY}#2025/1/2 3:14:5 PM"),
    ];
    for text in wrong {
        assert_eq!(verify_in_time(&token_of(&text)), Err(Reason::SottInvalid), "{text}");
    }
}

#[test]
fn an_empty_api_key_is_not_met_by_what_stands_for_an_unreadable_token() {
    let now = at("2000-01-01T00:00:00Z");
    assert_eq!(verify("garbage", "", &KEY, now, &SottRules::default()), Err(Reason::SottInvalid));
}

#[test]
fn a_12_hour_clock_is_read_only_where_the_tenant_allows_it() {
    let allowed = SottRules { accept_12h_clock: true, ..SottRules::default() };
    // What a clock of 12 hours writes, and when it was written.
    let cases = [
        ("2025/01/02 04:05:00", "2025/01/02 04:15:00", "2025-01-02T16:06:00Z"),
        ("2025/01/02 12:05:00", "2025/01/02 12:15:00", "2025-01-02T00:06:00Z"),
        ("2025/01/02 11:58:00", "2025/01/03 12:08:00", "2025-01-03T00:01:00Z"),
        ("2025/01/02 12:55:00", "2025/01/02 01:05:00", "2025-01-02T13:00:00Z"),
    ];
    for (start, end, now) in cases {
        let token = token_of(&format!("{start}#{API_KEY}#{end}"));
        assert_eq!(verify_at(&token, now, &SottRules::default()), Err(Reason::SottInvalid), "{start}");
        let window = verify_at(&token, now, &allowed).unwrap();
        assert_eq!(window.end.since(window.start), Span::minutes(10), "{start}");
    }
}

#[test]
fn a_12_hour_clock_does_not_widen_the_window() {
    let allowed = SottRules { accept_12h_clock: true, ..SottRules::default() };
    let token = token_of(&format!("2025/01/02 04:05:00#{API_KEY}#2025/01/02 04:15:00"));
    assert!(verify_at(&token, "2025-01-02T04:10:00Z", &allowed).is_ok());
    assert_eq!(verify_at(&token, "2025-01-02T10:00:00Z", &allowed), Err(Reason::SottInvalid));
    assert_eq!(verify_at(&token, "2025-01-02T16:16:00Z", &allowed), Err(Reason::SottInvalid));
}

#[test]
fn debug_shows_nothing_of_the_key() {
    assert_eq!(format!("{:?}", *KEY), "DerivedKey(..)");
}

proptest! {
    #[test]
    fn no_text_breaks_the_check(token in "(?s).{0,60}", text in "[0-9/: #-]{0,60}") {
        prop_assert_eq!(verify_in_time(&token), Err(Reason::SottInvalid));
        prop_assert_eq!(verify_in_time(&token_of(&text)), Err(Reason::SottInvalid));
    }

    #[test]
    fn a_date_reads_as_it_was_written(seconds in 0_i64..253_402_300_800) {
        let moment = Timestamp(seconds * 1000);
        prop_assert_eq!(clock::read(&clock::write(moment)), Some(moment));
    }
}
