use super::{Email, Phone, Username};
use crate::reason::Reason;
use proptest::prelude::*;

fn email(text: &str) -> Option<String> {
    Email::parse(text).ok().map(|email| email.as_str().to_owned())
}

fn phone(text: &str) -> Option<String> {
    Phone::parse(text).ok().map(|phone| phone.as_str().to_owned())
}

fn username(text: &str) -> Option<String> {
    Username::parse(text).ok().map(|name| name.as_str().to_owned())
}

#[test]
fn an_address_is_found_in_any_case_and_shown_as_typed() {
    let ann = Email::parse("  Ann.Lee+Tag@Example.COM ").unwrap();
    assert_eq!(ann.as_str(), "ann.lee+tag@example.com");
    assert_eq!(ann.shown(), "Ann.Lee+Tag@example.com");
    assert_eq!(ann.domain(), "example.com");
    assert_eq!(ann, Email::parse("ann.lee+tag@EXAMPLE.com").unwrap());
}

#[test]
fn a_plus_tag_makes_another_address() {
    assert_ne!(email("ann+tag@example.com"), email("ann@example.com"));
}

#[test]
fn full_width_characters_become_the_plain_ones_before_anything_is_checked() {
    assert_eq!(email("ann＠example.com").as_deref(), Some("ann@example.com"));
    assert_eq!(email("ａｎｎ@ｅｘａｍｐｌｅ．ｃｏｍ").as_deref(), Some("ann@example.com"));
    assert_eq!(email("ann@example。com").as_deref(), Some("ann@example.com"));
    assert_eq!(email("ann＠evil.test@example.com"), None);
    assert_eq!(username("Ａnn").as_deref(), Some("ann"));
    assert_eq!(phone("＋１ ５５５ １２３ ４５６７").as_deref(), Some("+15551234567"));
}

#[test]
fn look_alikes_become_the_letter_or_stay_another_address() {
    let kelvin = Email::parse("\u{212a}im@example.com").unwrap();
    assert_eq!((kelvin.as_str(), kelvin.shown()), ("kim@example.com", "Kim@example.com"));
    assert_ne!(email("m\u{131}ke@example.com"), email("mike@example.com"));
    assert_ne!(email("\u{430}nn@example.com"), email("ann@example.com"));
    assert_ne!(email("ann@ex\u{430}mple.com"), email("ann@example.com"));
    assert_ne!(username("\u{430}nn"), username("ann"));
}

#[test]
fn a_domain_is_stored_in_its_ascii_form() {
    assert_eq!(email("ann@Bücher.example").as_deref(), Some("ann@xn--bcher-kva.example"));
    assert_eq!(email("ann@bu\u{308}cher.example"), email("ann@bücher.example"));
    assert_eq!(email("ann@localhost").as_deref(), Some("ann@localhost"));
}

#[test]
fn what_is_not_one_address_is_refused() {
    let wrong = [
        "",
        " ",
        "@",
        "ann",
        "ann@",
        "@example.com",
        "ann@@example.com",
        "ann@b@example.com",
        "ann@example",
        "ann@example.com.",
        "ann@.example.com",
        "ann@example..com",
        "ann@-example.com",
        "ann@exam_ple.com",
        "ann@127.0.0.1",
        "ann@[127.0.0.1]",
        "ann@xn--zzzzzz--.com",
        ".ann@example.com",
        "ann.@example.com",
        "an..n@example.com",
        "an n@example.com",
        "ann @example.com",
        "\"an n\"@example.com",
        "ann\0@example.com",
        "ann@example.com\0",
        "ann@exam\0ple.com",
        "ann\r\nBcc:x@example.com",
        "ann@example.com\r\nBcc: bob@example.com",
        "an\u{200b}n@example.com",
        "an\u{202e}n@example.com",
        "an\u{feff}n@example.com",
        "an\u{3164}n@example.com",
        "an\u{a0}n@example.com",
        "Ann <ann@example.com>",
        "ann@example.com,bob@example.com",
        "an\u{2025}n@example.com",
    ];
    for text in wrong {
        assert_eq!(Email::parse(text), Err(Reason::EmailFormatInvalid), "{text:?}");
    }
}

#[test]
fn lengths_are_those_of_what_is_stored() {
    let address = |local: usize, label: usize| {
        format!("{}@{}.{}.{}.example", "a".repeat(local), "b".repeat(label), "c".repeat(63), "d".repeat(50))
    };
    assert!(Email::parse(&address(64, 63)).is_ok());
    assert!(Email::parse(&address(65, 63)).is_err());
    assert!(Email::parse(&address(1, 64)).is_err());
    let long = format!("{}@{}.example", "a".repeat(64), ["e".repeat(60), "f".repeat(60), "g".repeat(59)].join("."));
    assert_eq!(long.len(), 254);
    assert!(Email::parse(&long).is_ok());
    assert!(Email::parse(&long.replace(".example", "g.example")).is_err());
    // Each of these grows by a byte when it is lower-cased.
    assert!(Email::parse(&format!("{}@example.com", "\u{23a}".repeat(32))).is_err());
    assert!(Email::parse(&"a".repeat(10_000_000)).is_err());
    assert!(Phone::parse(&"1".repeat(10_000_000)).is_err());
    assert!(Username::parse(&"a".repeat(10_000_000)).is_err());
}

#[test]
fn a_number_is_stored_as_e164_however_it_is_punctuated() {
    let spellings = [
        "+15551234567",
        "+1-555-123-4567",
        "+1 (555) 123.4567",
        "0015551234567",
        "00 1 555 123 4567",
        "15551234567",
        " 15551234567",
        "+1\u{2011}555\u{2013}123\u{a0}4567",
    ];
    for text in spellings {
        assert_eq!(phone(text).as_deref(), Some("+15551234567"), "{text:?}");
    }
}

#[test]
fn what_is_no_possible_number_is_refused() {
    let wrong = [
        "",
        " ",
        "+",
        "00",
        "++15551234567",
        "+1",
        "+1 555",
        "+1 555 123 4567 8",
        "555-1234",
        "0555 123 4567",
        "+999 123 456 789",
        "+1 555 123 4567 ext. 5",
        "+1 800 FLOWERS",
        "tel:+15551234567",
        "+1 555 123\u{0}4567",
        "+1 555\n123 4567",
        "+98 000000",
        "+1 555 123 4567;phone-context=+44",
        "+\u{661}\u{665}\u{665}\u{665}\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}",
        "a@example.com",
    ];
    for text in wrong {
        assert_eq!(Phone::parse(text), Err(Reason::PhoneFormatInvalid), "{text:?}");
    }
}

#[test]
fn a_possible_number_need_not_be_valid() {
    let seed = Phone::parse("+1-555-123-4567").unwrap();
    assert!(!seed.is_valid());
    assert_eq!(seed.region(), None);
    let real = Phone::parse("+41 44 668 18 00").unwrap();
    assert!(real.is_valid());
    assert_eq!(real.region().as_deref(), Some("CH"));
    assert_eq!(Phone::parse("+1 604 555 0123").unwrap().region().as_deref(), Some("CA"));
    let everywhere = Phone::parse("+800 1234 5678").unwrap();
    assert_eq!((everywhere.is_valid(), everywhere.region()), (true, None));
}

#[test]
fn a_masked_number_shows_its_last_digits_only() {
    assert_eq!(Phone::parse("+15551234567").unwrap().masked(), "********567");
    assert_eq!(Phone::parse("+4915112345678").unwrap().masked(), "*********5678");
    assert_eq!(Phone::parse("+29022158").unwrap().masked(), "******58");
}

#[test]
fn a_masked_address_shows_the_ends_of_its_parts_only() {
    let masked = |text: &str| Email::parse(text).unwrap().masked();
    assert_eq!(masked("xyzz@example.com"), "x**z@e*****e.c*m");
    assert_eq!(masked("asha.rao@mail.works.io"), "a******o@m**l.w***s.i*");
    assert_eq!(masked("a@bc.de"), "*@b*.d*");
}

#[test]
fn a_username_is_found_in_any_case_and_shown_as_typed() {
    let name = Username::parse(" John_Doe ").unwrap();
    assert_eq!((name.as_str(), name.shown()), ("john_doe", "John_Doe"));
    assert_eq!(name, Username::parse("JOHN_DOE").unwrap());
    assert_eq!(username("Zo\u{65}\u{308}"), username("ZOË"));
}

#[test]
fn a_username_has_1_to_32_visible_characters() {
    assert!(Username::parse(&"é".repeat(32)).is_ok());
    assert!(Username::parse(&"e\u{301}".repeat(32)).is_ok());
    for text in ["", " ", "a b", "a\0b", "a\tb", "a\u{200d}b", "a\u{202e}b", "a\u{ff}\u{fe0f}", "a\u{3164}"] {
        assert_eq!(Username::parse(text), Err(Reason::UsernameInvalid), "{text:?}");
    }
    assert!(Username::parse(&"é".repeat(33)).is_err());
    assert!(Username::parse("\u{fdfa}\u{fdfa}").is_err());
}

#[test]
fn debug_shows_nothing_of_a_person() {
    let shown = format!(
        "{:?} {:?} {:?}",
        Email::parse("ann@example.com").unwrap(),
        Phone::parse("+15551234567").unwrap(),
        Username::parse("ann").unwrap()
    );
    assert_eq!(shown, "Email(..) Phone(..) Username(..)");
}

proptest! {
    #[test]
    fn no_text_breaks_a_parser(text in "\\PC{0,40}|(?s).{0,40}") {
        for text in [text.clone(), format!("{text}@example.com"), format!("ann@{text}.com"), format!("+{text}")] {
            if let Some(stored) = email(&text) {
                prop_assert_eq!(email(&stored), Some(stored.clone()));
            }
            if let Some(stored) = phone(&text) {
                prop_assert_eq!(phone(&stored), Some(stored.clone()));
            }
            if let Some(stored) = username(&text) {
                prop_assert_eq!(username(&stored), Some(stored.clone()));
            }
        }
    }

    #[test]
    fn what_is_stored_parses_to_itself(name in "[\\p{L}\\p{M}\\p{Nd}]{1,24}", digits in "[1-9][0-9]{6,14}") {
        if let Ok(name) = Username::parse(&name) {
            prop_assert_eq!(Some(name.as_str().to_owned()), username(name.as_str()));
            prop_assert_eq!(Some(name.as_str().to_owned()), username(name.shown()));
        }
        if let Ok(address) = Email::parse(&format!("{name}@{name}.example")) {
            prop_assert_eq!(Some(address.as_str().to_owned()), email(address.as_str()));
            prop_assert_eq!(Some(address.as_str().to_owned()), email(address.shown()));
            prop_assert!(address.as_str().len() <= Email::MAX_LENGTH);
        }
        if let Some(stored) = phone(&digits) {
            prop_assert_eq!(phone(&stored), Some(stored.clone()));
            prop_assert!(stored.len() <= 16);
        }
    }
}
