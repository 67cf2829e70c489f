use super::{Opened, Unfit, names, written};
use crate::settings::Settings;
use serde_json::{Value, json};

fn changes(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
}

fn stored(change: impl FnOnce(&mut Value)) -> Opened {
    let mut document = written(&Settings::default());
    change(&mut document);
    Settings::open(document)
}

fn told(unfit: &[Unfit]) -> Vec<&str> {
    unfit.iter().map(|unfit| unfit.0.as_str()).collect()
}

#[test]
fn settings_given_together_are_one_change_in_every_order() {
    let questions = r#"[{ "QuestionId": "pet", "Question": "Which?" }]"#;
    let mut given = changes(&[
        ("IsSecurityQuestion", "true"),
        ("SecurityQuestions.Questions", questions),
        ("accessTokenLifetime", "100000"),
        ("refreshTokenLifetime", "200000"),
    ]);
    let opened = Settings::open(json!({}));
    for _ in 0..given.len() {
        given.rotate_left(1);
        let changed = opened.with(&given).unwrap();
        assert!(changed.settings.is_security_question && changed.settings.access_token_minutes == 100_000);
        assert!(changed.unfit.is_empty());
    }
    let half = changes(&[("IsSecurityQuestion", "true"), ("accessTokenLifetime", "100000")]);
    let Unfit(why) = opened.with(&half).unwrap_err();
    assert!(why.contains("SecurityQuestions.Questions") && why.contains("refreshTokenLifetime"), "all of it: {why}");
}

#[test]
fn one_setting_is_not_given_twice() {
    let opened = Settings::open(json!({}));
    for twice in [
        [("otp.OTPLength", "7"), ("OTP.otplength", "8")],
        [("otp", "{}"), ("otp.OTPLength", "8")],
        [("otp.OTPLength", "8"), ("otp", "{}")],
    ] {
        let Unfit(why) = opened.with(&changes(&twice)).unwrap_err();
        assert!(why.contains("give one of them"), "{why}");
    }
}

#[test]
fn a_refusal_names_the_setting_once_with_its_whole_name() {
    let document = written(&Settings::default());
    for name in names(&document) {
        let path: Vec<String> = name.split('.').map(str::to_owned).collect();
        let pointer = format!("/{}", path.join("/"));
        if !document.pointer(&pointer).is_some_and(Value::is_number) {
            continue;
        }
        let refusals =
            ["-1", "99999999999999", "\"no number\""].map(|text| Settings::default().with(&name, text).err());
        let Some(Unfit(why)) = refusals.into_iter().flatten().next() else { panic!("{name} takes everything") };
        assert_eq!(why.matches(path.last().unwrap()).count(), 1, "{why}");
        assert!(why.starts_with(&name), "{name}: {why}");
    }
}

#[test]
fn what_may_have_been_meant_is_said() {
    for (key, meant) in [
        ("IsPhoneLogn", "did you mean `IsPhoneLogin`?"),
        ("validitySeconds", "did you mean `otp.validitySeconds`?"),
        ("otp.validitySecond", "did you mean `otp.validitySeconds`?"),
        ("colour", "`doorward tenant show` lists them"),
    ] {
        let Unfit(why) = Settings::default().with(key, "1").unwrap_err();
        assert!(why.contains(&format!("there is no setting `{key}`")) && why.ends_with(meant), "{why}");
    }
}

#[test]
fn every_unknown_name_is_told_at_once() {
    let given = changes(&[("IsPhoneLogn", "true"), ("domains", "[]"), ("colour", "blue")]);
    let Unfit(why) = Settings::open(json!({})).with(&given).unwrap_err();
    assert!(why.contains("IsPhoneLogn") && why.contains("colour") && !why.contains("domains"), "{why}");
}

#[test]
fn a_value_of_another_kind_is_refused_in_words() {
    for (key, text, told) in [
        ("IsPhoneLogin", "perhaps", "IsPhoneLogin must be true or false, it is \"perhaps\""),
        ("accessTokenLifetime", "long", "accessTokenLifetime must be a whole number, it is \"long\""),
        ("domains", "https://app.example.com", "domains must be a list in JSON"),
        ("otp", "6", "otp must be a JSON object, or one of its settings by name after a dot"),
        ("EmailVerificationFlow", "maybe", "EmailVerificationFlow: there is no value `maybe`, expected one of"),
    ] {
        let Unfit(why) = Settings::default().with(key, text).unwrap_err();
        assert!(why.starts_with(told), "{why}");
    }
    let titled = Settings::default().with("hostedPages.title", "2026").unwrap();
    assert_eq!(titled.hosted_pages.title, "2026", "text that looks like a number is text");
}

#[test]
fn a_stored_document_that_no_longer_fits_opens_and_says_what() {
    let opened = stored(|document| {
        document["PassKeysConfig"]["RPOrigins"] = json!(["https://localhost:443"]);
        document["otp"]["OTPLength"] = json!(4);
    });
    assert!(opened.is_whole());
    assert_eq!(opened.settings.otp.length, 4, "it holds as it was stored");
    let told = told(&opened.unfit);
    assert!(told.iter().any(|why| why.contains("write `https://localhost`")), "{told:?}");
    assert!(told.iter().any(|why| why.starts_with("otp.OTPLength")), "{told:?}");
}

#[test]
fn what_does_not_fit_is_mended_one_by_one_and_nothing_gets_worse() {
    let opened = stored(|document| {
        document["otp"]["OTPLength"] = json!(4);
        document["domains"] = json!(["nowhere"]);
    });
    let other = opened.with(&changes(&[("IsPhoneLogin", "true")])).unwrap();
    assert_eq!(other.unfit, opened.unfit);
    let better = other.with(&changes(&[("otp.OTPLength", "6")])).unwrap();
    assert_eq!(better.unfit.len(), 1);
    assert!(better.with(&changes(&[("accessTokenLifetime", "0")])).is_err());
    assert!(better.with(&changes(&[("domains", "[]")])).unwrap().unfit.is_empty());
}

#[test]
fn a_value_that_cannot_be_read_stays_until_it_is_set_anew() {
    let opened = stored(|document| {
        document["ipAccessRestriction"]["mode"] = json!("perhaps");
        document["otp"]["OTPLength"] = json!("six");
        document["colour"] = json!("blue");
    });
    assert!(!opened.is_whole());
    assert_eq!(opened.settings.otp.length, Settings::default().otp.length);
    let told = told(&opened.unfit);
    for name in ["ipAccessRestriction.mode", "otp.OTPLength", "`colour`"] {
        assert!(told.iter().any(|why| why.contains(name)), "{name}: {told:?}");
    }
    let mended = opened.with(&changes(&[("otp.OTPLength", "8")])).unwrap();
    assert_eq!(mended.document()["ipAccessRestriction"]["mode"], "perhaps", "no default takes its place unseen");
    assert_eq!(mended.settings.otp.length, 8);
    let mended = mended.with(&changes(&[("ipAccessRestriction.mode", "deny")])).unwrap();
    assert!(mended.is_whole() && mended.unfit.is_empty(), "{:?}", mended.unfit);
}

#[test]
fn a_document_that_is_no_object_opens_as_the_defaults() {
    let opened = Settings::open(json!([1]));
    assert_eq!(opened.settings, Settings::default());
    assert_eq!(told(&opened.unfit), ["the settings must be a JSON object"]);
    assert!(!opened.is_whole() && opened.document().is_array());
    assert!(opened.with(&changes(&[("IsPhoneLogin", "true")])).unwrap().is_whole());
    assert!(Settings::read(json!([1])).is_err());
}
