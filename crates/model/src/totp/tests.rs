use super::{DRAWN, Key};
use crate::time::Timestamp;

/// RFC 6238, appendix B: its codes have eight digits, ours are the last six of them.
const VECTORS: [(i64, &str); 6] = [
    (59, "94287082"),
    (1_111_111_109, "07081804"),
    (1_111_111_111, "14050471"),
    (1_234_567_890, "89005924"),
    (2_000_000_000, "69279037"),
    (20_000_000_000, "65353130"),
];

fn at(seconds: i64) -> Timestamp {
    Timestamp(seconds * 1000)
}

fn documented() -> Key {
    Key::of("12345678901234567890")
}

#[test]
fn the_codes_are_those_of_the_standard() {
    for (seconds, code) in VECTORS {
        assert_eq!(documented().code(at(seconds)), code[2..]);
        assert_eq!(documented().step_of(&code[2..], at(seconds)), Some(seconds / 30));
    }
}

#[test]
fn a_clock_may_be_one_step_off_and_not_two() {
    let (key, step) = (documented(), 1_000_000);
    let code = key.code(at(step * 30));
    assert_eq!(key.step_of(&code, at((step - 1) * 30)), Some(step));
    assert_eq!(key.step_of(&code, at((step + 1) * 30 + 29)), Some(step));
    assert_eq!(key.step_of(&code, at((step - 1) * 30 - 1)), None);
    assert_eq!(key.step_of(&code, at((step + 2) * 30)), None);
}

#[test]
fn spaces_do_not_matter_and_everything_else_does() {
    let (key, now) = (documented(), at(59));
    assert_eq!(key.step_of(" 287 082 ", now), Some(1));
    for wrong in ["", "28708", "2870820", "94287082", "287083", "287-082", "٢٨٧٠٨٢"] {
        assert_eq!(key.step_of(wrong, now), None, "{wrong}");
    }
}

#[test]
fn a_key_has_32_characters_and_is_told_as_52() {
    let key = Key::new([0xa7; DRAWN]);
    assert_eq!(key.text().expose().len(), 32);
    assert!(key.text().expose().is_ascii());
    assert_eq!(key.typed().expose().len(), 52);
    assert_eq!(Key::of("12345678901234567890").typed().expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

#[test]
fn the_address_names_whose_key_it_is_without_breaking_out_of_it() {
    let uri = documented().uri("Acme & Sons", "ann+home@example.com");
    assert_eq!(
        uri.expose(),
        "otpauth://totp/ann%2Bhome%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20%26%20Sons"
    );
}
