//! The makes of authenticators, by the identifiers that they give themselves.

/// What is shown for an authenticator that does not tell its make, or one that is not listed here.
const UNKNOWN: &str = "Passkey";

/// AAGUIDs in hexadecimal, as their makers publish them.
const MAKES: &[(&str, &str)] = &[
    ("ea9b8d664d011d213ce4b6b48cb575d4", "Google Password Manager"),
    ("adce000235bcc60a648b0b25f1f05503", "Chrome on Mac"),
    ("08987058cadc4b81b6e130de50dcbe96", "Windows Hello"),
    ("9ddd1817af5a4672a2b93e3dd95000a9", "Windows Hello"),
    ("6028b017b1d44c02b4b3afcdafc96bb2", "Windows Hello"),
    ("dd4ec289e01d41c9bb8970fa845d4bf2", "iCloud Keychain (Managed)"),
    ("fbfc3007154e4ecc8c0b6e020557d7bd", "iCloud Keychain"),
    ("531126d6e717415c93203d9aa6981239", "Dashlane"),
    ("bada5566a7aa401fbd9645619a55120d", "1Password"),
    ("b84e4048152949c5b1a04cd8b2b0aa4a", "NordPass"),
    ("0ea242b443c44a1b8b17dd6d0b6baec6", "Keeper"),
    ("d548826e79b4db40a3d811116f7e8349", "Bitwarden"),
    ("50726f746f6e5061737350726f746f6e", "Proton Pass"),
    ("53414d53554e47000000000000000000", "Samsung Pass"),
    ("fdb141b25d8443e8a3544698c205a502", "KeePassXC"),
    ("cb69481e8ff7403993ec0a2729a154a8", "YubiKey 5"),
    ("ee882879721c491397753dfcce97072a", "YubiKey 5"),
    ("2fc0579f811347eab116bb5a8db9202a", "YubiKey 5 NFC"),
];

/// The name that people know an authenticator by.
pub(super) fn name(aaguid: &str) -> &'static str {
    MAKES.iter().find(|(known, _)| *known == aaguid).map_or(UNKNOWN, |(_, name)| name)
}
