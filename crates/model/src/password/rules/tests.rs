use super::*;

#[test]
fn each_rule_accepts_and_refuses() {
    for (rules, accepted, refused) in [
        ("required", "x", ""),
        ("min_length[3]", "äöü", "äö"),
        ("max_length[3]", "äöü", "äöüß"),
        ("exact_length[3]", "abc", "abcd"),
        ("alpha", "abcÄ", "abc1"),
        ("alpha_numeric", "abc1", "abc-"),
        ("alpha_dash", "a_b-1", "a b"),
        ("custom_validation[^[a-c]+$]", "abc", "abd"),
        ("custom[[0-9]|[!?]###A digit or a mark.]|max_length[8]", "abc!", "abcd"),
        (r"required|custom[^(?=.*[A-Z])(?=.*\d).{4,}$]|min_length[2]", "Ab12", "ab12"),
    ] {
        assert_eq!(unfit(rules), None, "{rules}");
        assert_eq!(check(rules, accepted), Ok(()), "{rules}");
        assert!(check(rules, refused).is_err(), "{rules}");
    }
}

#[test]
fn the_first_broken_rule_is_told_in_the_words_of_its_author() {
    let rules = "min_length[2]|custom_validation[[0-9]###Use a digit.]|max_length[3]";
    assert_eq!(check(rules, "abcd"), Err("Use a digit.".to_owned()));
    assert_eq!(check(rules, "abc1"), Err("The password must have at most 3 characters.".to_owned()));
}

#[test]
fn the_other_field_of_a_form_is_the_forms_to_compare() {
    assert_eq!(check("required|matches[confirmpassword]", "anything"), Ok(()));
}

#[test]
fn rules_that_nobody_can_keep_are_unfit() {
    for rules in [
        "surprise",
        "min_length",
        "min_length[x]",
        "min_length[0]",
        "max_length[9999]",
        "custom[(]",
        "custom[a",
        "required,alpha",
        "required||alpha",
    ] {
        assert!(unfit(rules).is_some(), "{rules}");
    }
    assert_eq!(unfit(""), None);
}

#[test]
fn many_rules_are_read_in_no_time() {
    let rules = vec!["custom[[a-z]]"; 250].join("|");
    assert_eq!(unfit(&rules), None);
    assert!(unfit(&format!("{rules}|{rules}")).is_some());
}

#[test]
fn an_expression_that_never_ends_is_given_up() {
    let rules = r"custom[^(?:(\w+)\1?)+(?=!)$]";
    assert_eq!(unfit(rules), None);
    assert!(check(rules, &"a".repeat(128)).is_err());
}
