use super::*;

const NAMES: [&str; 4] = ["IsPhoneLogin", "IsEmailLogin", "domains", "listen"];

#[test]
fn a_typing_error_leads_to_the_name_that_was_meant() {
    for (wrong, meant) in [
        ("IsPhoneLogn", "IsPhoneLogin"),
        ("isphonelogins", "IsPhoneLogin"),
        ("domian", "domains"),
        ("lissen", "listen"),
    ] {
        assert_eq!(nearest(wrong, NAMES), Some(meant), "{wrong}");
    }
}

#[test]
fn another_word_leads_nowhere() {
    for wrong in ["", "colour", "retention", "x"] {
        assert_eq!(nearest(wrong, NAMES), None, "{wrong}");
    }
    assert_eq!(did_you_mean("colour", NAMES), "");
    assert_eq!(did_you_mean("lissen", NAMES), "; did you mean `listen`?");
}
