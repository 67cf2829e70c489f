use super::*;

fn pin(text: &str) -> Pin {
    Pin::new(Secret::new(text))
}

fn form(text: &str, rules: &Rules) -> Vec<String> {
    let refusal = pin(text).check_form(rules).err();
    refusal.into_iter().flat_map(|refusal| refusal.errors).map(|error| error.message).collect()
}

fn is_refused_for(text: &str, birth_date: &str, phone: &str) -> bool {
    pin(text).check_person(&Rules::default(), Some(birth_date), [phone]).is_err()
}

#[test]
fn four_to_eight_digits_are_a_pin() {
    for text in ["2580", "9371", "13579", "73910264", "9012", "8901234"] {
        assert_eq!(form(text, &Rules::default()), [""; 0], "{text}");
    }
    for text in ["", "258", "739102645", "25 80", "258a", "٢٥٨٠", "２５８０"] {
        assert!(!form(text, &Rules::default()).is_empty(), "{text}");
    }
}

#[test]
fn one_digit_repeated_and_runs_are_refused_as_long_as_the_tenant_wants() {
    let lenient = Rules { refuse_repeats: false, refuse_runs: false, ..Rules::default() };
    for text in ["0000", "99999999", "1234", "9876", "456789", "3210"] {
        assert_eq!(form(text, &Rules::default()).len(), 1, "{text}");
        assert_eq!(form(text, &lenient), [""; 0], "{text}");
    }
}

#[test]
fn a_run_does_not_wrap() {
    for text in ["7890", "2109", "90123"] {
        assert_eq!(form(text, &Rules::default()), [""; 0], "{text}");
    }
}

#[test]
fn letters_are_for_tenants_that_want_them() {
    let rules = Rules { alphabet: Alphabet::Alphanumeric, ..Rules::default() };
    assert_eq!(form("k3Wz", &rules), [""; 0]);
    assert_eq!(form("aBcD", &rules).len(), 1, "a run whatever its case");
    assert_eq!(form("k3W!", &rules).len(), 1);
    assert_eq!(form("k3Wé", &rules).len(), 1);
}

#[test]
fn every_rule_that_is_broken_is_told() {
    assert_eq!(form("aaa", &Rules::default()).len(), 3);
}

#[test]
fn the_date_of_birth_is_refused_however_it_is_written() {
    for date in ["1990-05-15", "05-15-1990", "5/15/1990", "1990-05-15T00:00:00Z"] {
        for text in
            ["1990", "1505", "0515", "150590", "051590", "900515", "15051990", "05151990", "19900515", "0590", "51590"]
        {
            assert!(is_refused_for(text, date, "+1"), "{text} of {date}");
        }
        assert!(!is_refused_for("2580", date, "+1"));
        assert!(!is_refused_for("1991", date, "+1"));
    }
    for date in ["", "15", "some day", "1990", "1990-13-40"] {
        assert!(!is_refused_for("1990", date, "+1"), "{date}");
    }
}

#[test]
fn the_end_of_the_phone_number_is_refused_and_its_middle_is_not() {
    for text in ["4567", "34567", "1234567"] {
        assert!(is_refused_for(text, "", "+15551234567"), "{text}");
    }
    assert!(!is_refused_for("3456", "", "+15551234567"));
    let rules = Rules { refuse_phone: false, refuse_birth_date: false, ..Rules::default() };
    pin("4567").check_person(&rules, Some("1990-05-15"), ["+15551234567"]).unwrap();
}

#[test]
fn no_refusal_holds_the_pin() {
    let refusal = pin("80808080808").check_form(&Rules::default()).unwrap_err();
    assert!(!format!("{refusal:?}").contains("8080"));
    assert!(!format!("{:?}", pin("2580")).contains("2580"));
}
