use super::*;
use crate::notify::{fill, letter, shipped};
use std::collections::BTreeSet;

fn each() -> impl Iterator<Item = (Language, Template, &'static Texts)> {
    let all = |language| Template::ALL.into_iter().map(move |template| (language, template, texts(language, template)));
    Language::ALL.into_iter().flat_map(all)
}

#[test]
fn every_language_has_every_text_that_english_has() {
    for (language, template, texts) in each() {
        let english = shipped::texts(Language::English, template);
        let names = |map: &HashMap<&'static str, &'static str>| map.keys().copied().collect::<BTreeSet<_>>();
        assert_eq!(names(&texts.lines), names(&english.lines), "{language:?} {template:?}");
        assert_eq!(names(&texts.sections), names(&english.sections), "{language:?} {template:?}");
        assert!(texts.lines.values().chain(texts.sections.values()).all(|text| !text.is_empty()));
    }
    for language in Language::ALL {
        let said = |language| words(language).lines.keys().copied().collect::<BTreeSet<_>>();
        assert_eq!(said(language), said(Language::English), "{language:?}");
    }
}

#[test]
fn every_message_can_be_told_by_mail_by_text_and_if_it_carries_a_code_by_voice() {
    for (language, template, texts) in each() {
        let cargo = if template.opens_something() { Cargo::Code } else { Cargo::Nothing };
        for channel in [Channel::Email, Channel::Sms] {
            assert!(texts.has(channel, cargo), "{language:?} {template:?} {channel:?}");
        }
        assert_eq!(texts.has(Channel::Voice, Cargo::Code), template.opens_something(), "{language:?} {template:?}");
        assert!(!texts.line("subject").is_empty() && !texts.line("heading").is_empty());
        assert_eq!(texts.has(Channel::Email, Cargo::Link), !texts.line("button").is_empty(), "{template:?}");
    }
}

#[test]
fn every_text_shows_what_it_carries_and_no_placeholder_that_nobody_knows() {
    for (language, template, texts) in each() {
        for (section, text) in &texts.sections {
            let names = fill::placeholders(text);
            assert_eq!(names.iter().any(|name| name == "otp"), section.ends_with("code"), "{language:?} {template:?}");
            assert_eq!(names.iter().any(|name| name == "url"), section.ends_with("link"), "{language:?} {template:?}");
            for name in names {
                assert!(letter::PLACEHOLDERS.contains(&name.as_str()), "{language:?} {template:?} {name}");
            }
        }
    }
}

#[test]
fn a_text_message_fits_into_one() {
    // What phones send as seven bits; anything else halves what fits.
    let is_short = |c: char| c.is_ascii() || "äöüÄÖÜß".contains(c);
    for (language, template, texts) in each() {
        for (_, text) in texts.sections.iter().filter(|(section, _)| section.starts_with("sms")) {
            let filled =
                text.replace("#OTP#", "123456").replace("#App#", "Acme Shop").replace("#Expiry#", "10 minutes");
            let length = filled.chars().count();
            assert!(length <= 160 && filled.chars().all(is_short), "{language:?} {template:?}: {length} {filled}");
        }
    }
}

#[test]
fn languages_are_known_by_the_names_that_profiles_give_them() {
    for (text, expected) in [
        ("de-AT", Some("de")),
        ("EN_us", Some("en")),
        ("Deutsch", Some("de")),
        ("fr", Some("fr")),
        ("<b>", None),
        ("", None),
    ] {
        assert_eq!(tag(text).as_deref(), expected, "{text}");
    }
}
