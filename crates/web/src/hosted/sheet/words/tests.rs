use super::{BUNDLES, Language, SOURCES};
use std::collections::BTreeSet;

/// Every key of a file, with the names of what is put in.
fn keys(source: &str) -> BTreeSet<(String, BTreeSet<String>)> {
    let mut keys: Vec<(String, BTreeSet<String>)> = Vec::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if !line.starts_with([' ', '}'])
            && let Some((key, _)) = line.split_once(" =")
        {
            keys.push((key.to_owned(), BTreeSet::new()));
        }
        let put_in = line.split("{ $").skip(1).filter_map(|rest| rest.split(' ').next()).map(str::to_owned);
        if let Some((_, known)) = keys.last_mut() {
            known.extend(put_in);
        }
    }
    assert_eq!(keys.len(), keys.iter().map(|(key, _)| key).collect::<BTreeSet<_>>().len(), "a key stands there twice");
    keys.into_iter().collect()
}

#[test]
fn every_language_says_everything() {
    let english = keys(SOURCES[0].1);
    assert!(english.len() > 50);
    for (name, source) in &SOURCES[1..] {
        assert_eq!(keys(source), english, "{name}");
    }
}

#[test]
fn every_file_can_be_read() {
    assert_eq!(BUNDLES.len(), SOURCES.len());
    for (at, (_, source)) in SOURCES.iter().enumerate() {
        for (key, put_in) in keys(source) {
            let given: Vec<(&str, &str)> = put_in.iter().map(|name| (name.as_str(), "x")).collect();
            assert!(Language(at).find(&key, &given).is_some_and(|text| !text.contains('$')), "{key}");
        }
    }
}

#[test]
fn the_application_goes_before_the_browser() {
    let of = |asked, accepted| Language::of(asked, accepted).tag();
    assert_eq!(of(Some("fr de-CH en"), Some("en")), "de");
    assert_eq!(of(Some("fr"), Some("de")), "de");
    assert_eq!(of(None, Some("en;q=0.5, de-AT;q=0.9")), "de");
    assert_eq!(of(None, Some("de;q=0, en;q=0.1")), "en");
    assert_eq!(of(None, Some("fr, it")), "en");
    assert_eq!(of(None, Some("nonsense;;q,=")), "en");
    assert_eq!(of(None, None), "en");
}
