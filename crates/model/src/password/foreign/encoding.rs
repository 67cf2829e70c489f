//! The alphabets that hashes are written in.

use data_encoding::{BitOrder, Encoding, HEXLOWER_PERMISSIVE, Specification};
use std::sync::LazyLock;

const STANDARD: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BCRYPT: &str = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// The alphabet of `crypt`, also that of counters in one character.
pub(super) const CRYPT: &str = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn lenient(symbols: &str, bit_order: BitOrder) -> Encoding {
    let mut specification = Specification::new();
    specification.symbols.push_str(symbols);
    specification.bit_order = bit_order;
    // Bits that stand for nothing are not zero in many hashes that work elsewhere.
    specification.check_trailing_bits = false;
    specification.encoding().expect("64 different symbols make an alphabet")
}

static BASE64: LazyLock<Encoding> = LazyLock::new(|| lenient(STANDARD, BitOrder::MostSignificantFirst));
static BCRYPT64: LazyLock<Encoding> = LazyLock::new(|| lenient(BCRYPT, BitOrder::MostSignificantFirst));
static CRYPT64: LazyLock<Encoding> = LazyLock::new(|| lenient(CRYPT, BitOrder::LeastSignificantFirst));

/// Base64 in its standard, its URL and its `.` spelling, padded or not.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let plain: String = text.trim_end_matches('=').chars().map(standard).collect();
    BASE64.decode(plain.as_bytes()).ok()
}

fn standard(symbol: char) -> char {
    match symbol {
        '-' | '.' => '+',
        '_' => '/',
        other => other,
    }
}

/// Base64 without padding.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Hexadecimal in either case, also with a hyphen after every byte.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    let plain: String = text.chars().filter(|symbol| *symbol != '-').collect();
    HEXLOWER_PERMISSIVE.decode(plain.as_bytes()).ok()
}

/// The base64 of bcrypt.
pub(super) fn bcrypt64(text: &str) -> Option<Vec<u8>> {
    BCRYPT64.decode(text.as_bytes()).ok()
}

/// The base64 of `crypt`, lowest bits first.
pub(super) fn crypt64(text: &str) -> Option<Vec<u8>> {
    CRYPT64.decode(text.as_bytes()).ok()
}

/// Which number one character of the alphabet of `crypt` is.
pub(super) fn crypt_digit(symbol: u8) -> Option<u32> {
    CRYPT.bytes().zip(0..).find(|(own, _)| *own == symbol).map(|(_, number)| number)
}
