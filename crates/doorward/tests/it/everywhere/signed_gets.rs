//! Every GET says whether it changes something or hands something out: signed, such a one is carried out once.

use crate::support::operations::declared;
use axum::http::Method;
use std::collections::BTreeSet;

/// GETs that only tell what there is. Whoever adds one here has looked: it writes no row, sends no message, and what it
/// answers opens nothing.
const READ_ONLY: [&str; 20] = [
    "account-list-passkey",
    "auth-validate-access-token",
    "check-user-name-availability",
    "get-access-token-info",
    "get-account-identity",
    "get-account-identity-by-uid",
    "get-active-session",
    "get-app-configuration",
    "get-identities",
    "get-password-policy",
    "get-phone-number-availability",
    "get-profile-by-access-token",
    "get-profile-password",
    "get-security-questions-by-access-token",
    "get-security-questions-by-email",
    "get-security-questions-by-phone",
    "get-security-questions-by-user-name",
    "get-server-info",
    "list-passkey-user",
    "validate-access-token",
];

#[test]
fn every_get_is_declared_to_change_something_or_known_to_read_only() {
    let gets = declared().into_iter().map(|declared| declared.operation).filter(|one| one.method == Method::GET);
    let reading: BTreeSet<String> = gets.filter(|one| !one.changes).map(|one| one.id).collect();
    let expected = READ_ONLY.map(str::to_owned).into();
    assert_eq!(reading, expected, "a new GET either says `.changes()` in its route line or stands in the list here");
}

#[test]
fn only_gets_say_it() {
    let others = declared().into_iter().map(|declared| declared.operation).filter(|one| one.method != Method::GET);
    let said: Vec<_> = others.filter(|one| one.changes).map(|one| one.id).collect();
    assert_eq!(said, Vec::<String>::new(), "other methods change something by themselves");
}
