use super::*;
use crate::reason::Reason;
use crate::time::Timestamp;

fn password(text: &str) -> Password {
    Password::new(&Secret::new(text))
}

#[test]
fn a_hash_is_matched_by_its_password_alone() {
    let stored = hash(&password("correct horse battery"), [3; 16]);
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(verify(&password("correct horse battery"), &stored));
    assert!(!verify(&password("correct horse batterz"), &stored));
    assert!(!verify(&password(""), NOBODYS));
    assert!(!verify(&password("x"), "not a hash"));
    assert!(!is_outdated(&stored));
}

#[test]
fn both_implementations_of_argon2id_agree() {
    let stored = hash(&password("pässwörd 密码"), [9; 16]);
    assert!(verify_other_parameters(&password("pässwörd 密码"), &stored));
    let smaller = "$argon2id$v=19$m=256,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$";
    assert!(is_outdated(smaller));
}

#[test]
fn the_same_characters_composed_and_decomposed_are_the_same_password() {
    let stored = hash(&password("caf\u{e9} au lait"), [1; 16]);
    assert!(verify(&password("cafe\u{301} au lait"), &stored));
}

#[test]
fn nothing_of_a_long_password_is_cut_off() {
    let long = "a".repeat(80);
    let stored = hash(&password(&format!("{long}b")), [1; 16]);
    assert!(!verify(&password(&format!("{long}c")), &stored));
    assert!(!verify(&password(&format!("{long}b\0")), &stored));
}

#[test]
fn length_is_counted_in_characters() {
    let policy = Policy::default();
    assert!(password("kΩ7-pqzä").check_form(&policy).is_ok());
    assert_eq!(password("kΩ7-pqz").check_form(&policy).unwrap_err().reason, Reason::ValidationFailed);
    assert_eq!(password(&"ab 7".repeat(40)).check_form(&policy).unwrap_err().reason, Reason::ValidationFailed);
}

#[test]
fn common_passwords_and_words_are_refused_whole_only() {
    let policy = Policy::default();
    for common in ["password1", "Password1", "qwertyuiop", "iloveyou", "12345678", "aaaaaaaa", "elizabeth"] {
        assert_eq!(password(common).check_form(&policy).map_err(|r| r.reason), Err(Reason::PasswordWeak), "{common}");
    }
    assert!(password("elizabeth sails at noon").check_form(&policy).is_ok());
    let off = Policy { common: false, ..policy };
    assert!(password("password1").check_form(&off).is_ok());
    assert!(password("elizabeth").check_form(&off).is_err());
}

#[test]
fn a_password_that_holds_a_profile_value_is_refused() {
    let policy = Policy::default();
    let values = ["ann.lee@example.com", "+14155550123", "Lee", "Annabel"];
    for bad in ["my ann.lee pass", "x+14155550123", "call 14155550123", "ANNABEL-rocks-7"] {
        assert!(password(bad).check_profile(&policy, values).is_err(), "{bad}");
    }
    assert!(password("sleek-tables-7").check_profile(&policy, values).is_ok(), "three letters are too few to refuse");
}

#[test]
fn only_the_whole_value_is_refused_where_the_tenant_says_so() {
    let policy = Policy { profile_data_exact: true, ..Policy::default() };
    assert!(password("ann.lee").check_profile(&policy, ["ann.lee@example.com"]).is_err());
    assert!(password("my ann.lee pass").check_profile(&policy, ["ann.lee@example.com"]).is_ok());
}

#[test]
fn the_shipped_list_holds_leaked_passwords_and_no_words_or_runs() {
    assert!(password("Password1").is_known_leaked());
    for other in ["constitution", "aaaaaaaaaaaa", "velvet anchor 58 tulips"] {
        assert!(!password(other).is_known_leaked(), "{other}");
    }
}

#[test]
fn a_password_is_looked_up_by_its_sha1() {
    let sha1 = data_encoding::HEXLOWER.encode(&password("password").sha1());
    assert_eq!(sha1, "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8");
}

#[test]
fn a_password_ages_by_the_calendar() {
    let at = |text: &str| Timestamp::parse(text).unwrap();
    let policy = |expiration, expiration_unit| Policy { expiration, expiration_unit, ..Policy::default() };
    for (count, unit, set, end) in [
        (90, Unit::Day, "2026-01-31T09:00:00Z", "2026-05-01T09:00:00Z"),
        (1, Unit::Month, "2026-01-31T09:00:00Z", "2026-02-28T09:00:00Z"),
        (13, Unit::Month, "2026-12-31T09:00:00Z", "2028-01-31T09:00:00Z"),
        (1, Unit::Year, "2028-02-29T09:00:00Z", "2029-02-28T09:00:00Z"),
    ] {
        assert_eq!(policy(count, unit).expires_at(at(set)), Some(at(end)), "{count} {unit:?}");
    }
    assert_eq!(Policy::default().expires_at(at("2026-01-31T09:00:00Z")), None);
    assert!(policy(3650, Unit::Year).expires_at(at("2026-01-31T09:00:00Z")).is_some());
}
