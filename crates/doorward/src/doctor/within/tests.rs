use doorward_store::Error;

use super::*;
use crate::config::{Database, SecretText};

fn on(url: &str) -> Settings {
    Settings { database: Database { url: Some(SecretText::new(url)), ..Database::default() }, ..Settings::default() }
}

fn remedy_of(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Wrong { remedy, .. } => remedy,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_another_master_key_is_answered_with_the_master_key() {
    let settings = on("postgres://u@localhost/d");
    let other = anyhow::Error::new(OtherMasterKey);
    assert!(remedy_of(&master_key(&settings, &other)).starts_with("Put the key back"));
    for error in [
        Error::Database("cannot execute INSERT in a read-only transaction (25006)".to_owned()),
        Error::Database("0A000".to_owned()),
        Error::Gone("connection refused".to_owned()),
        Error::Busy,
    ] {
        let verdict = master_key(&settings, &anyhow::Error::new(error.clone()));
        assert!(!remedy_of(&verdict).contains("Put the key back"), "{error:?} {verdict:?}");
    }
    let unset = anyhow::Error::new(Unsound(vec![settings.keys.master().unwrap_err()]));
    assert!(remedy_of(&master_key(&settings, &unset)).contains("doorward init"));
}

#[test]
fn an_error_of_the_database_is_answered_by_what_mends_it() {
    let (server, file) = (on("postgres://u@localhost/d"), on("sqlite:doorward.db"));
    let refused = Error::Database("prepared statement \"s1\" already exists (42P05)".to_owned());
    for (settings, error, told) in [
        (&server, Error::Newer("9999_later".to_owned()), "Start the version that made it"),
        (&server, refused.clone(), "log of the database server"),
        (&server, Error::Gone(String::new()), "Start the database server"),
        (&file, refused, "doorward restore"),
        (&file, Error::Full(String::new()), "Make room"),
        (&file, Error::Open(String::new()), "[database] url"),
    ] {
        assert!(remedy(settings, &error).contains(told), "{error:?}");
    }
}
