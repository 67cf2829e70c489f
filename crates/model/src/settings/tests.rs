use super::*;
use crate::time::Timestamp;
use serde_json::json;
use std::net::IpAddr;

#[test]
fn one_setting_is_changed_by_its_wire_name_whatever_the_case() {
    let settings = Settings::default().with("isphonelogin", "true").unwrap();
    assert!(settings.phone_login);
    let settings = settings.with("LoginLockedConfiguration.MaximumFailedLoginAttempts", "3").unwrap();
    assert_eq!(settings.lockout.threshold, 3);
    let settings = settings.with("EmailVerificationFlow", "optional").unwrap();
    assert_eq!(settings.email_verification, EmailVerification::Optional);
}

#[test]
fn unknown_names_wrong_types_and_values_out_of_range_are_refused() {
    let settings = Settings::default();
    for (key, text) in [
        ("nonsense", "1"),
        ("otp.nonsense", "1"),
        ("IsPhoneLogin", "perhaps"),
        ("otp.OTPLength", "4"),
        ("accessTokenLifetime", "0"),
        ("accessTokenLifetime", "86400"),
        ("LoginLockedConfiguration.MaximumFailedLoginAttempts", "101"),
        ("ipAccessRestriction.list", "[\"300.1.1.1\"]"),
        ("domains", "[\"example.com/path\"]"),
        ("plan.trialEndsAt", "\"soon\""),
        ("passwordPolicy.ExpirationFrequency", "3651"),
        ("passwordPolicy.PasswordValidationRules", "min_length[many]"),
        ("loginMigration", r#"{"url": "http://vendor.example.com", "apiKey": "k"}"#),
        ("loginMigration", r#"{"url": "https://me:secret@vendor.example.com", "apiKey": "k"}"#),
        ("loginMigration", r#"{"url": "https://vendor.example.com", "apiKey": ""}"#),
        ("loginMigration", r#"{"url": "vendor.example.com", "apiKey": "k"}"#),
    ] {
        assert!(settings.with(key, text).is_err(), "{key}={text}");
    }
    assert!(Settings::read(json!({"isPhonelogin": true})).is_err());
}

#[test]
fn people_move_in_from_an_https_address_or_from_this_machine() {
    for url in ["https://vendor.example.com", "http://127.0.0.1:8080", "http://localhost:1", ""] {
        let text = json!({ "url": url, "apiKey": "k" }).to_string();
        assert!(Settings::default().with("loginMigration", &text).is_ok(), "{url}");
    }
    assert_eq!(Settings::default().migration.address(), None);
}

#[test]
fn a_document_is_read_as_it_was_written() {
    let settings = Settings::default().with("domains", r#"["https://app.example.com"]"#).unwrap();
    assert_eq!(Settings::read(serde_json::to_value(&settings).unwrap()), Ok(settings));
}

#[test]
fn networks_are_let_in_or_kept_out() {
    let access = |mode, list: &[&str]| IpAccess { mode, list: list.iter().map(ToString::to_string).collect() };
    let ip: IpAddr = "192.0.2.7".parse().unwrap();
    assert!(access(IpMode::Off, &[]).admits(ip));
    assert!(access(IpMode::Allow, &["192.0.2.0/24"]).admits(ip));
    assert!(!access(IpMode::Allow, &["2001:db8::/32"]).admits(ip));
    assert!(!access(IpMode::Deny, &["192.0.2.7"]).admits(ip));
}

#[test]
fn a_trial_is_over_at_its_end_not_before() {
    let plan = Plan { state: PlanState::Trial, trial_ends_at: Some("2026-01-01T00:00:00Z".into()) };
    let end = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    assert!(!plan.is_over(end.minus(Span(1))));
    assert!(plan.is_over(end));
}

#[test]
fn security_questions_are_on_only_with_enough_of_them() {
    let settings = Settings::default();
    assert!(settings.with("IsSecurityQuestion", "true").is_err());
    assert!(settings.with("LoginLockedConfiguration.LoginLockedType", "SecurityQuestion").is_err());
    let one = r#"[{ "QuestionId": "pet", "Question": "What was your first pet called?" }]"#;
    let settings = settings.with("SecurityQuestions.Questions", one).unwrap();
    let settings = settings.with("IsSecurityQuestion", "true").unwrap();
    let settings = settings.with("LoginLockedConfiguration.LoginLockedType", "SecurityQuestion").unwrap();
    assert!(settings.with("IsSecurityQuestion", "false").is_err());
    assert!(settings.with("SecurityQuestions.SecurityQuestionCount", "2").is_err());
    for bad in [
        r#"[{ "QuestionId": "pet", "Question": " " }]"#,
        r#"[{ "QuestionId": "a pet", "Question": "Which?" }]"#,
        r#"[{ "QuestionId": "pet", "Question": "Which?" }, { "QuestionId": "PET", "Question": "Which?" }]"#,
    ] {
        assert!(settings.with("SecurityQuestions.Questions", bad).is_err(), "{bad}");
    }
}

#[test]
fn kinds_of_lock_are_read_as_they_are_written() {
    for kind in LockKind::ALL {
        assert_eq!(LockKind::parse(kind.as_str()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
}

#[test]
fn security_questions_as_a_factor_need_as_many_as_are_asked() {
    let questions =
        r#"[{ "QuestionId": "pet", "Question": "Which?" }, { "QuestionId": "dish", "Question": "Which?" }]"#;
    let settings = Settings::default().with("SecurityQuestions.Questions", questions).unwrap();
    let settings = settings.with("IsSecurityQuestion", "true").unwrap();
    let settings = settings.with("TwoFactorAuthentication.IsSecurityQuestionAsMFAEnabled", "true").unwrap();
    assert_eq!(settings.questions_as_factor(), 1);
    let least = "TwoFactorAuthentication.MinimumSecurityQuestionsToAsk";
    assert_eq!(settings.with(least, "2").unwrap().questions_as_factor(), 2);
    assert!(settings.with(least, "3").is_err());
    assert!(settings.with(least, "0").is_err());
    let more = settings.with("SecurityQuestions.SecurityQuestionCount", "2").unwrap();
    assert_eq!(more.questions_as_factor(), 2, "never fewer than at other doors");
}

#[test]
fn calls_are_spoken_one_to_ten_times_in_one_of_five_languages() {
    let settings = Settings::default();
    assert!(!settings.voice.enabled);
    for (key, fit, unfit) in [
        ("voice.repeat", ["1", "10"], ["0", "11"]),
        ("voice.language", ["it", "\"\""], ["EN", "pl"]),
        ("voice.voiceType", ["woman", "en-US Wavenet"], ["vo\u{ef}x", "a\tb"]),
    ] {
        assert!(fit.iter().all(|text| settings.with(key, text).is_ok()), "{key}");
        assert!(unfit.iter().all(|text| settings.with(key, text).is_err()), "{key}");
    }
}
