use super::*;
use doorward_model::time::Timestamp;

fn letter(wished: Option<&str>) -> Letter {
    Letter { wished: wished.map(str::to_owned), ..Letter::sample(Template::ResetPassword, Channel::Email, Cargo::Code) }
}

fn version(name: &str, language: &str, text: &str) -> Stored {
    Stored {
        kind: "reset-password".to_owned(),
        channel: "email".to_owned(),
        name: name.to_owned(),
        language: language.to_owned(),
        subject: None,
        text: text.to_owned(),
        html: None,
        modified_at: Timestamp(0),
    }
}

fn tags(tags: &[&str]) -> Vec<String> {
    tags.iter().map(|tag| (*tag).to_owned()).collect()
}

#[test]
fn the_first_language_that_has_a_version_wins() {
    let own = [version(DEFAULT, "en", "#OTP#"), version(DEFAULT, "fr", "#OTP#")];
    let chosen = |languages: &[&str]| choose(&letter(None), &own, &tags(languages));
    assert_eq!(chosen(&["fr", "en"]), Version::Own(&own[1]));
    assert_eq!(chosen(&["de", "en"]), Version::Shipped(Language::German));
    assert_eq!(chosen(&["it", "en"]), Version::Own(&own[0]));
}

#[test]
fn a_wished_version_wins_in_whatever_language_it_is_and_an_unknown_one_is_passed_over() {
    let own = [version("spring", "fr", "#OTP#"), version(DEFAULT, "de", "#OTP#")];
    let chosen = |name| choose(&letter(Some(name)), &own, &tags(&["de", "en"]));
    assert_eq!(chosen("spring"), Version::Own(&own[0]));
    assert_eq!(chosen("autumn"), Version::Own(&own[1]));
}

#[test]
fn a_version_that_would_swallow_the_code_is_passed_over() {
    let own = [version("spring", "en", "open #Url#"), version(DEFAULT, "en", "#Name#")];
    assert_eq!(choose(&letter(Some("spring")), &own, &tags(&["en"])), Version::Shipped(Language::English));
    let mut half = version(DEFAULT, "en", "#OTP#");
    half.html = Some("<p>no code</p>".to_owned());
    assert_eq!(choose(&letter(None), &[half], &tags(&["en"])), Version::Shipped(Language::English));
}

#[test]
fn languages_are_tried_in_turn_and_once() {
    assert_eq!(languages(Some("de"), "de"), ["de", "en"]);
    assert_eq!(languages(None, "fr"), ["fr", "en"]);
    assert_eq!(languages(Some("en"), "de"), ["en", "de"]);
}

#[test]
fn each_message_has_its_own_parameter() {
    let given =
        [("emailtemplate", "a"), ("emailtemplate2fa", "b"), ("welcomeemailtemplate", "c"), ("smstemplate", "d")];
    let names =
        Wished::read(|name| given.iter().find(|(given, _)| *given == name).map(|(_, value)| (*value).to_owned()));
    assert_eq!(wished(&names, Template::VerifyEmail, Channel::Email), Some("a"));
    assert_eq!(wished(&names, Template::SecondFactor, Channel::Email), Some("b"));
    assert_eq!(wished(&names, Template::Welcome, Channel::Email), Some("c"));
    assert_eq!(wished(&names, Template::VerifyPhone, Channel::Sms), Some("d"));
    assert_eq!(wished(&names, Template::OneTouch, Channel::Email), Some("a"));
    assert_eq!(wished(&names, Template::PasswordChanged, Channel::Email), None);
}
